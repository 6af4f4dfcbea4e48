/*
 * command_roles_verify.h
 *		"hh-migrate roles verify": log in as each role, with its secret.
 */
#ifndef HH_COMMAND_ROLES_VERIFY_H
#define HH_COMMAND_ROLES_VERIFY_H

#include "options.h"

/* Returns the exit code. */
extern int command_roles_verify(const Options *options);

#endif /* HH_COMMAND_ROLES_VERIFY_H */
