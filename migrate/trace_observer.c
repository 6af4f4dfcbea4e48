/*
 * trace_observer.c
 *		Watches the runner's statements, and records what they did.
 */
#include "postgres_fe.h"

#include "common/logging.h"

#include "queries.h"
#include "trace_effect.h"
#include "trace_observer.h"

#define UNSAFE_ENUM_VALUE "55P04"

bool
trace_observer_check(Database *database)
{
	Result *result = database_query(database, query_trace_counts, NO_PARAMS);
	bool counts = result != NULL && result_is_true(result, 0, 0);

	if (result != NULL && !counts)
	{
		pg_log_error("the server does not count reads of tables");
		pg_log_error_detail("track_counts is off, and trace would see no full scan.");
		pg_log_error_hint("Set it to on, for this database or in the server's configuration.");
	}
	result_free(result);
	return counts;
}

/* So that a statement that reads a table whole does so for want of an index. */
static bool
prefer_indexes(Database *database)
{
	Result *result = database_query(database, query_trace_settings, NO_PARAMS);
	bool set = result != NULL;

	result_free(result);
	return set;
}

/* Begins with a migration, or begins anew: a try may fail for want of a lock. */
static bool
begin_migration(TraceObserver *observer, Database *database, const Migration *migration)
{
	if (observer->migration == NULL || observer->migration->migration != migration)
		observer->migration =
			trace_add_migration(observer->trace, migration, !migration->file.no_transaction);
	trace_catalog_free(&observer->beginning);
	return trace_catalog_read(database, &observer->beginning);
}

/* In a transaction of its own, or of the migration's, or in none. */
static bool
before_statement(void *context, const Session *session, const Migration *migration, int number)
{
	TraceObserver *observer = context;
	Database *database = session->database;

	if (number == 0 && !begin_migration(observer, database, migration))
		return false;
	trace_drop_statements(observer->migration, number);
	observer->in_transaction = database_in_transaction(database);
	if (number == 0 || !observer->migration->is_one_transaction)
	{
		trace_catalog_free(&observer->before);
		if ((observer->in_transaction && !prefer_indexes(database)) ||
			!trace_catalog_read(database, &observer->before))
			return false;
	}
	INSTR_TIME_SET_CURRENT(observer->start);
	return true;
}

/* Adds the statement that has just run. */
static TracedStatement *
add_statement(TraceObserver *observer)
{
	TracedStatement *statement = trace_add_statement(observer->migration);
	instr_time elapsed;

	INSTR_TIME_SET_CURRENT(elapsed);
	INSTR_TIME_SUBTRACT(elapsed, observer->start);
	statement->milliseconds = (int) INSTR_TIME_GET_MILLISEC(elapsed);
	statement->in_transaction = observer->in_transaction;
	return statement;
}

static bool
after_statement(void *context, const Session *session, const Migration *migration, int number)
{
	TraceObserver *observer = context;
	TracedMigration *traced = observer->migration;
	TraceCatalog after;

	add_statement(observer);
	if (!trace_catalog_read(session->database, &after))
		return false;
	effects_find(traced, &observer->beginning, &observer->before, &after);
	if (!traced->is_one_transaction)
		effects_conclude(traced, number, &observer->beginning, &after);
	else if (number + 1 == migration->change.count)
		effects_conclude(traced, 0, &observer->beginning, &after);
	trace_catalog_free(&observer->before);
	observer->before = after;
	return true;
}

static void
failed_statement(void *context, const Migration *migration, int number, const ServerError *error)
{
	TraceObserver *observer = context;
	TracedStatement *statement = add_statement(observer);

	(void) migration;
	strlcpy(statement->sqlstate, error->sqlstate, sizeof(statement->sqlstate));
	if (strcmp(error->sqlstate, UNSAFE_ENUM_VALUE) == 0)
		trace_add_effect(statement, (Effect){.kind = EFFECT_UNSAFE_ENUM,
											 .detail = pg_strdup(error->message),
											 .statement = number});
}

StatementObserver
trace_observer_for_runner(TraceObserver *observer)
{
	return (StatementObserver){.context = observer,
							   .before = before_statement,
							   .after = after_statement,
							   .failed = failed_statement};
}

void
trace_observer_free(TraceObserver *observer)
{
	trace_catalog_free(&observer->beginning);
	trace_catalog_free(&observer->before);
}
