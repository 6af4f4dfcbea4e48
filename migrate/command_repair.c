/*
 * command_repair.c
 *		"hh-migrate repair": migrations that have not come to their end.
 */
#include "postgres_fe.h"

#include "common/logging.h"

#include "command_repair.h"
#include "connect.h"
#include "deploy_lock.h"
#include "plan_unfinished.h"
#include "report.h"
#include "unfinished.h"

static const ReportColumn migration_columns[] = {
	{"version", VALUE_TEXT},
	{"name", VALUE_TEXT},
	{"state", VALUE_TEXT},
	{"part", VALUE_TEXT},
	{"statements_done", VALUE_NUMBER},
	{"statements_total", VALUE_NUMBER},
	{"error", VALUE_TEXT},
	{"file", VALUE_TEXT},
};

static const ReportColumn statement_columns[] = {
	{"version", VALUE_TEXT}, {"number", VALUE_NUMBER}, {"state", VALUE_TEXT},
	{"finding", VALUE_TEXT}, {"next", VALUE_TEXT},	   {"statement", VALUE_TEXT},
};

static void
add_migration(Report *report, const Unfinished *unfinished)
{
	const LedgerRow *row = unfinished->row;
	bool reverting = unfinished->steps.count > 0 && unfinished->steps.items[0].reverting;
	char *done = psprintf("%d", unfinished->current);
	char *total = psprintf("%d", row->statements_total);
	const char *values[] = {row->version,
							row->name,
							ledger_state_name(row->state),
							reverting ? "revert" : "change",
							done,
							total,
							row->error,
							unfinished->difference};

	report_add_row(report, values);
	pg_free(done);
	pg_free(total);
}

/* What the next run does about the step in question. */
static const char *
next_of(const Unfinished *unfinished, int number)
{
	static const char *const kinds[] = {
		[FINDING_RUN] = "send it",
		[FINDING_CLEAR] = "clear that away, and send it",
		[FINDING_FINISH] = "bring it to its end",
		[FINDING_DONE] = "record it as done",
		[FINDING_STOP] = "stop: say --retry or --done",
	};

	if (number < unfinished->current)
		return NULL;
	return number == unfinished->current ? kinds[unfinished->finding.kind] : "send it";
}

static const char *
finding_of(const Unfinished *unfinished, int number)
{
	const Step *step = &unfinished->steps.items[number];

	if (number != unfinished->current)
		return NULL;
	if (unfinished->finding.text != NULL)
		return unfinished->finding.text;
	return step->state == STEP_PENDING ? NULL : "nothing of it stands";
}

static void
add_statements(Report *report, const Unfinished *unfinished)
{
	for (int i = 0; i < unfinished->steps.count; i++)
	{
		const Step *step = &unfinished->steps.items[i];
		char *number = psprintf("%d", step->number);
		char *excerpt = statement_excerpt(step->text);
		const char *values[] = {
			step->version,			number, step_state_name(step->state), finding_of(unfinished, i),
			next_of(unfinished, i), excerpt};

		report_add_row(report, values);
		pg_free(excerpt);
		pg_free(number);
	}
}

static void
log_choices(const UnfinishedList *list)
{
	for (int i = 0; i < list->count; i++)
	{
		const Unfinished *unfinished = &list->items[i];
		const char *version = unfinished->row->version;

		if (unfinished->steps.count == 0 && unfinished->row->state == LEDGER_FAILED)
		{
			pg_log_info("migration %s was rolled back: \"up\" tries it again, where its file is "
						"there; --forget takes it out of the ledger",
						version);
			continue;
		}
		pg_log_info("migration %s: \"%s\" goes on as shown; or choose", version,
					unfinished->steps.count > 0 && unfinished->steps.items[0].reverting ? "down"
																						: "up");
		pg_log_info_detail(
			"repair %s --retry: send the statement in question, and what comes after "
			"it, as the file has it now",
			version);
		pg_log_info_detail(
			"repair %s --done: you have brought the statement in question to its end", version);
		pg_log_info_detail("repair %s --forget: you have taken back what stands; the migration was "
						   "never applied",
						   version);
	}
}

