/*
 * command_verify.c
 *		"hh-migrate verify": whether what is applied is what it should be.
 */
#include "postgres_fe.h"

#include "common/logging.h"

#include "carry_out.h"
#include "command_verify.h"
#include "connect.h"
#include "display.h"
#include "lock_watch.h"
#include "plan_rebuild.h"
#include "report.h"
#include "scratch.h"
#include "snapshot.h"
#include "survey.h"
#include "verification.h"

static const ReportColumn difference_columns[] = {{"version", VALUE_TEXT},
												  {"name", VALUE_TEXT},
												  {"check", VALUE_TEXT},
												  {"object", VALUE_TEXT},
												  {"detail", VALUE_TEXT}};

/* Takes over detail. */
static void
add_difference(Report *report, const LedgerRow *row, const char *check, char *detail)
{
	const char *values[] = {row->version, row->name, check, NULL, detail};

	report_add_row(report, values);
	pg_free(detail);
}

/* Runs one verify query.  Returns false where there is no going on. */
static bool
verify_query(Report *report, const Session *session, const Migration *migration,
			 const LedgerRow *row, const Statement *query)
{
	ServerError error = {0};
	bool holds;
	bool go_on = true;

	if (verification_run_query(session, migration, query, &row->variables, &holds, &error))
	{
		if (!holds)
			add_difference(report, row, "verify",
						   psprintf("the query at line %d is not true", query->line));
	}
	else if (!database_is_connected(session->database) || database_cancelled())
	{
		server_error_log(&error, NULL);
		go_on = false;
	}
	else
		add_difference(report, row, "verify",
					   psprintf("the query at line %d failed: %s", query->line, error.message));
	server_error_free(&error);
	return go_on;
}

static bool
verify_migration(Report *report, const Session *session, const Migration *migration,
				 const LedgerRow *row)
{
	MigrationState state = migration_state(migration, row, true);

	if (state == MIGRATION_RUNNING || state == MIGRATION_FAILED)
		add_difference(report, row, "state",
					   psprintf("it is recorded as %s", migration_state_name(state)));
	else if (state == MIGRATION_CHANGED)
		add_difference(
			report, row, "checksum",
			psprintf("the ledger's is %s, the file's is %s", row->checksum, migration->checksum));
	else if (state == MIGRATION_APPLIED || state == MIGRATION_BASELINE)
	{
		display_task(migration->label);
		for (int i = 0; i < migration->verify.count; i++)
		{
			display_statement(i + 1, migration->verify.count);
			if (!verify_query(report, session, migration, row, &migration->verify.items[i]))
				return false;
		}
	}
	return true;
}

/* Adds a row a difference, in the ledger's order. */
static bool
find_differences(Report *report, const Session *session, const Survey *survey)
{
	for (int i = 0; i < survey->ledger.count; i++)
	{
		const LedgerRow *row = &survey->ledger.rows[i];
		const Migration *migration = migration_set_find(&survey->migrations, row->version);

		if (migration != NULL)
		{
			if (!verify_migration(report, session, migration, row))
				return false;
		}
		else if (ledger_row_is_out_of_place(&survey->migrations, row))
			add_difference(report, row, "file",
						   psprintf("there is no such migration; it was recorded by %s",
									row->tool ? row->tool : "another tool"));
	}
	return true;
}

/* Builds in a scratch database what the ledger says is applied. */
static bool
build_scratch(Scratch *scratch, const Options *options, const Session *session,
			  const Survey *survey)
{
	PlanInput input = {.deployment = &survey->deployment,
					   .migrations = &survey->migrations,
					   .ledger = &survey->ledger,
					   .steps = &survey->steps};
	Plan plan;
	bool built = false;

	plan_make_rebuild(&plan, &input);
	if (plan.problem_count > 0)
		carry_out_refuse(&plan);
	else
		built = scratch_open(scratch, options, session->database, survey) &&
				scratch_apply(scratch, options, &plan);
	plan_free(&plan);
	return built;
}

/* Takes over the differences. */
static void
add_catalog_differences(Report *report, const char *check, CatalogDifferenceList *differences)
{
	for (int i = 0; i < differences->count; i++)
	{
		const CatalogDifference *difference = &differences->items[i];
		const char *values[] = {NULL, NULL, check, difference->object, difference->detail};

		report_add_row(report, values);
	}
	catalog_differences_free(differences);
}

