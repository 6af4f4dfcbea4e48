/*
 * verification.c
 *		Whether the verify parts of applied migrations still hold.
 */
#include "postgres_fe.h"

#include "common/logging.h"

#include "verification.h"

/* Whether a verify query returns one row that is true. */
static bool
run_query(const Session *session, const Migration *migration, const Statement *query, bool *holds)
{
	char *sql = pnstrdup(query->data, query->length);
	ServerError error = {0};
	Result *result = session_run(session, sql, 1, NO_PARAMS, &error);

	*holds = false;
	pg_free(sql);
	if (result == NULL)
	{
		char *headline =
			psprintf("could not verify %s: query at line %d failed", migration->label, query->line);

		server_error_log(&error, headline);
		server_error_free(&error);
		pg_free(headline);
		return false;
	}
	*holds =
		result_rows(result) == 1 && result_columns(result) >= 1 && result_is_true(result, 0, 0);
	result_free(result);
	return true;
}

static bool
run_part(const Session *session, const Migration *migration, bool *holds)
{
	*holds = true;
	for (int i = 0; i < migration->verify.count && *holds; i++)
	{
		if (!run_query(session, migration, &migration->verify.items[i], holds))
			return false;
	}
	return true;
}

static bool
is_asked_for(const Migration *migration, const LedgerRow *row)
{
	return migration->file.repeatable && migration->verify.count > 0 && row != NULL &&
		   (row->state == LEDGER_APPLIED || row->state == LEDGER_BASELINE) &&
		   strcmp(row->checksum, migration->checksum) == 0;
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

		verified[i] = true;
		if (!is_asked_for(migration, ledger_find(ledger, migration->version)))
			continue;
		if (deployment->extension_version == NULL)
			verified[i] = false;
		else if (!run_part(session, migration, &verified[i]) && !is_tolerable_failure(session))
			return false;
	}
	return true;
}
