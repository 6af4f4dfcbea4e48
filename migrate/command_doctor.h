/*
 * command_doctor.h
 *		"hh-migrate doctor": what each service lacks, and which command brings it.
 */
#ifndef HH_COMMAND_DOCTOR_H
#define HH_COMMAND_DOCTOR_H

#include "options.h"

extern int command_doctor(const Options *options);

#endif /* HH_COMMAND_DOCTOR_H */
