/*
 * attempt.c
 *		One try at running statements of a migration in a transaction.
 */
#include "postgres_fe.h"

#include "common/logging.h"

#include "attempt.h"
#include "display.h"
#include "index_catalog.h"
#include "pooler.h"
#include "queries.h"

#define DEFAULT_LOCK_TIMEOUT "3s" /* as queries/pin_session.sql says it */

void
attempt_free(Attempt *attempt)
{
	pg_free(attempt->error);
	attempt->error = NULL;
}

void
attempt_remember(Attempt *attempt, const char *message)
{
	char *copy = pg_strdup(message);

	attempt_free(attempt);
	attempt->error = copy;
}

const StatementList *
attempt_statements(const Attempt *attempt)
{
	return attempt->reverting ? &attempt->migration->revert : &attempt->migration->change;
}

const char *
attempt_subject(const Attempt *attempt)
{
	return attempt->reverting ? "the revert of migration" : "migration";
}

char *
attempt_place(const Attempt *attempt, int number, int position)
{
	const StatementList *statements = attempt_statements(attempt);

	return psprintf("statement %d of %d (%s, line %d)", number + 1, statements->count,
					attempt->migration->file_name,
					statement_line_at(&statements->items[number], position));
}

char *
attempt_text(const Attempt *attempt, int number)
{
	const Statement *statement = &attempt_statements(attempt)->items[number];
	const VariableList *variables = attempt->variables;
	StatementError error = {0};
	char *text;

	if (variables->count == 0)
		return pnstrdup(statement->data, statement->length);
	text = statement_substitute(statement, variables->items, variables->count, &error);
	if (text == NULL)
	{
		pg_log_error("%s, line %d: %s", attempt->migration->file_name, error.line, error.message);
		statement_error_free(&error);
	}
	return text;
}

static void
log_blockers(const Workplace *place, enum pg_log_level level)
{
	if (place->watch.blockers)
		pg_log_generic(level, PG_LOG_DETAIL, "In the way: %s.", place->watch.blockers);
}

void
attempt_statement_failed(Attempt *attempt, int number, const char *sql, ServerError *error)
{
	bool is_ours = error->internal_query == NULL || strcmp(error->internal_query, sql) == 0;
	char *place = attempt_place(attempt, number, is_ours ? error->position : 0);
	char *headline =
		psprintf("%s %s failed at %s", attempt_subject(attempt), attempt->migration->label, place);
	const char *hint = error->hint ? NULL : footing_hint(error);

	if (hint)
		error->hint = pg_strdup(hint);
	server_error_log(error, headline);
	if (lock_is_missing(error))
		log_blockers(attempt->place, PG_LOG_ERROR);
	attempt_remember(attempt, error->message);
	server_error_free(error);
	pg_free(headline);
	pg_free(place);
}

/* Whether a failure is for want of a lock, and there are tries left: says so, then. */
static bool
may_try_again(const Attempt *attempt, const ServerError *error)
{
	const Workplace *place = attempt->place;

	if (!lock_is_missing(error) || attempt->retries >= place->lock_retries ||
		database_cancelled() || !database_is_connected(place->database))
		return false;
	pg_log_warning("%s %s could not get a lock, and will be tried again (%d of %d)",
				   attempt_subject(attempt), attempt->migration->label, attempt->retries + 1,
				   place->lock_retries);
	pg_log_warning_detail("%s (SQLSTATE %s)", error->message, error->sqlstate);
	log_blockers(place, PG_LOG_WARNING);
	return true;
}

Tried
attempt_failed(Attempt *attempt, const char *what, ServerError *error)
{
	bool again = may_try_again(attempt, error);

	if (!again)
	{
		char *headline = psprintf("%s %s could not be %s", attempt_subject(attempt),
								  attempt->migration->label, what);

		server_error_log(error, headline);
		if (lock_is_missing(error))
			log_blockers(attempt->place, PG_LOG_ERROR);
		attempt_remember(attempt, error->message);
		pg_free(headline);
	}
	server_error_free(error);
	return again ? TRIED_WITHOUT_LOCK : TRIED_FAILED;
}

