/*
 * command_roles.h
 *		"hh-migrate roles plan" and "roles apply".
 */
#ifndef HH_COMMAND_ROLES_H
#define HH_COMMAND_ROLES_H

#include "options.h"

/* Return the program's exit code. */
extern int command_roles_plan(const Options *options);
extern int command_roles_apply(const Options *options);

#endif /* HH_COMMAND_ROLES_H */
