/*
 * command_baseline.h
 *		"hh-migrate baseline": adopts what is there before the ledger knows of it.
 */
#ifndef HH_COMMAND_BASELINE_H
#define HH_COMMAND_BASELINE_H

#include "options.h"

/* Returns the exit code. */
extern int command_baseline(const Options *options);

#endif /* HH_COMMAND_BASELINE_H */
