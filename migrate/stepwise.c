/*
 * stepwise.c
 *		Runs a migration that goes statement by statement, each recorded before and behind.
 *
 * A statement that can run in a transaction is marked as done there, so that the mark
 * tells the truth.  What can't, by what the server answers, is sent alone; where
 * nobody records its end, recovery.c finds out what stands.
 */
#include "postgres_fe.h"

#include "common/logging.h"

#include "index_catalog.h"
#include "ledger.h"
#include "outside.h"
#include "queries.h"
#include "recovery.h"
#include "stepwise.h"

typedef struct Walk
{
	Attempt *attempt;
	const Session *session;
	Step *steps; /* one a statement */
	int count;
	char *backend_pid;
	char *backend_start;
} Walk;

/* Logs and remembers what failed beside the statements.  Frees *error. */
static bool
failed_beside(Walk *walk, const char *what, ServerError *error)
{
	Attempt *attempt = walk->attempt;
	char *headline = psprintf("%s %s could not be %s", attempt_subject(attempt),
							  attempt->migration->label, what);

	server_error_log(error, headline);
	attempt_remember(attempt, error->message);
	server_error_free(error);
	pg_free(headline);
	return false;
}

static bool
read_backend(Walk *walk)
{
	Result *row = database_query(walk->session->database, query_backend_identity, NO_PARAMS);

	if (row == NULL)
		return false;
	walk->backend_pid = pg_strdup(result_value(row, 0, 0));
	walk->backend_start = pg_strdup(result_value(row, 0, 1));
	result_free(row);
	return true;
}

/* Makes the steps, in the state in which they are recorded. */
static bool
make_steps(Walk *walk, Steps recorded)
{
	const Attempt *attempt = walk->attempt;

	walk->steps = pg_malloc0(sizeof(Step) * (size_t) Max(walk->count, 1));
	for (int i = 0; i < walk->count; i++)
	{
		Step *step = &walk->steps[i];

		*step = (Step){.is_atomic = true};
		if (i < recorded.count)
			*step = recorded.items[i];
		step->version = attempt->migration->version;
		step->number = i + 1;
		step->reverting = attempt->reverting;
		step->text = attempt_text(attempt, i);
		if (step->text == NULL)
			return false;
	}
	return true;
}

static void
free_walk(Walk *walk)
{
	for (int i = 0; walk->steps != NULL && i < walk->count; i++)
		pg_free(walk->steps[i].text);
	pg_free(walk->steps);
	pg_free(walk->backend_pid);
	pg_free(walk->backend_start);
}

/* The migration's row and, where it hasn't begun, its steps: in one transaction. */
static bool
record_begin(Walk *walk, bool is_new)
{
	Attempt *attempt = walk->attempt;
	Database *database = walk->session->database;
	Steps steps = {walk->steps, walk->count};
	char *variables = variables_as_json(attempt->variables);
	ServerError error = {0};
	bool recorded =
		database_command(database, "BEGIN") &&
		ledger_record_running(walk->session, attempt->migration, walk->count, steps_done(steps),
							  variables, "hh-migrate " HH_VERSION, &error) &&
		(!is_new || step_log_write(walk->session, attempt->migration->version, steps, &error)) &&
		database_command(database, "COMMIT");

	pg_free(variables);
	database_rollback(database);
	if (error.message != NULL)
		(void) failed_beside(walk, "recorded as running", &error);
	return recorded;
}

/* Records the failure that the attempt remembers; a signal may cancel the first try. */
static void
record_failure(Walk *walk, Step *step)
{
	const Attempt *attempt = walk->attempt;
	const char *message = attempt->error ? attempt->error : "unknown";
	ServerError error = {0};

	for (int tries = 0; tries < 2 && database_is_connected(walk->session->database); tries++)
	{
		server_error_free(&error);
		if (step_record_failed(walk->session, step, message, &error))
			return;
	}
	pg_log_error_detail("That it failed could not be recorded%s%s.", error.message ? ": " : "",
						error.message ? error.message : "");
	server_error_free(&error);
}

static bool
record_running(Walk *walk, Step *step, bool is_atomic)
{
	ServerError error = {0};

	step->is_atomic = is_atomic;
	step->state = STEP_RUNNING;
	step->backend_pid = walk->backend_pid;
	step->backend_start = walk->backend_start;
	if (step_record_running(walk->session, step, &error))
		return true;
	return failed_beside(walk, "recorded", &error);
}

static bool
record_done(Walk *walk, Step *step)
{
	ServerError error = {0};

	if (step_record_done(walk->session, step, &error))
	{
		step->state = STEP_DONE;
		return true;
	}
	return failed_beside(walk, "recorded", &error);
}

