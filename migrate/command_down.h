/*
 * command_down.h
 *		"hh-migrate down": takes migrations back.
 */
#ifndef HH_COMMAND_DOWN_H
#define HH_COMMAND_DOWN_H

#include "options.h"

extern int command_down(const Options *options);

#endif /* HH_COMMAND_DOWN_H */