void
attempt_canceled(Attempt *attempt, const char *where)
{
	pg_log_error("canceled %s %s %s", where, attempt_subject(attempt), attempt->migration->label);
	attempt_remember(attempt, "canceled");
}

bool
attempt_pause(Attempt *attempt)
{
	pg_usleep(lock_retry_pause_ms(++attempt->retries) * 1000L);
	if (!database_cancelled())
		return true;
	attempt_canceled(attempt, "before another try at");
	return false;
}

/*
 * Both timeouts are set whether the file says them or not: an earlier migration
 * may have left others to the session.
 */
static Result *
send_begin(const Attempt *attempt)
{
	const MigrationFile *file = &attempt->migration->file;
	TextSlice lock_timeout = file->lock_timeout;
	TextSlice statement_timeout = file->statement_timeout;
	char *sql;
	Result *result;

	if (lock_timeout.length == 0)
		lock_timeout = (TextSlice){DEFAULT_LOCK_TIMEOUT, strlen(DEFAULT_LOCK_TIMEOUT)};
	if (statement_timeout.length == 0)
		statement_timeout = (TextSlice){"0", 1};
	sql = psprintf("BEGIN; " FOOTING_MARK "; SET LOCAL lock_timeout = '%.*s'; "
				   "SET LOCAL statement_timeout = '%.*s';\n%s",
				   (int) lock_timeout.length, lock_timeout.data, (int) statement_timeout.length,
				   statement_timeout.data, query_session_is_whole);
	result = database_query(attempt->place->database, sql, NO_PARAMS);
	pg_free(sql);
	return result;
}

bool
attempt_check_session(const Workplace *place, const Result *row)
{
	char *detail;

	if (atoi(result_value(row, 0, 0)) != place->watch.pid)
	{
		detail = psprintf("The deployment lock was taken in backend %d, and this transaction is in "
						  "backend %s.",
						  place->watch.pid, result_value(row, 0, 0));
		pooler_log_refusal(detail);
		pg_free(detail);
		return false;
	}
	if (result_is_true(row, 0, 1))
		return true;
	pg_log_error("the deployment lock is no longer held");
	pg_log_error_detail("Something in this session has released it.");
	pg_log_error_hint("No migration may call pg_advisory_unlock_all().");
	return false;
}

Tried
attempt_begin(Attempt *attempt)
{
	Workplace *place = attempt->place;
	Result *row = send_begin(attempt);
	ServerError error = {0};
	Tried outcome = TRIED_DONE;

	if (row == NULL || !attempt_check_session(place, row))
	{
		attempt_remember(attempt, "the session that holds the deployment lock was lost");
		outcome = TRIED_FAILED;
	}
	else if (!footing_renew(&place->session, &place->footing, result_value(row, 0, 2), &error))
		outcome = attempt_failed(attempt, "begun", &error);
	result_free(row);
	return outcome;
}

static void
log_footing_change(const Attempt *attempt, int number, const FootingChange *change)
{
	char *place = attempt_place(attempt, number, 0);

	pg_log_error("%s %s changed %s at %s", attempt_subject(attempt), attempt->migration->label,
				 change->what, place);
	pg_log_error_detail("It was \"%s\" and then \"%s\". The migration was rolled back.",
						change->before, change->after);
	pg_log_error_hint("%s", change->hint);
	pg_free(place);
}

/* Whether the statement left role, search_path and transaction as they were. */
static bool
check_footing(Attempt *attempt, int number, const Result *row)
{
	FootingChange change;

	if (!database_in_transaction(attempt->place->database))
	{
		pg_log_error("%s %s: statement %d ended the migration's transaction",
					 attempt_subject(attempt), attempt->migration->label, number + 1);
		attempt_remember(attempt, "a statement ended the migration's transaction");
		return false;
	}
	if (!footing_changed(&attempt->place->footing, row, &change))
		return true;
	log_footing_change(attempt, number, &change);
	attempt_remember(attempt, "a statement changed the session's footing");
	return false;
}

