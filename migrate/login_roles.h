/*
 * login_roles.h
 *		The roles whose logins a command is about.
 */
#ifndef HH_LOGIN_ROLES_H
#define HH_LOGIN_ROLES_H

#include "options.h"

/* Each once. */
typedef struct LoginRoles
{
	char **names;
	int count;
} LoginRoles;

/* Those on the command line, else all that the policy has log in.  Logs and returns false on failure. */
extern bool login_roles_read(const Options *options, LoginRoles *roles);
extern bool login_roles_have(const LoginRoles *roles, const char *name);
extern void login_roles_free(LoginRoles *roles);

#endif /* HH_LOGIN_ROLES_H */
