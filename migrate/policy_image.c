/*
 * policy_image.c
 *		The policy's image in the database.
 */
#include "postgres_fe.h"

#include "policy_image.h"
#include "policy_json.h"
#include "queries.h"

/* Of the three tables, as JSON. */
typedef struct PolicyRows
{
	char *roles;
	char *entries;
	char *services;
} PolicyRows;

static PolicyRows
make_rows(const Policy *policy)
{
	return (PolicyRows){policy_roles_as_json(policy), policy_entries_as_json(policy),
						policy_services_as_json(policy)};
}

static void
free_rows(PolicyRows *rows)
{
	pg_free(rows->roles);
	pg_free(rows->entries);
	pg_free(rows->services);
}

static char *
copied_value(const Result *rows, int column)
{
	const char *value = result_rows(rows) > 0 ? result_value(rows, 0, column) : NULL;

	return value ? pg_strdup(value) : NULL;
}

bool
policy_image_find(const Session *session, bool *is_there)
{
	Result *rows;

	*is_there = false;
	if (session->mode == SESSION_READER)
		return true;
	rows = session_query(session, query_policy_is_there, 1, NO_PARAMS);
	*is_there = rows != NULL && result_is_true(rows, 0, 0);
	result_free(rows);
	return rows != NULL;
}

bool
policy_image_look(const Session *session, const Policy *policy, PolicyImage *image)
{
	PolicyRows wanted;
	Result *rows;

	memset(image, 0, sizeof(*image));
	if (!policy_image_find(session, &image->has_tables))
		return false;
	if (!image->has_tables)
		return true;
	wanted = make_rows(policy);
	rows = session_query(session, query_policy_source, 3,
						 PARAMS(wanted.roles, wanted.entries, wanted.services));
	free_rows(&wanted);
	if (rows == NULL)
		return false;
	image->checksum = copied_value(rows, 0);
	image->profile = copied_value(rows, 1);
	image->is_altered = result_rows(rows) > 0 && result_is_true(rows, 0, 2);
	result_free(rows);
	return true;
}

void
policy_image_free(PolicyImage *image)
{
	pg_free(image->checksum);
	pg_free(image->profile);
	memset(image, 0, sizeof(*image));
}

static bool
run(const Session *session, const char *sql, int count, const char *const *values)
{
	Result *result = session_query(session, sql, 0, count, values);

	result_free(result);
	return result != NULL;
}

/* ONLY: a child table would be somebody else's. */
static bool
empty_tables(const Session *session)
{
	return run(session, "DELETE FROM ONLY hh.policy_source", NO_PARAMS) &&
		   run(session, "DELETE FROM ONLY hh.policy_role", NO_PARAMS) &&
		   run(session, "DELETE FROM ONLY hh.policy", NO_PARAMS) &&
		   run(session, "DELETE FROM ONLY hh.service", NO_PARAMS);
}

static bool
add_rows(const Session *session, const Policy *policy, const char *origin)
{
	PolicyRows rows = make_rows(policy);
	bool added =
		run(session, query_policy_add_source, PARAMS(policy->checksum, policy->profile, origin)) &&
		run(session, query_policy_add_roles, PARAMS(rows.roles)) &&
		run(session, query_policy_add_entries, PARAMS(rows.entries)) &&
		run(session, query_policy_add_services, PARAMS(rows.services));

	free_rows(&rows);
	return added;
}

bool
policy_image_write(const Session *session, const Policy *policy, const char *origin)
{
	return empty_tables(session) && add_rows(session, policy, origin);
}

/* By what it says itself. */
static bool
is_said_to_be_of(const PolicyImage *image, const Policy *policy)
{
	return image->checksum != NULL && strcmp(image->checksum, policy->checksum) == 0 &&
		   strcmp(image->profile, policy->profile) == 0;
}

bool
policy_image_is_of(const PolicyImage *image, const Policy *policy)
{
	return is_said_to_be_of(image, policy) && !image->is_altered;
}

bool
policy_image_is_altered(const PolicyImage *image, const Policy *policy)
{
	return is_said_to_be_of(image, policy) && image->is_altered;
}

bool
policy_image_replace(const Session *session, const Policy *policy, const char *origin)
{
	bool replaced = database_command(session->database, "BEGIN") &&
					policy_image_write(session, policy, origin) &&
					database_command(session->database, "COMMIT");

	database_rollback(session->database);
	return replaced;
}
