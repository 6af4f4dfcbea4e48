/*
 * runner.c
 *		Applies a plan.
 */
#include "postgres_fe.h"

#include "common/logging.h"
#include "portability/instr_time.h"

#include "extension.h"
#include "footing.h"
#include "lock_watch.h"
#include "pooler.h"
#include "queries.h"
#include "runner.h"

#define DEFAULT_LOCK_TIMEOUT "3s" /* as queries/pin_session.sql says it */

typedef struct Runner
{
	Database *database;
	const Deployment *deployment; /* as the planner saw it */
	const Plan *plan;
	const RunnerSettings *settings;
	LockWatch watch;
	Footing footing; /* of the migration's transaction */
	Session session; /* for migrations; made when the code stands */
	bool has_session;
} Runner;

/* The statement as it is sent, with the file's variables filled in; NULL on an error. */
static char *
statement_text(const Migration *migration, const Statement *statement,
			   const VariableList *variables)
{
	StatementError error = {0};
	char *text;

	if (variables->count == 0)
		return pnstrdup(statement->data, statement->length);
	text = statement_substitute(statement, variables->items, variables->count, &error);
	if (text == NULL)
	{
		pg_log_error("%s, line %d: %s", migration->file_name, error.line, error.message);
		statement_error_free(&error);
	}
	return text;
}

/* How a try at a migration ended. */
typedef enum Tried
{
	TRIED_DONE,
	TRIED_FAILED,
	TRIED_WITHOUT_LOCK /* and may be tried again */
} Tried;

/* One try at a migration, in one transaction. */
typedef struct Try
{
	Runner *runner;
	const Migration *migration;
	const StatementList *statements; /* its change, or its revert part */
	bool reverting;
	const VariableList *variables;
	int number; /* from 1 */
} Try;

/* "migration 1000_a", or "the revert of" it, before what became of it. */
static const char *
subject(const Try *try)
{
	return try->reverting ? "the revert of migration" : "migration";
}

/* "statement 2 of 3 (1000_a.sql, line 7)"; the caller frees it. */
static char *
statement_place(const Try *try, int number, int position)
{
	return psprintf("statement %d of %d (%s, line %d)", number + 1, try->statements->count,
					try->migration->file_name,
					statement_line_at(&try->statements->items[number], position));
}

static void
log_failed_statement(const Try *try, int number, const char *sql, ServerError *error)
{
	bool is_ours = error->internal_query == NULL || strcmp(error->internal_query, sql) == 0;
	char *place = statement_place(try, number, is_ours ? error->position : 0);
	char *headline = psprintf("%s %s failed at %s", subject(try), try->migration->label, place);
	const char *hint = error->hint ? NULL : footing_hint(error);

	if (hint)
		error->hint = pg_strdup(hint);
	server_error_log(error, headline);
	pg_free(headline);
	pg_free(place);
}

static void
log_footing_change(const Try *try, int number, const FootingChange *change)
{
	char *place = statement_place(try, number, 0);

	pg_log_error("%s %s changed %s at %s", subject(try), try->migration->label, change->what,
				 place);
	pg_log_error_detail("It was \"%s\" and then \"%s\". The migration was rolled back.",
						change->before, change->after);
	pg_log_error_hint("%s", change->hint);
	pg_free(place);
}

static void
log_blockers(const Runner *runner, enum pg_log_level level)
{
	if (runner->watch.blockers)
		pg_log_generic(level, PG_LOG_DETAIL, "In the way: %s.", runner->watch.blockers);
}

/* Whether a failure is for want of a lock, and there are tries left: says so, then. */
static bool
may_try_again(const Try *try, const ServerError *error)
{
	const Runner *runner = try->runner;

	if (!lock_is_missing(error) || try->number > runner->settings->lock_retries ||
		database_cancelled() || !database_is_connected(runner->database))
		return false;
	pg_log_warning("%s %s could not get a lock, and will be tried again (%d of %d)", subject(try),
				   try->migration->label, try->number, runner->settings->lock_retries);
	pg_log_warning_detail("%s (SQLSTATE %s)", error->message, error->sqlstate);
	log_blockers(runner, PG_LOG_WARNING);
	return true;
}