/* One try at a statement and its mark, in one transaction. */
static Tried
try_in_transaction(Walk *walk, Step *step)
{
	Attempt *attempt = walk->attempt;
	ServerError error = {0};
	Tried outcome = attempt_begin(attempt);

	if (outcome == TRIED_DONE)
		outcome = attempt_statement(attempt, step->number - 1);
	if (outcome == TRIED_DONE && !step_record_done(walk->session, step, &error))
		outcome = attempt_failed(attempt, "recorded", &error);
	if (outcome == TRIED_DONE)
		outcome = attempt_commit(attempt);
	database_rollback(walk->session->database);
	return outcome;
}

static Tried
run_in_transaction(Walk *walk, Step *step)
{
	Tried outcome;

	if (!record_running(walk, step, true))
		return TRIED_FAILED;
	walk->attempt->retries = 0;
	while ((outcome = try_in_transaction(walk, step)) == TRIED_WITHOUT_LOCK)
	{
		if (!attempt_pause(walk->attempt))
			return TRIED_FAILED;
	}
	if (outcome == TRIED_DONE)
		step->state = STEP_DONE;
	return outcome;
}

static bool
run_outside(Walk *walk, Step *step)
{
	return record_running(walk, step, false) &&
		   outside_run(walk->attempt, step->number - 1, step->text) && record_done(walk, step);
}

static bool
send(Walk *walk, Step *step)
{
	StatementForm form = statement_form(step->text, strlen(step->text));

	if (!statement_needs_no_block(&form))
	{
		Tried outcome = run_in_transaction(walk, step);

		if (outcome != TRIED_IN_VAIN)
			return outcome == TRIED_DONE;
	}
	return run_outside(walk, step);
}

static void
log_stop(const Walk *walk, const Step *step, const char *text)
{
	const Attempt *attempt = walk->attempt;
	char *place = attempt_place(attempt, step->number - 1, 0);

	pg_log_error("%s %s stops at %s", attempt_subject(attempt), attempt->migration->label, place);
	pg_log_error_detail("%s.", text);
	pg_free(place);
}

static void
log_finding(const Walk *walk, const Step *step, const Finding *finding)
{
	if (finding->text)
		pg_log_warning("%s %s, statement %d: %s", attempt_subject(walk->attempt),
					   walk->attempt->migration->label, step->number, finding->text);
	for (int i = 0; i < finding->count; i++)
		pg_log_warning_detail("What is done about it: %s", finding->statements[i]);
}

/* Sends what the finding says. */
static bool
send_finding(Walk *walk, Step *step, const Finding *finding)
{
	for (int i = 0; i < finding->count; i++)
	{
		if (!outside_run(walk->attempt, step->number - 1, finding->statements[i]))
			return false;
	}
	return true;
}

static bool
act(Walk *walk, Step *step, const Finding *finding)
{
	if (finding->kind == FINDING_STOP)
	{
		log_stop(walk, step, finding->text);
		attempt_remember(walk->attempt, finding->text);
		return false;
	}
	log_finding(walk, step, finding);
	if (!send_finding(walk, step, finding))
		return false;
	if (finding->kind == FINDING_RUN || finding->kind == FINDING_CLEAR)
		return send(walk, step);
	return record_done(walk, step);
}

static bool
run_step(Walk *walk, Step *step)
{
	Finding finding = {0};
	ServerError error = {0};
	bool done;

	if (database_cancelled())
	{
		attempt_canceled(walk->attempt, "in");
		return false;
	}
	done = recovery_look(walk->session, step, &finding, &error);
	if (!done)
		(void) failed_beside(walk, "continued", &error);
	done = done && act(walk, step, &finding);
	finding_free(&finding);
	return done;
}

static bool
record_end(Walk *walk)
{
	Attempt *attempt = walk->attempt;
	ServerError error = {0};

	if (ledger_record_ended(walk->session, attempt->migration,
							attempt->reverting ? LEDGER_REVERTED : LEDGER_APPLIED, &error))
		return true;
	return failed_beside(walk, "recorded", &error);
}

static bool
walk_on(Walk *walk, bool is_new)
{
	Steps steps = {walk->steps, walk->count};
	int done;

	if (!record_begin(walk, is_new))
		return false;
	while ((done = steps_done(steps)) < walk->count)
	{
		Step *step = &walk->steps[done];

		if (run_step(walk, step))
			continue;
		record_failure(walk, step);
		pg_log_error_detail("Of its %d statements, %d %s done, and stand%s.", walk->count, done,
							done == 1 ? "is" : "are", done == 1 ? "s" : "");
		pg_log_error_hint("\"hh-migrate repair %s\" shows what stands; \"%s\" goes on at "
						  "statement %d.",
						  walk->attempt->migration->version,
						  walk->attempt->reverting ? "down" : "up", done + 1);
		return false;
	}
	return record_end(walk);
}

bool
stepwise_run(Attempt *attempt, Steps recorded)
{
	Walk walk = {.attempt = attempt,
				 .session = &attempt->place->session,
				 .count = attempt_statements(attempt)->count};
	bool done =
		read_backend(&walk) && make_steps(&walk, recorded) && walk_on(&walk, recorded.count == 0);

	free_walk(&walk);
	return done;
}
