/*
 * step_log.c
 *		hh.migration_statement: how far a migration has come that runs outside of a
 *		transaction.
 */
#include "postgres_fe.h"

#include "common/logging.h"

#include "queries.h"
#include "step_log.h"

/* The columns of queries/step_rows.sql. */
enum
{
	COLUMN_VERSION,
	COLUMN_NUMBER,
	COLUMN_PART,
	COLUMN_STATEMENT,
	COLUMN_STATE,
	COLUMN_IS_ATOMIC,
	COLUMN_BACKEND_PID,
	COLUMN_BACKEND_START,
	COLUMN_COUNT
};

static const char *const state_names[] = {
	[STEP_PENDING] = "pending",
	[STEP_RUNNING] = "running",
	[STEP_DONE] = "done",
	[STEP_FAILED] = "failed",
};

const char *
step_state_name(StepState state)
{
	return state_names[state];
}

static bool
parse_state(const char *name, StepState *state)
{
	for (size_t i = 0; i < lengthof(state_names); i++)
	{
		if (strcmp(name, state_names[i]) == 0)
		{
			*state = (StepState) i;
			return true;
		}
	}
	return false;
}

static bool
fill_step(const Result *rows, int i, Step *step)
{
	const char *number = result_value(rows, i, COLUMN_NUMBER);
	const char *part = result_value(rows, i, COLUMN_PART);
	const char *state = result_value(rows, i, COLUMN_STATE);

	step->version = result_value_copy(rows, i, COLUMN_VERSION);
	step->text = result_value_copy(rows, i, COLUMN_STATEMENT);
	step->backend_pid = result_value_copy(rows, i, COLUMN_BACKEND_PID);
	step->backend_start = result_value_copy(rows, i, COLUMN_BACKEND_START);
	step->is_atomic = result_is_true(rows, i, COLUMN_IS_ATOMIC);
	if (step->version && step->text && number && part && state && parse_state(state, &step->state))
	{
		step->number = atoi(number);
		step->reverting = strcmp(part, "revert") == 0;
		return true;
	}
	pg_log_error("hh.migration_statement is not the table that hh-migrate makes");
	return false;
}

static bool
table_exists(const Session *session, bool *exists)
{
	Result *row = database_query(session->database, query_step_table, NO_PARAMS);

	if (row == NULL)
		return false;
	*exists = result_is_true(row, 0, 0);
	result_free(row);
	return true;
}

bool
step_log_read(const Session *session, StepLog *log)
{
	bool exists;
	bool read = true;
	Result *rows;

	if (!table_exists(session, &exists))
		return false;
	if (!exists)
		return true;
	rows = session_query(session, query_step_rows, COLUMN_COUNT, NO_PARAMS);
	if (rows == NULL)
		return false;
	log->items = pg_malloc0(sizeof(Step) * (size_t) Max(result_rows(rows), 1));
	for (int i = 0; i < result_rows(rows) && read; i++)
	{
		read = fill_step(rows, i, &log->items[i]);
		log->count++;
	}
	result_free(rows);
	return read;
}

void
step_log_free(StepLog *log)
{
	for (int i = 0; i < log->count; i++)
	{
		Step *step = &log->items[i];

		pg_free(step->version);
		pg_free(step->text);
		pg_free(step->backend_pid);
		pg_free(step->backend_start);
	}
	pg_free(log->items);
	memset(log, 0, sizeof(*log));
}

Steps
step_log_of(const StepLog *log, const char *version)
{
	Steps steps = {NULL, 0};

	for (int i = 0; log != NULL && i < log->count; i++)
	{
		if (strcmp(log->items[i].version, version) != 0)
			continue;
		if (steps.count++ == 0)
			steps.items = &log->items[i];
	}
	return steps;
}

int
steps_done(Steps steps)
{
	int done = 0;

	while (done < steps.count && steps.items[done].state == STEP_DONE)
		done++;
	return done;
}

/* Runs a record's query; returns whether it found its row. */
static bool
record(const Session *session, const char *query, int count, const char *const *values,
	   ServerError *error)
{
	Result *result = session_run(session, query, 1, count, values, error);
	bool found = result != NULL && result_rows(result) == 1;

	if (result != NULL && !found)
		error->message = pg_strdup("its row in hh.migration or hh.migration_statement has gone");
	result_free(result);
	return found;
}

bool
step_log_write(const Session *session, const char *version, Steps steps, ServerError *error)
{
	Result *result = session_run(session, query_step_clear, 0, PARAMS(version), error);

	for (int i = 0; i < steps.count && result != NULL; i++)
	{
		const Step *step = &steps.items[i];
		char *number = psprintf("%d", step->number);

		result_free(result);
		result = session_run(session, query_step_add, 0,
							 PARAMS(version, number, step->reverting ? "revert" : "change",
									step->text, step_state_name(step->state)),
							 error);
		pg_free(number);
	}
	result_free(result);
	return error->message == NULL;
}

bool
step_record_running(const Session *session, const Step *step, ServerError *error)
{
	char *number = psprintf("%d", step->number);
	bool recorded = record(session, query_step_running,
						   PARAMS(step->version, number, step->is_atomic ? "true" : "false",
								  step->backend_pid, step->backend_start),
						   error);

	pg_free(number);
	return recorded;
}

/* query takes version and number, and perhaps a message. */
static bool
record_end(const Session *session, const char *query, const Step *step, const char *message,
		   ServerError *error)
{
	char *number = psprintf("%d", step->number);
	const char *values[] = {step->version, number, message};
	bool recorded = record(session, query, message ? 3 : 2, values, error);

	pg_free(number);
	return recorded;
}

bool
step_record_done(const Session *session, const Step *step, ServerError *error)
{
	return record_end(session, query_step_done, step, NULL, error);
}

bool
step_record_failed(const Session *session, const Step *step, const char *message,
				   ServerError *error)
{
	return record_end(session, query_step_failed, step, message, error);
}

bool
step_record_pending(const Session *session, const Step *step, ServerError *error)
{
	return record_end(session, query_step_pending, step, NULL, error);
}
