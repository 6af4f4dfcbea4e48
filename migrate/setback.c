/*
 * setback.c
 *		What a try at changing roles failed by, and whether another one may help.
 */
#include "postgres_fe.h"

#include "setback.h"

void
setback_clear(Setback *setback)
{
	pg_free(setback->statement);
	server_error_free(&setback->error);
	memset(setback, 0, sizeof(*setback));
}

void
setback_note(Setback *setback, const char *statement, ServerError *error)
{
	setback_clear(setback);
	*setback = (Setback){pg_strdup(statement), *error};
	*error = (ServerError){0};
}

static bool
has_state(const ServerError *error, const char *const *states, size_t count)
{
	for (size_t i = 0; i < count; i++)
	{
		if (strcmp(error->sqlstate, states[i]) == 0)
			return true;
	}
	return false;
}

bool
setback_is_passing(const Setback *before, const char *statement, const ServerError *error)
{
	static const char *const busy[] = {
		"40P01", /* deadlock_detected */
		"40001", /* serialization_failure */
		"55P03", /* lock_not_available */
	};
	static const char *const outdated[] = {
		"23505", /* unique_violation: in pg_authid or pg_auth_members */
		"42710", /* duplicate_object: a role that has just been made */
		"42704", /* undefined_object: one that has just gone */
	};

	if (has_state(error, busy, lengthof(busy)))
		return true;
	if (has_state(error, outdated, lengthof(outdated)))
		return before->statement == NULL || strcmp(before->statement, statement) != 0 ||
			   strcmp(before->error.sqlstate, error->sqlstate) != 0;
	/* internal_error: "tuple concurrently updated", or "deleted" */
	return strcmp(error->sqlstate, "XX000") == 0 && strstr(error->message, "concurrently") != NULL;
}
