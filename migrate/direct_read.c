/*
 * direct_read.c
 *		Reads a table of the owner's with the connected role's rights.
 */
#include "postgres_fe.h"

#include "direct_read.h"
#include "queries.h"

/* Runs what has no rows worth a look. */
static bool
run(Database *database, const char *sql, ServerError *error)
{
	Result *result = database_run(database, sql, NO_PARAMS, error);

	result_free(result);
	return result != NULL;
}

/* What a role needs in order to look. */
static void
hint_at_grants(Database *database, const char *table, ServerError *error)
{
	char *role = database_quote_identifier(database, database_user(database));

	error->hint = psprintf("As the owner: GRANT USAGE ON SCHEMA hh TO %s; "
						   "GRANT SELECT ON hh.%s TO %s;",
						   role, table, role);
	pg_free(role);
}

/*
 * Who could act as the owner has the most to lose, and takes a lock that also holds off new
 * indexes.
 */
static bool
lock_table(Database *database, const Deployment *deployment, const char *table, ServerError *error)
{
	bool strongly = deployment->may_become_owner && !deployment->in_recovery;
	char *lock = psprintf("LOCK TABLE ONLY hh.%s IN %s MODE", table,
						  strongly ? "SHARE ROW EXCLUSIVE" : "ACCESS SHARE");
	bool locked = run(database, lock, error);

	if (!locked && strcmp(error->sqlstate, "42501") == 0 && error->hint == NULL &&
		!deployment->may_become_owner)
		hint_at_grants(database, table, error);
	pg_free(lock);
	return locked;
}

/* Whether reading the table can run nobody's code; false on an error, too. */
static bool
check_is_plain(Database *database, const Deployment *deployment, const char *table,
			   ServerError *error)
{
	Result *row = database_run(database, query_table_is_plain, PARAMS(table), error);
	bool is_plain = row != NULL && result_is_true(row, 0, 0);

	if (row != NULL && !is_plain)
	{
		error->message = psprintf("hh.%s is not the table that hh-migrate makes", table);
		error->detail = pg_strdup("Its columns' types, its indexes, its extended statistics or a "
								  "row-security policy could run code in the reader's name.");
		error->hint =
			psprintf("Connect as its owner, role \"%s\", to look at it.", deployment->owner);
	}
	result_free(row);
	return is_plain;
}

Result *
direct_read(Database *database, const Deployment *deployment, const char *table, const char *query,
			ServerError *error)
{
	Result *rows = NULL;

	if (run(database, "BEGIN", error) && lock_table(database, deployment, table, error) &&
		check_is_plain(database, deployment, table, error))
		rows = database_run(database, query, NO_PARAMS, error);
	database_rollback(database);
	return rows;
}