/* Frees *error.  number: of the statement, from 0; -1 where none of the file's failed. */
static Tried
failed(const Try *try, int number, const char *sql, ServerError *error)
{
	bool again = may_try_again(try, error);

	if (!again)
	{
		if (number >= 0)
			log_failed_statement(try, number, sql, error);
		else
		{
			char *headline =
				psprintf("%s %s could not be %s", subject(try), try->migration->label, sql);

			server_error_log(error, headline);
			pg_free(headline);
		}
		if (lock_is_missing(error))
			log_blockers(try->runner, PG_LOG_ERROR);
	}
	server_error_free(error);
	return again ? TRIED_WITHOUT_LOCK : TRIED_FAILED;
}

/* Whether the statement left role, search_path and transaction as they were. */
static bool
check_footing(const Try *try, int number, const Result *row)
{
	FootingChange change;

	if (!database_in_transaction(try->runner->database))
	{
		pg_log_error("%s %s: statement %d ended the migration's transaction", subject(try),
					 try->migration->label, number + 1);
		return false;
	}
	if (!footing_changed(&try->runner->footing, row, &change))
		return true;
	log_footing_change(try, number, &change);
	return false;
}

static Tried
send_statement(const Try *try, int number, const char *sql)
{
	Runner *runner = try->runner;
	const RunnerObserver *observer = runner->settings->observer;
	ServerError error = {0};
	Tried outcome = TRIED_DONE;
	Result *result;

	if (observer &&
		!observer->before(observer->context, &runner->session, try->migration, number, sql))
		return TRIED_FAILED;
	lock_watch_reset(&runner->watch);
	result = session_run(&runner->session, sql, FOOTING_COLUMNS, NO_PARAMS, &error);
	if (result == NULL)
	{
		if (observer)
			observer->failed(observer->context, try->migration, number, &error);
		outcome = failed(try, number, sql, &error);
	}
	else if (!check_footing(try, number, result) ||
			 (observer &&
			  !observer->after(observer->context, &runner->session, try->migration, number)))
		outcome = TRIED_FAILED;
	result_free(result);
	return outcome;
}

static Tried
run_statement(const Try *try, int number)
{
	char *statement =
		statement_text(try->migration, &try->statements->items[number], try->variables);
	char *sql;
	Tried outcome;

	if (statement == NULL)
		return TRIED_FAILED;
	sql = footing_append_query(statement);
	outcome = send_statement(try, number, sql);
	pg_free(sql);
	pg_free(statement);
	return outcome;
}

/*
 * Both timeouts are set whether the file says them or not: an earlier migration
 * may have left others to the session.
 */
static Result *
send_begin(const Try *try)
{
	const MigrationFile *file = &try->migration->file;
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
	result = database_query(try->runner->database, sql, NO_PARAMS);
	pg_free(sql);
	return result;
}

