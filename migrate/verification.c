/*
 * verification.c
 *		Whether the verify parts of applied migrations still hold.
 */
#include "postgres_fe.h"

#include "common/logging.h"

#include "verification.h"

/* The query with the values filled in that the migration was applied with; NULL on an error. */
static char *
query_text(const Migration *migration, const Statement *query, const VariableList *applied_with,
		   ServerError *error)
{
	VariableList variables = variables_of(migration, applied_with);
	StatementError wrong = {0};
	char *text = statement_substitute(query, variables.items, variables.count, &wrong);

	if (text == NULL)
	{
		error->message = pg_strdup(wrong.message);
		statement_error_free(&wrong);
	}
	variables_free(&variables);
	return text;
}

bool
verification_run_query(const Session *session, const Migration *migration, const Statement *query,
					   const VariableList *applied_with, bool *holds, ServerError *error)
{
	char *sql = query_text(migration, query, applied_with, error);
	Result *result;

	*holds = false;
	if (sql == NULL)
		return false;
	result = session_run(session, sql, 1, NO_PARAMS, error);
	pg_free(sql);
	if (result == NULL)
		return false;
	*holds =
		result_rows(result) == 1 && result_columns(result) >= 1 && result_is_true(result, 0, 0);
	result_free(result);
	return true;
}

/* As verification_run_query(), but an error is logged. */
static bool
run_query(const Session *session, const Migration *migration, const Statement *query,
		  const VariableList *applied_with, bool *holds)
{
	ServerError error = {0};
	char *headline;

	if (verification_run_query(session, migration, query, applied_with, holds, &error))
		return true;
	headline =
		psprintf("could not verify %s: query at line %d failed", migration->label, query->line);
	server_error_log(&error, headline);
	server_error_free(&error);
	pg_free(headline);
	return false;
}

static bool
run_part(const Session *session, const Migration *migration, const VariableList *applied_with,
		 bool *holds)
{
	*holds = true;
	for (int i = 0; i < migration->verify.count && *holds; i++)
	{
		if (!run_query(session, migration, &migration->verify.items[i], applied_with, holds))
			return false;
	}
	return true;
}

static bool
is_asked_for(const Migration *migration, const LedgerRow *row)
{
	return migration->file.repeatable && migration->verify.count > 0 &&
		   ledger_has_applied(row, migration);
}

/*
 * Headhunter's own queries read PostgreSQL's catalogs alone.  A team's may run what
 * the database's owner has made, which must not be in somebody else's name.
 */
static bool
may_ask(const Session *session, const Migration *migration)
{
	if (session->mode != SESSION_READER || !migration_version_is_team(migration->version))
		return true;
	pg_log_warning("could not verify %s", migration->label);
	pg_log_warning_detail("A team's queries are run as the deployment's owner only.");
	pg_log_warning_hint("Connect as that role, or as one that may SET ROLE to it.");
	return false;
}

/* A role that may not run a query is still shown the rest. */
static bool
is_tolerable_failure(const Session *session)
{
	return session->mode == SESSION_READER && database_is_connected(session->database) &&
		   !database_cancelled();
}

bool
verification_run(const Session *session, const Deployment *deployment,
				 const MigrationSet *migrations, const Ledger *ledger, bool *verified)
{
	for (int i = 0; i < migrations->count; i++)
	{
		const Migration *migration = &migrations->items[i];
		const LedgerRow *row = ledger_find(ledger, migration->version);

		verified[i] = true;
		if (!is_asked_for(migration, row))
			continue;
		if (deployment->extension_version == NULL || !may_ask(session, migration))
			verified[i] = false;
		else if (!run_part(session, migration, &row->variables, &verified[i]) &&
				 !is_tolerable_failure(session))
			return false;
	}
	return true;
}
