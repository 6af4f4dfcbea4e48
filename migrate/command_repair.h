/*
 * command_repair.h
 *		"hh-migrate repair": migrations that have not come to their end.
 */
#ifndef HH_COMMAND_REPAIR_H
#define HH_COMMAND_REPAIR_H

#include "options.h"

extern int command_repair(const Options *options);

#endif /* HH_COMMAND_REPAIR_H */
