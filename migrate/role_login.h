/*
 * role_login.h
 *		Whether a role can log in with its secret, and if not, why.
 */
#ifndef HH_ROLE_LOGIN_H
#define HH_ROLE_LOGIN_H

#include "database.h"
#include "secret_directory.h"

typedef struct RoleLogin
{
	const char *verdict;
	bool is_good;
	char *secret_place; /* NULL: neither in the directory nor in the environment */
	char *detail;		/* or NULL */
	char *hint;			/* or NULL */
} RoleLogin;

/* Fills in *login.  Logs and returns false where it could not be found out. */
extern bool role_login_try(Database *database, const SecretDirectory *directory, const char *role,
						   RoleLogin *login);
extern void role_login_free(RoleLogin *login);

#endif /* HH_ROLE_LOGIN_H */