/* active_sql_transaction: VACUUM and others; invalid_transaction_termination: COMMIT in a procedure */
static bool
wants_no_transaction(const ServerError *error)
{
	return strcmp(error->sqlstate, "25001") == 0 || strcmp(error->sqlstate, "2D000") == 0;
}

bool
attempt_observe_before(const Attempt *attempt, int number)
{
	const StatementObserver *observer = attempt->place->observer;

	return observer == NULL || observer->before(observer->context, &attempt->place->session,
												attempt->migration, number);
}

bool
attempt_observe_after(const Attempt *attempt, int number)
{
	const StatementObserver *observer = attempt->place->observer;

	return observer == NULL ||
		   observer->after(observer->context, &attempt->place->session, attempt->migration, number);
}

void
attempt_observe_failure(const Attempt *attempt, int number, const ServerError *error)
{
	const StatementObserver *observer = attempt->place->observer;

	if (observer)
		observer->failed(observer->context, attempt->migration, number, error);
}

static Tried
statement_failed(Attempt *attempt, int number, const char *sql, ServerError *error)
{
	attempt_observe_failure(attempt, number, error);
	if (attempt->may_leave_transaction && wants_no_transaction(error))
	{
		server_error_free(error);
		return TRIED_IN_VAIN;
	}
	if (may_try_again(attempt, error))
	{
		server_error_free(error);
		return TRIED_WITHOUT_LOCK;
	}
	attempt_statement_failed(attempt, number, sql, error);
	return TRIED_FAILED;
}

/* sql: the statement, with the query of the footing behind it. */
static Tried
send_statement(Attempt *attempt, int number, const char *statement, const char *sql)
{
	Workplace *place = attempt->place;
	ServerError error = {0};
	Tried outcome = TRIED_DONE;
	Result *result = session_run(&place->session, sql, FOOTING_COLUMNS, NO_PARAMS, &error);

	if (result == NULL)
		outcome = statement_failed(attempt, number, sql, &error);
	else if (!check_footing(attempt, number, result))
		outcome = TRIED_FAILED;
	else if (!index_is_fit(place->database, statement, &error))
	{
		attempt_statement_failed(attempt, number, sql, &error);
		outcome = TRIED_FAILED;
	}
	result_free(result);
	return outcome;
}

Tried
attempt_statement(Attempt *attempt, int number)
{
	char *statement = attempt_text(attempt, number);
	char *sql;
	Tried outcome = TRIED_FAILED;

	if (statement == NULL)
		return TRIED_FAILED;
	sql = footing_append_query(statement);
	lock_watch_reset(&attempt->place->watch);
	display_statement(number + 1, attempt_statements(attempt)->count);
	if (attempt_observe_before(attempt, number))
		outcome = send_statement(attempt, number, statement, sql);
	if (outcome == TRIED_DONE && !attempt_observe_after(attempt, number))
		outcome = TRIED_FAILED;
	pg_free(sql);
	pg_free(statement);
	return outcome;
}

Tried
attempt_commit(Attempt *attempt)
{
	ServerError error = {0};
	Result *result = database_run(attempt->place->database, "COMMIT", NO_PARAMS, &error);
	bool done = result != NULL;

	result_free(result);
	return attempt_committed(attempt, done, &error);
}

/*
 * Whatever the server answers to COMMIT with an error has been rolled back, and no
 * transaction is open any more; one that is failed before it.
 */
Tried
attempt_committed(Attempt *attempt, bool done, ServerError *error)
{
	Database *database = attempt->place->database;
	const char *what = database_in_failed_transaction(database) ? "recorded" : "committed";
	Tried outcome = done ? TRIED_DONE : attempt_failed(attempt, what, error);

	attempt->is_uncertain = !done && !database_is_connected(database);
	if (attempt->is_uncertain)
		pg_log_error_hint("Whether %s was committed is not known: \"hh-migrate status\" says.",
						  attempt->migration->label);
	return outcome;
}
