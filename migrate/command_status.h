/*
 * command_status.h
 *		"hh-migrate status": what is applied and what is pending.
 */
#ifndef HH_COMMAND_STATUS_H
#define HH_COMMAND_STATUS_H

#include "options.h"

/* Returns an exit code. */
extern int command_status(const Options *options);

#endif /* HH_COMMAND_STATUS_H */
