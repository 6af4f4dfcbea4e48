/*
 * role_password.h
 *		Roles whose passwords are to be what their secrets say.
 *
 * The steps are in this order, each for all roles: role_password_find() for the secrets,
 * role_password_look() for what is to be done about each, role_password_check_rights(), and
 * then role_password_bring_about(), the only one that changes anything.
 */
#ifndef HH_ROLE_PASSWORD_H
#define HH_ROLE_PASSWORD_H

#include "database.h"
#include "role_state.h"
#include "secret_source.h"

typedef enum PasswordChange
{
	PASSWORD_UNCHANGED, /* a login has shown that it is what the secret says */
	PASSWORD_SET,
	PASSWORD_GENERATED,
	PASSWORD_ROTATED
} PasswordChange;

typedef struct RolePassword
{
	const char *role; /* borrowed */
	bool rotate;
	Secret secret;
	RoleState state;
	bool is_proved; /* by a login */
	PasswordChange change;
	bool failed;				 /* and logged */
	const LoginVerdict *verdict; /* of the last login; NULL: none was tried */
	char *detail;				 /* what the server said then; or NULL */
} RolePassword;

/* Where there is no secret, generate says whether one is to be made.  Logs. */
extern bool role_password_find(RolePassword *password, const SecretDirectory *directory,
							   bool generate);

/* Tells what has to change, by the catalogs and by logging in.  Logs. */
extern bool role_password_look(RolePassword *password, Database *database);

/* Whether the connected role may change what there is to change.  Logs. */
extern bool role_password_check_rights(const RolePassword *passwords, int count,
									   Database *database);

/*
 * Stores the secret, sets the password, and proves it by a login.  In this order: after a
 * crash the secret is there, and the next run brings the server to it.
 */
extern void role_password_bring_about(RolePassword *password, Database *database,
									  const SecretDirectory *directory, int iterations);

extern void role_password_free(RolePassword *password);

#endif /* HH_ROLE_PASSWORD_H */
