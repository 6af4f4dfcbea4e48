/*
 * command_up.h
 *		"hh-migrate up": brings a database to what this program describes.
 */
#ifndef HH_COMMAND_UP_H
#define HH_COMMAND_UP_H

#include "options.h"

/* Returns an exit code. */
extern int command_up(const Options *options);

#endif /* HH_COMMAND_UP_H */
