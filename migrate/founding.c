/*
 * founding.c
 *		The ledger of a database whose schemas were there before it.
 *
 * hh.execute_as_owner() does not act for anybody while there are schemas and no ledger
 * to say whose they are.  So this one migration runs as CREATE EXTENSION does, under
 * SET LOCAL ROLE: its statements are ours, and there is nothing of the owner's yet that
 * they could run.
 */
#include "postgres_fe.h"

#include "founding.h"
#include "ledger.h"

static bool
record_and_commit(Database *database, const Migration *migration)
{
	Session session = {.database = database, .mode = SESSION_PLAIN};
	ServerError error = {0};
	bool recorded =
		ledger_commit_applied(&session, migration, false, "{}", "hh-migrate " HH_VERSION, &error);

	if (!recorded)
		server_error_log(&error, "could not record the first migration");
	server_error_free(&error);
	return recorded;
}

static bool
run_statement(Database *database, const Statement *statement)
{
	char *sql = pnstrdup(statement->data, statement->length);
	bool done = database_command(database, sql);

	pg_free(sql);
	return done;
}

bool
founding_run(Database *database, const Deployment *deployment, const Migration *migration)
{
	char *set_role = psprintf("SET LOCAL ROLE %s", deployment->owner_quoted);
	bool done = database_command(database, "BEGIN") && database_command(database, set_role);

	for (int i = 0; i < migration->change.count && done; i++)
		done = run_statement(database, &migration->change.items[i]);
	done = done && record_and_commit(database, migration);
	database_rollback(database);
	pg_free(set_role);
	return done;
}
