/*
 * role_state.h
 *		What the catalogs say of a role that is to log in.
 */
#ifndef HH_ROLE_STATE_H
#define HH_ROLE_STATE_H

#include "database.h"

typedef struct RoleState
{
	bool exists;
	bool can_login;
	bool is_superuser;
	bool is_expired;	   /* its password is: VALID UNTIL */
	bool may_set_password; /* the connected role may */
} RoleState;

/* Logs and returns false on failure. */
extern bool role_state_read(Database *database, const char *role, RoleState *state);

#endif /* HH_ROLE_STATE_H */
