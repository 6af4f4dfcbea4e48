/*
 * ledger.c
 *		hh.migration: which migration was applied, when and from which text.
 */
#include "postgres_fe.h"

#include "common/logging.h"

#include "direct_read.h"
#include "ledger.h"
#include "queries.h"

/* The columns of queries/ledger_rows.sql. */
enum
{
	COLUMN_VERSION,
	COLUMN_NAME,
	COLUMN_KIND,
	COLUMN_CHECKSUM,
	COLUMN_STATE,
	COLUMN_FINISHED_AT,
	COLUMN_APPLIED_BY,
	COLUMN_TOOL,
	COLUMN_VARIABLES,
	COLUMN_ERROR,
	COLUMN_STATEMENTS_DONE,
	COLUMN_STATEMENTS_TOTAL,
	COLUMN_COUNT
};

static const char *const state_names[] = {
	[LEDGER_RUNNING] = "running",	[LEDGER_APPLIED] = "applied",	[LEDGER_FAILED] = "failed",
	[LEDGER_REVERTED] = "reverted", [LEDGER_BASELINE] = "baseline",
};

const char *
ledger_state_name(LedgerState state)
{
	return state_names[state];
}

static bool
parse_state(const char *name, LedgerState *state)
{
	for (size_t i = 0; name != NULL && i < lengthof(state_names); i++)
	{
		if (strcmp(name, state_names[i]) == 0)
		{
			*state = (LedgerState) i;
			return true;
		}
	}
	pg_log_error("the ledger hh.migration has a row in state \"%s\", which this hh-migrate "
				 "doesn't know",
				 name ? name : "");
	return false;
}

static int
number(const Result *rows, int row, int column)
{
	const char *value = result_value(rows, row, column);

	return value ? atoi(value) : 0;
}

static bool
fill_row(const Result *rows, int i, LedgerRow *row)
{
	const char *dimensions;

	row->version = result_value(rows, i, COLUMN_VERSION);
	row->name = result_value(rows, i, COLUMN_NAME);
	row->kind = result_value(rows, i, COLUMN_KIND);
	row->checksum = result_value(rows, i, COLUMN_CHECKSUM);
	row->finished_at = result_value(rows, i, COLUMN_FINISHED_AT);
	row->applied_by = result_value(rows, i, COLUMN_APPLIED_BY);
	row->tool = result_value(rows, i, COLUMN_TOOL);
	row->error = result_value(rows, i, COLUMN_ERROR);
	row->statements_done = number(rows, i, COLUMN_STATEMENTS_DONE);
	row->statements_total = number(rows, i, COLUMN_STATEMENTS_TOTAL);
	if (row->version == NULL || row->checksum == NULL)
	{
		pg_log_error("the ledger hh.migration has a row without version or checksum");
		return false;
	}
	if (!variables_decode(&row->variables, result_value(rows, i, COLUMN_VARIABLES)))
	{
		pg_log_error("the ledger hh.migration has variables of migration %s that no migration can "
					 "declare",
					 row->version);
		return false;
	}
	dimensions = variables_find(&row->variables, DIMENSIONS_VARIABLE);
	row->dimensions = dimensions ? atoi(dimensions) : 0;
	return parse_state(result_value(rows, i, COLUMN_STATE), &row->state);
}

/* For a session that can't act as the owner. */
static Result *
read_directly(const Session *session, const Deployment *deployment)
{
	ServerError error = {0};
	Result *rows =
		direct_read(session->database, deployment, "migration", query_ledger_rows, &error);

	if (rows == NULL)
		server_error_log(&error, NULL);
	server_error_free(&error);
	return rows;
}

static int
compare_rows(const void *a, const void *b)
{
	return strcmp(((const LedgerRow *) a)->version, ((const LedgerRow *) b)->version);
}

bool
ledger_read(const Session *session, const Deployment *deployment, Ledger *ledger)
{
	Result *rows;
	int count;
	bool read = true;

	if (!deployment->ledger_exists)
		return true;
	rows = session->mode == SESSION_READER
			   ? read_directly(session, deployment)
			   : session_query(session, query_ledger_rows, COLUMN_COUNT, NO_PARAMS);
	if (rows == NULL)
		return false;
	ledger->source = rows;
	count = result_rows(rows);
	ledger->rows = pg_malloc0(sizeof(LedgerRow) * (size_t) Max(count, 1));
	for (int i = 0; i < count && read; i++)
	{
		read = fill_row(rows, i, &ledger->rows[i]);
		ledger->count++;
	}
	/* The server would take longer: it has nothing to do but for that. */
	if (read && count > 1)
		qsort(ledger->rows, (size_t) count, sizeof(LedgerRow), compare_rows);
	return read;
}

void
ledger_free(Ledger *ledger)
{
	for (int i = 0; i < ledger->count; i++)
		variables_free(&ledger->rows[i].variables);
	pg_free(ledger->rows);
	result_free(ledger->source);
	memset(ledger, 0, sizeof(*ledger));
}

char *
ledger_applied_at(const LedgerRow *row)
{
	const char *when = row->finished_at;

	if (when == NULL)
		return NULL;
	/* "2025-11-24 09:30:00.123456+00"; what is shorter is infinity, which a hand has written. */
	if (strlen(when) < strlen("2025-11-24 09:30:00") || when[10] != ' ')
		return pg_strdup(when);
	return psprintf("%.10sT%.8sZ", when, when + 11);
}

