/*
 * login_roles.h
 *		The roles whose logins a command is about.
 */
#ifndef HH_LOGIN_ROLES_H
#define HH_LOGIN_ROLES_H

#include "options.h"

typedef struct LoginRoles
{
	char **names; /* each once */
	int count;
} LoginRoles;

/* Those on the command line, else the policy's.  Logs and returns false on failure. */
extern bool login_roles_read(const Options *options, LoginRoles *roles);
extern bool login_roles_have(const LoginRoles *roles, const char *name);
extern void login_roles_free(LoginRoles *roles);

#endif /* HH_LOGIN_ROLES_H */
