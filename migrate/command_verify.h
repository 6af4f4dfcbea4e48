/*
 * command_verify.h
 *		"hh-migrate verify": whether what is applied is what it should be.
 */
#ifndef HH_COMMAND_VERIFY_H
#define HH_COMMAND_VERIFY_H

#include "options.h"

extern int command_verify(const Options *options);

#endif /* HH_COMMAND_VERIFY_H */