/* Whether the transaction has begun in the session that holds the deployment lock. */
static bool
check_session(const Runner *runner, const Result *row)
{
	char *detail;

	if (atoi(result_value(row, 0, 0)) != runner->watch.pid)
	{
		detail = psprintf("The deployment lock was taken in backend %d, and this transaction is in "
						  "backend %s.",
						  runner->watch.pid, result_value(row, 0, 0));
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

static Tried
begin(const Try *try)
{
	Runner *runner = try->runner;
	Result *row = send_begin(try);
	ServerError error = {0};
	bool whole = row != NULL && check_session(runner, row);

	result_free(row);
	if (!whole)
		return TRIED_FAILED;
	if (footing_read(&runner->session, &runner->footing, &error))
		return TRIED_DONE;
	return failed(try, -1, "begun", &error);
}

static Tried
record(const Try *try)
{
	const Session *session = &try->runner->session;
	const char *tool = "hh-migrate " HH_VERSION;
	char *variables = variables_as_json(try->variables);
	ServerError error = {0};
	bool recorded = try->reverting
						? ledger_record_reverted(session, try->migration, tool, &error)
						: ledger_record_applied(session, try->migration, variables, tool, &error);

	pg_free(variables);
	return recorded ? TRIED_DONE : failed(try, -1, "recorded", &error);
}

/* Whatever the server answers to COMMIT with an error has been rolled back. */
static Tried
commit(const Try *try)
{
	Database *database = try->runner->database;
	ServerError error = {0};
	Result *result = database_run(database, "COMMIT", NO_PARAMS, &error);
	Tried outcome = result ? TRIED_DONE : failed(try, -1, "committed", &error);

	result_free(result);
	if (!database_is_connected(database))
		pg_log_error_hint("Whether %s was committed is not known: \"hh-migrate status\" says.",
						  try->migration->label);
	return outcome;
}

static Tried
try_once(const Try *try)
{
	Database *database = try->runner->database;
	Tried outcome = begin(try);

	for (int number = 0; outcome == TRIED_DONE && number < try->statements->count; number++)
	{
		if (database_cancelled())
		{
			pg_log_error("canceled in %s %s", subject(try), try->migration->label);
			outcome = TRIED_FAILED;
		}
		else
			outcome = run_statement(try, number);
	}
	if (outcome == TRIED_DONE)
		outcome = record(try);
	if (outcome == TRIED_DONE)
		outcome = commit(try);
	database_rollback(database);
	return outcome;
}

static bool
run_in_transaction(Runner *runner, const Action *action)
{
	const Migration *migration = action->migration;
	bool reverting = action->kind == ACTION_REVERT;
	VariableList variables =
		variables_of(migration, action->values ? action->values : &runner->plan->variables);
	Try try = {.runner = runner,
			   .migration = migration,
			   .statements = reverting ? &migration->revert : &migration->change,
			   .reverting = reverting,
			   .variables = &variables,
			   .number = 1};
	Tried outcome;

	while ((outcome = try_once(&try)) == TRIED_WITHOUT_LOCK)
	{
		pg_usleep(lock_retry_pause_ms(try.number) * 1000L);
		try.number++;
		if (database_cancelled())
		{
			pg_log_error("canceled before another try at %s %s", subject(&try), migration->label);
			break;
		}
	}
	variables_free(&variables);
	return outcome == TRIED_DONE;
}

/*
 * The session that migrations run in.  It is made after the actions on the
 * extension, which may have brought the function that it needs.
 */
static bool
open_session(Runner *runner)
{
	Deployment now = {0};
	bool open = false;

	if (!deployment_read(runner->database, &now))
		return false;
	now.owner = pg_strdup(runner->deployment->owner);
	now.may_become_owner = runner->deployment->may_become_owner;
	if (deployment_check_schema(runner->database, &now, true))
	{
		runner->session = session_make(runner->database, &now);
		runner->has_session = open = runner->session.mode != SESSION_READER;
		if (!open)
		{
			pg_log_error("the function hh.execute_as_owner(text) is not the extension's own");
			pg_log_error_hint("Look at who made it, and create the extension headhunter anew.");
		}
	}
	deployment_free(&now);
	return open && lock_watch_start(&runner->watch, runner->database);
}

static bool
run_action(Runner *runner, const Action *action)
{
	if (database_cancelled())
	{
		pg_log_error("canceled before %s", action->object);
		return false;
	}
	switch (action->kind)
	{
		case ACTION_CREATE_EXTENSION:
			return extension_create(runner->database, runner->deployment, action->object);
		case ACTION_UPDATE_EXTENSION:
			return extension_update(runner->database, runner->deployment);
		case ACTION_APPLY:
		case ACTION_REAPPLY:
		case ACTION_REVERT:
			break;
	}
	return (runner->has_session || open_session(runner)) && run_in_transaction(runner, action);
}

/* Runs one action and says how it went. */
static Outcome
run_and_time(Runner *runner, const Action *action)
{
	instr_time start;
	instr_time elapsed;
	bool done;

	INSTR_TIME_SET_CURRENT(start);
	done = run_action(runner, action);
	INSTR_TIME_SET_CURRENT(elapsed);
	INSTR_TIME_SUBTRACT(elapsed, start);
	return (Outcome){done ? OUTCOME_DONE : OUTCOME_FAILED, (int) INSTR_TIME_GET_MILLISEC(elapsed)};
}

bool
runner_apply(Database *database, const Deployment *deployment, const Plan *plan,
			 const RunnerSettings *settings, Outcome *outcomes, ProgressCallback progress)
{
	Runner runner = {
		.database = database, .deployment = deployment, .plan = plan, .settings = settings};
	bool done = true;

	for (int i = 0; i < plan->action_count && done; i++)
	{
		outcomes[i] = run_and_time(&runner, &plan->actions[i]);
		done = outcomes[i].kind == OUTCOME_DONE;
		if (done)
			progress(&plan->actions[i], &outcomes[i]);
		else if (i > 0)
			pg_log_error_detail("What was done before stands (steps: %d of %d); the failed step "
								"left nothing behind.",
								i, plan->action_count);
	}
	lock_watch_stop(&runner.watch);
	footing_free(&runner.footing);
	return done;
}
