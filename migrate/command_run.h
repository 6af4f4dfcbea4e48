/*
 * command_run.h
 *		"hh-migrate run": statements in the owner's name.
 */
#ifndef HH_COMMAND_RUN_H
#define HH_COMMAND_RUN_H

#include "options.h"

extern int command_run(const Options *options);

#endif /* HH_COMMAND_RUN_H */
