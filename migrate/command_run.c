/*
 * command_run.c
 *		"hh-migrate run": statements in the owner's name.
 *
 * What an administrator would have to do to the owner's tables by hand: under SET ROLE,
 * whatever stands in them (a CHECK, a trigger) could say RESET ROLE and go on as the
 * administrator.
 */
#include "postgres_fe.h"

#include "common/logging.h"

#include "command_run.h"
#include "connect.h"
#include "owner_session.h"
#include "report.h"

static const ReportColumn statement_columns[] = {
	{"number", VALUE_NUMBER},
	{"statement", VALUE_TEXT},
};

static bool
run_statement(const Session *session, int number, const char *statement)
{
	ServerError error = {0};
	Result *result = session_run(session, statement, 0, NO_PARAMS, &error);

	if (result == NULL)
	{
		char *what = psprintf("statement %d failed", number);

		server_error_log(&error, what);
		pg_log_error_detail("Nothing was changed.");
		pg_free(what);
	}
	server_error_free(&error);
	result_free(result);
	return result != NULL;
}

/* All of them or none. */
static bool
run_statements(const Options *options, const Session *session)
{
	bool done = session_begin(session, "BEGIN");

	for (int i = 0; i < options->argument_count && done; i++)
		done = run_statement(session, i + 1, options->arguments[i]);
	done = done && database_command(session->database, "COMMIT");
	database_rollback(session->database);
	return done;
}

static void
print(const Options *options)
{
	Report report = {0};

	report_add_table(&report, "statements", statement_columns, lengthof(statement_columns));
	for (int i = 0; i < options->argument_count; i++)
	{
		char *number = psprintf("%d", i + 1);
		const char *values[] = {number, options->arguments[i]};

		report_add_row(&report, values);
		pg_free(number);
	}
	report_print(&report, options->format, stdout);
	report_free(&report);
}

int
command_run(const Options *options)
{
	Database *database = database_connect(&options->connection);
	Deployment deployment = {0};
	Session session;
	bool done = false;

	if (database == NULL)
		return EXIT_COULD_NOT_RUN;
	if (owner_session_open(database, &deployment, &session))
		done = run_statements(options, &session);
	if (done && options->format != FORMAT_TEXT)
		print(options);
	else if (done && !options->quiet)
		printf("ran %d statement%s as %s\n", options->argument_count,
			   options->argument_count == 1 ? "" : "s", deployment.owner);
	deployment_free(&deployment);
	database_close(database);
	return done ? EXIT_DONE : EXIT_COULD_NOT_RUN;
}
