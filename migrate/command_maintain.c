/*
 * command_maintain.c
 *		"hh-migrate maintain": what a scheduler runs.
 */
#include "postgres_fe.h"

#include "common/logging.h"

#include "command_maintain.h"
#include "connect.h"
#include "display.h"
#include "lock_watch.h"
#include "owner_session.h"
#include "queries.h"
#include "report.h"

/* Below this many days before partitions run out, a scheduler has failed. */
#define FEWEST_DAYS_LEFT 30

static const ReportColumn change_columns[] = {
	{"relation", VALUE_TEXT},
	{"partition_name", VALUE_TEXT},
	{"action", VALUE_TEXT},
	{"row_count", VALUE_NUMBER},
};

static const ReportColumn horizon_columns[] = {
	{"relation", VALUE_TEXT},
	{"horizon", VALUE_TEXT},
	{"days_left", VALUE_NUMBER},
	{"default_rows", VALUE_NUMBER},
};

enum
{
	HORIZON_RELATION,
	HORIZON_HORIZON,
	HORIZON_DAYS_LEFT,
	HORIZON_DEFAULT_ROWS
};

enum
{
	CHANGE_RELATION,
	CHANGE_PARTITION_NAME,
	CHANGE_ACTION,
	CHANGE_ROW_COUNT
};

/* Both tables have as many columns. */
#define COLUMN_COUNT 4

static void
add_rows(Report *report, const Result *result)
{
	for (int row = 0; row < result_rows(result); row++)
	{
		const char *values[COLUMN_COUNT];

		for (int column = 0; column < COLUMN_COUNT; column++)
			values[column] = result_value(result, row, column);
		report_add_row(report, values);
	}
}

/* The server has warned of each partition that it could not make or drop. */
static bool
check_changes(const Result *changes)
{
	for (int row = 0; row < result_rows(changes); row++)
		if (strcmp(result_value(changes, row, CHANGE_ACTION), "skipped") == 0)
			return false;
	return true;
}

/* Warns of each table whose partitions run out, or didn't hold all rows. */
static bool
check_horizon(const Result *horizon)
{
	bool healthy = true;

	for (int row = 0; row < result_rows(horizon); row++)
	{
		const char *relation = result_value(horizon, row, HORIZON_RELATION);
		const char *days_left = result_value(horizon, row, HORIZON_DAYS_LEFT);
		const char *default_rows = result_value(horizon, row, HORIZON_DEFAULT_ROWS);

		if (days_left && atoi(days_left) < FEWEST_DAYS_LEFT)
		{
			pg_log_warning("%s has partitions for %s more days only", relation, days_left);
			pg_log_warning_hint("Run \"hh-migrate maintain\" with a larger --months-ahead.");
			healthy = false;
		}
		if (default_rows && strcmp(default_rows, "0") != 0)
		{
			pg_log_warning("the default partition of %s holds %s rows", relation, default_rows);
			pg_log_warning_hint("Their months have no partition; run \"hh-migrate maintain\" with "
								"a larger --months-ahead, or look at their dates.");
			healthy = false;
		}
	}
	return healthy;
}

static void
print_changes(const Result *changes, const Result *horizon, OutputFormat format)
{
	Report report = {0};

	report_add_table(&report, "changes", change_columns, lengthof(change_columns));
	add_rows(&report, changes);
	report_add_table(&report, "horizon", horizon_columns, lengthof(horizon_columns));
	add_rows(&report, horizon);
	report_print(&report, format, stdout);
	report_free(&report);
}

static bool
maintain(const Options *options, const Session *session, bool *healthy)
{
	char *months_ahead = psprintf("%d", options->months_ahead);
	LockWatch watch = {0};
	Result *changes = NULL;
	Result *horizon = NULL;

	display_task("make and expire partitions");
	if (lock_watch_start(&watch, session->database))
		changes = session_query(session, query_maintain_partitions, COLUMN_COUNT,
								PARAMS(months_ahead, options->keep_months));
	if (changes)
		horizon = session_query(session, query_partition_horizon, COLUMN_COUNT, NO_PARAMS);
	lock_watch_stop(&watch);
	if (horizon)
	{
		print_changes(changes, horizon, options->format);
		*healthy = check_horizon(horizon) && check_changes(changes);
	}
	result_free(changes);
	result_free(horizon);
	pg_free(months_ahead);
	return horizon != NULL;
}

int
command_maintain(const Options *options)
{
	Database *database = database_connect(&options->connection);
	Deployment deployment = {0};
	Session session;
	bool healthy = false;
	bool done = false;

	if (database == NULL)
		return EXIT_COULD_NOT_RUN;
	if (owner_session_open(database, &deployment, &session))
		done = maintain(options, &session, &healthy);
	deployment_free(&deployment);
	database_close(database);
	if (!done)
		return EXIT_COULD_NOT_RUN;
	return healthy ? EXIT_DONE : EXIT_FOUND_PROBLEMS;
}