/* Holds the catalogs against those of a scratch database. */
static bool
find_scratch_differences(Report *report, const Options *options, const Session *session,
						 const Survey *survey)
{
	Scratch scratch = {0};
	Catalog expected = {0};
	Catalog found = {0};
	CatalogDifferenceList differences = {0};
	bool read = build_scratch(&scratch, options, session, survey);

	if (read)
	{
		Session in_scratch = scratch_session(&scratch);

		read = catalog_read(&in_scratch, &expected) && catalog_read(session, &found);
	}
	if (read)
		catalog_compare(&expected, &found, CATALOG_OF_MIGRATIONS, &differences);
	add_catalog_differences(report, "scratch", &differences);
	catalog_free(&expected);
	catalog_free(&found);
	scratch_close(&scratch);
	return read;
}

/* Holds the catalogs against the snapshot. */
static bool
find_drift(Report *report, const Session *session, const Ledger *ledger)
{
	CatalogDifferenceList differences = {0};
	SnapshotState state;
	bool found = snapshot_look(session, ledger, &state);

	if (found && (state == SNAPSHOT_NONE || state == SNAPSHOT_NO_TABLE))
	{
		pg_log_warning("there is no snapshot of the catalogs to hold them against");
		pg_log_warning_hint("\"hh-migrate up\" stores one.");
	}
	else if (found)
	{
		if (state == SNAPSHOT_BEHIND)
		{
			pg_log_warning("the snapshot of the catalogs is older than the ledger's last entry");
			pg_log_warning_detail("What another program has deployed since is among the "
								  "differences.");
			pg_log_warning_hint("\"hh-migrate up\" stores a new one.");
		}
		found = snapshot_compare(session, &differences);
	}
	add_catalog_differences(report, "drift", &differences);
	return found;
}

static bool
check_session(const Survey *survey, const Session *session)
{
	const Deployment *deployment = &survey->deployment;

	if (!deployment->ledger_exists)
	{
		pg_log_error("there is no ledger hh.migration in this database");
		pg_log_error_hint("\"hh-migrate up\" deploys it, or says what to do.");
	}
	else if (session->mode == SESSION_READER)
	{
		pg_log_error("verify parts run in the name of the owner, role \"%s\"", deployment->owner);
		if (deployment->may_become_owner)
			pg_log_error_detail("Role \"%s\" acts for it through hh.execute_as_owner(), which is "
								"missing here, or can't be called on a standby.",
								database_user(session->database));
		pg_log_error_hint("Connect as \"%s\". \"hh-migrate status\" compares checksums for any "
						  "role that may read hh.migration.",
						  deployment->owner);
	}
	else
		return true;
	return false;
}

static int
verify(const Options *options, const Session *session, const Survey *survey)
{
	Report report = {0};
	LockWatch watch = {0};
	int exit_code = EXIT_COULD_NOT_RUN;
	bool found;

	report_add_table(&report, "differences", difference_columns, lengthof(difference_columns));
	found = lock_watch_start(&watch, session->database) &&
			find_differences(&report, session, survey) &&
			find_drift(&report, session, &survey->ledger);
	lock_watch_stop(&watch);
	if (found && options->scratch)
		found = find_scratch_differences(&report, options, session, survey);
	if (found)
	{
		bool verified = report.tables[0].row_count == 0;

		report_add_fact(&report, "tool", VALUE_TEXT, "hh-migrate " HH_VERSION);
		report_add_fact(&report, "database", VALUE_TEXT, database_name(session->database));
		report_add_fact(&report, "owner", VALUE_TEXT, survey->deployment.owner);
		report_add_fact(&report, "verified", VALUE_BOOLEAN, verified ? "true" : "false");
		if (!(options->quiet && verified && options->format == FORMAT_TEXT))
			report_print(&report, options->format, stdout);
		exit_code = verified ? EXIT_DONE : EXIT_FOUND_PROBLEMS;
	}
	report_free(&report);
	return exit_code;
}

int
command_verify(const Options *options)
{
	Survey survey = {0};
	Session session;
	Database *database = NULL;
	int exit_code = EXIT_COULD_NOT_RUN;

	if (survey_read_files(&survey, options->directory) &&
		(database = database_connect(&options->connection)) != NULL &&
		survey_read_database(&survey, database, NULL, false, &session) &&
		check_session(&survey, &session))
		exit_code = verify(options, &session, &survey);
	database_close(database);
	survey_free(&survey);
	return exit_code;
}
