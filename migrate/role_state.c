/*
 * role_state.c
 *		What the catalogs say of a role that is to log in.
 */
#include "postgres_fe.h"

#include "pg_compat.h"
#include "queries.h"
#include "role_state.h"

/* The columns of queries/role_state.sql. */
enum
{
	COLUMN_CAN_LOGIN,
	COLUMN_IS_SUPERUSER,
	COLUMN_IS_EXPIRED,
	COLUMN_MAY_SET_PASSWORD
};

bool
role_state_read(Database *database, const char *role, RoleState *state)
{
	const char *needs_admin =
		CREATEROLE_NEEDS_ADMIN(database_server_version(database)) ? "true" : "false";
	Result *row = database_query(database, query_role_state, PARAMS(role, needs_admin));

	if (row == NULL)
		return false;
	*state = (RoleState){.exists = result_rows(row) == 1};
	if (state->exists)
	{
		state->can_login = result_is_true(row, 0, COLUMN_CAN_LOGIN);
		state->is_superuser = result_is_true(row, 0, COLUMN_IS_SUPERUSER);
		state->is_expired = result_is_true(row, 0, COLUMN_IS_EXPIRED);
		state->may_set_password = result_is_true(row, 0, COLUMN_MAY_SET_PASSWORD);
	}
	result_free(row);
	return true;
}
