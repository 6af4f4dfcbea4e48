/*
 * command_roles_passwords.h
 *		"hh-migrate roles passwords": set the passwords of roles that log in.
 */
#ifndef HH_COMMAND_ROLES_PASSWORDS_H
#define HH_COMMAND_ROLES_PASSWORDS_H

#include "options.h"

/* Returns the exit code. */
extern int command_roles_passwords(const Options *options);

#endif /* HH_COMMAND_ROLES_PASSWORDS_H */
