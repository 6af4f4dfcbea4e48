/*
 * command_new.h
 *		"hh-migrate new NAME": begins a migration.
 */
#ifndef HH_COMMAND_NEW_H
#define HH_COMMAND_NEW_H

#include "options.h"

/* Returns an exit code. */
extern int command_new(const Options *options);

#endif /* HH_COMMAND_NEW_H */
