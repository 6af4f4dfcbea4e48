/*
 * command_baseline.c
 *		"hh-migrate baseline": adopts what is there before the ledger knows of it.
 */
#include "postgres_fe.h"

#include "common/logging.h"

#include "adoption.h"
#include "carry_out.h"
#include "command_baseline.h"
#include "connect.h"
#include "deploy_lock.h"
#include "plan_baseline.h"
#include "report.h"
#include "survey.h"

static const ReportColumn difference_columns[] = {{"object", VALUE_TEXT}, {"detail", VALUE_TEXT}};

static void
refuse(const Options *options, Database *database, const Survey *survey,
	   const CatalogDifferenceList *differences)
{
	Report report = {0};

	report_add_fact(&report, "tool", VALUE_TEXT, "hh-migrate " HH_VERSION);
	report_add_fact(&report, "database", VALUE_TEXT, database_name(database));
	report_add_fact(&report, "owner", VALUE_TEXT, survey->deployment.owner);
	report_add_table(&report, "differences", difference_columns, lengthof(difference_columns));
	for (int i = 0; i < differences->count; i++)
	{
		const char *values[] = {differences->items[i].object, differences->items[i].detail};

		report_add_row(&report, values);
	}
	report_print(&report, options->format, stdout);
	report_free(&report);
	pg_log_error("the catalogs are not what the migrations up to %s make", options->argument);
	pg_log_error_hint("Make them so; or, where the differences are meant, record the migrations "
					  "with --force.");
}

/* Whether there is anything to record for which objects must be there. */
static bool
has_baseline(const Plan *plan)
{
	for (int i = 0; i < plan->action_count; i++)
	{
		if (plan->actions[i].kind == ACTION_BASELINE)
			return true;
	}
	return false;
}

static int
check_and_carry_out(const Options *options, Database *database, const Survey *survey,
					const PlanInput *input, const Plan *plan, const Catalog *found)
{
	CatalogDifferenceList differences = {0};
	int exit_code = EXIT_COULD_NOT_RUN;

	if (plan->problem_count > 0)
		carry_out_refuse(plan);
	else if (!options->force && has_baseline(plan) &&
			 !adoption_compare(options, database, survey, input, plan, found, &differences))
		;
	else if (differences.count > 0)
	{
		refuse(options, database, survey, &differences);
		exit_code = EXIT_FOUND_PROBLEMS;
	}
	else if (carry_out(options, database, survey, plan, NULL))
		exit_code = EXIT_DONE;
	catalog_differences_free(&differences);
	return exit_code;
}

/* The catalogs are read as whoever is connected, where there is no acting as the owner yet. */
static int
baseline(const Options *options, Database *database, Survey *survey, const VariableList *variables)
{
	Session session;
	OwnerWish owner = {.asked_for = options->owner};
	Catalog found = {0};
	Plan plan = {0};
	int exit_code = EXIT_COULD_NOT_RUN;

	if (survey_read_database(survey, database, &owner, true, &session) &&
		catalog_read(&session, &found))
	{
		PlanInput input = {.deployment = &survey->deployment,
						   .migrations = &survey->migrations,
						   .ledger = &survey->ledger,
						   .steps = &survey->steps,
						   .variables = variables,
						   .dimensions = options->embedding_dimensions,
						   .dimensions_source = options->embedding_dimensions_source,
						   .to = options->argument};

		plan_make_baseline(&plan, &input, &found);
		exit_code = check_and_carry_out(options, database, survey, &input, &plan, &found);
	}
	plan_free(&plan);
	catalog_free(&found);
	return exit_code;
}

static int
connect_and_baseline(const Options *options, Survey *survey, const VariableList *variables)
{
	Database *database = database_connect(&options->connection);
	int exit_code = EXIT_COULD_NOT_RUN;

	if (database == NULL)
		return exit_code;
	if (options->dry_run)
		exit_code = baseline(options, database, survey, variables);
	else if (deploy_lock_take(database, options->lock_wait, options->end_orphan))
	{
		exit_code = baseline(options, database, survey, variables);
		deploy_lock_release(database);
	}
	database_close(database);
	return exit_code;
}

int
command_baseline(const Options *options)
{
	Survey survey = {0};
	VariableList variables = {0};
	int exit_code = EXIT_COULD_NOT_RUN;

	if (survey_read_files(&survey, options->directory) &&
		variables_gather(&variables, &options->settings, &survey.migrations))
		exit_code = connect_and_baseline(options, &survey, &variables);
	variables_free(&variables);
	survey_free(&survey);
	return exit_code;
}