static int
explain(const Options *options, const Database *database, const Survey *survey,
		const UnfinishedList *list)
{
	Report report = {0};

	report_add_table(&report, "migrations", migration_columns, lengthof(migration_columns));
	for (int i = 0; i < list->count; i++)
		add_migration(&report, &list->items[i]);
	report_add_table(&report, "statements", statement_columns, lengthof(statement_columns));
	for (int i = 0; i < list->count; i++)
		add_statements(&report, &list->items[i]);
	report_add_fact(&report, "tool", VALUE_TEXT, "hh-migrate " HH_VERSION);
	report_add_fact(&report, "database", VALUE_TEXT, database_name(database));
	report_add_fact(&report, "owner", VALUE_TEXT, survey->deployment.owner);
	report_add_fact(&report, "in_order", VALUE_BOOLEAN, list->count == 0 ? "true" : "false");
	if (list->count > 0 || options->format != FORMAT_TEXT)
		report_print(&report, options->format, stdout);
	else if (!options->quiet)
		puts("nothing to repair");
	report_free(&report);
	log_choices(list);
	return list->count == 0 ? EXIT_DONE : EXIT_FOUND_PROBLEMS;
}

static int
carry_out_choice(const Options *options, const Session *session, const UnfinishedList *list)
{
	bool done;

	if (list->count != 1)
	{
		if (list->count == 0)
			pg_log_error("there is nothing to repair%s%s",
						 options->argument ? " of migration " : "",
						 options->argument ? options->argument : "");
		else
			pg_log_error("%d migrations have not come to their end: name one", list->count);
		return EXIT_COULD_NOT_RUN;
	}
	if (options->repair_choice == REPAIR_RETRY)
		done = unfinished_retry(&list->items[0], session);
	else if (options->repair_choice == REPAIR_DONE)
		done = unfinished_is_done(&list->items[0], session);
	else
		done = unfinished_forget(&list->items[0], session);
	if (done && !options->quiet)
		printf("recorded: %s %s\n", list->items[0].row->version,
			   options->repair_choice == REPAIR_RETRY  ? "retry"
			   : options->repair_choice == REPAIR_DONE ? "done"
													   : "forget");
	return done ? EXIT_DONE : EXIT_COULD_NOT_RUN;
}

/* Steps are read, and looked at, in the owner's name. */
static bool
check_session(const Survey *survey, const Session *session)
{
	if (session->mode != SESSION_READER || !survey->deployment.ledger_exists)
		return true;
	pg_log_error("\"repair\" acts for the owner, role \"%s\"", survey->deployment.owner);
	pg_log_error_hint("Connect as that role, or as one that may SET ROLE to it.");
	return false;
}

static int
repair(const Options *options, Database *database, Survey *survey)
{
	bool is_choice = options->repair_choice != REPAIR_EXPLAIN;
	UnfinishedList list = {0};
	Session session;
	int exit_code = EXIT_COULD_NOT_RUN;

	if (survey_read_database(survey, database, NULL, is_choice, &session) &&
		check_session(survey, &session) &&
		unfinished_find(&list, survey, &session, options->argument))
		exit_code = is_choice ? carry_out_choice(options, &session, &list)
							  : explain(options, database, survey, &list);
	unfinished_free(&list);
	return exit_code;
}

int
command_repair(const Options *options)
{
	Survey survey = {0};
	Database *database = NULL;
	int exit_code = EXIT_COULD_NOT_RUN;

	if (survey_read_files(&survey, options->directory) &&
		(database = database_connect(&options->connection)) != NULL)
	{
		if (options->repair_choice == REPAIR_EXPLAIN)
			exit_code = repair(options, database, &survey);
		else if (deploy_lock_take(database, options->lock_wait, options->end_orphan))
		{
			exit_code = repair(options, database, &survey);
			deploy_lock_release(database);
		}
	}
	database_close(database);
	survey_free(&survey);
	return exit_code;
}