static void
add_to_digest(Checksum *sum, const char *before, const char *text)
{
	checksum_add(sum, before, strlen(before));
	checksum_add(sum, text, strlen(text));
}

bool
ledger_digest(const Ledger *ledger, char digest[CHECKSUM_SIZE])
{
	Checksum *sum = checksum_begin();

	for (int i = 0; i < ledger->count; i++)
	{
		const LedgerRow *row = &ledger->rows[i];

		if (row->state != LEDGER_APPLIED && row->state != LEDGER_BASELINE)
			continue;
		add_to_digest(sum, "", row->version);
		add_to_digest(sum, " ", row->checksum);
		if (row->finished_at != NULL)
			add_to_digest(sum, " ", row->finished_at);
		add_to_digest(sum, "\n", "");
	}
	return checksum_end(sum, digest);
}

const LedgerRow *
ledger_find(const Ledger *ledger, const char *version)
{
	int low = 0;
	int high = ledger->count - 1;

	while (low <= high)
	{
		int middle = (low + high) / 2;
		int order = strcmp(version, ledger->rows[middle].version);

		if (order == 0)
			return &ledger->rows[middle];
		if (order < 0)
			high = middle - 1;
		else
			low = middle + 1;
	}
	return NULL;
}

bool
ledger_has_applied(const LedgerRow *row, const Migration *migration)
{
	return row != NULL && (row->state == LEDGER_APPLIED || row->state == LEDGER_BASELINE) &&
		   strcmp(row->checksum, migration->checksum) == 0;
}

static const char *
kind_name(const Migration *migration)
{
	return migration->file.repeatable ? "repeatable" : "versioned";
}

/* Runs a query that writes. */
static bool
write_row(const Session *session, const char *query, int count, const char *const *values,
		  ServerError *error)
{
	Result *result = session_run(session, query, 0, count, values, error);

	result_free(result);
	return result != NULL;
}

/* The query, which inserts a row, in a form that takes the place of one that is there. */
static char *
replacing(const char *query)
{
	return psprintf("%s%s", query, query_ledger_replace);
}

/* Runs a query that changes a row and returns true. */
static bool
change_row(const Session *session, const char *query, int count, const char *const *values,
		   ServerError *error)
{
	Result *result = session_run(session, query, 1, count, values, error);
	bool found = result != NULL && result_rows(result) == 1;

	if (result != NULL && !found)
		error->message = pg_strdup("its row in hh.migration has gone");
	result_free(result);
	return found;
}

static bool
commit_row(const Session *session, const char *query, const Migration *migration,
		   const char *variables, const char *tool, ServerError *error)
{
	char *statements = psprintf("%d", migration->change.count);
	bool committed =
		session_run_and_commit(session, query,
							   PARAMS(migration->version, migration->name, kind_name(migration),
									  migration->checksum, statements, variables, tool),
							   error);

	pg_free(statements);
	return committed;
}

bool
ledger_commit_applied(const Session *session, const Migration *migration, bool is_new,
					  const char *variables, const char *tool, ServerError *error)
{
	char *query = is_new ? pg_strdup(query_ledger_record) : replacing(query_ledger_record);
	bool committed = commit_row(session, query, migration, variables, tool, error);

	pg_free(query);
	return committed;
}

bool
ledger_commit_baseline(const Session *session, const Migration *migration, const char *variables,
					   const char *tool, ServerError *error)
{
	char *query = replacing(query_ledger_baseline);
	bool committed = commit_row(session, query, migration, variables, tool, error);

	pg_free(query);
	return committed;
}

bool
ledger_record_reverted(const Session *session, const Migration *migration, const char *tool,
					   ServerError *error)
{
	return change_row(session, query_ledger_revert, PARAMS(migration->version, tool), error);
}

bool
ledger_record_running(const Session *session, const Migration *migration, int count, int done,
					  const char *variables, const char *tool, ServerError *error)
{
	char *total = psprintf("%d", count);
	char *so_far = psprintf("%d", done);
	char *query = replacing(query_ledger_begin);
	bool recorded = write_row(session, query,
							  PARAMS(migration->version, migration->name, kind_name(migration),
									 migration->checksum, variables, total, so_far, tool),
							  error);

	pg_free(query);
	pg_free(total);
	pg_free(so_far);
	return recorded;
}

bool
ledger_record_ended(const Session *session, const Migration *migration, LedgerState state,
					ServerError *error)
{
	return change_row(session, query_ledger_end, PARAMS(migration->version, state_names[state]),
					  error);
}

bool
ledger_record_failed(const Session *session, const Migration *migration, const char *variables,
					 const char *tool, const char *message, ServerError *error)
{
	char *total = psprintf("%d", migration->change.count);
	/* One that was applied before stays so. */
	char *query = psprintf("%s%sWHERE m.state NOT IN ('applied', 'baseline')", query_ledger_failed,
						   query_ledger_replace);
	bool recorded = write_row(session, query,
							  PARAMS(migration->version, migration->name, kind_name(migration),
									 migration->checksum, variables, total, tool, message),
							  error);

	pg_free(query);
	pg_free(total);
	return recorded;
}

bool
ledger_forget(const Session *session, const char *version, ServerError *error)
{
	return change_row(session, query_ledger_forget, PARAMS(version), error);
}
