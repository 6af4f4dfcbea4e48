/*
 * command_maintain.h
 *		"hh-migrate maintain": what a scheduler runs.
 */
#ifndef HH_COMMAND_MAINTAIN_H
#define HH_COMMAND_MAINTAIN_H

#include "options.h"

/* Returns an exit code. */
extern int command_maintain(const Options *options);

#endif /* HH_COMMAND_MAINTAIN_H */
