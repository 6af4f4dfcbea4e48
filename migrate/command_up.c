/*
 * command_up.c
 *		"hh-migrate up": brings a database to what this program describes.
 */
#include "postgres_fe.h"

#include "carry_out.h"
#include "command_up.h"
#include "connect.h"
#include "deploy_lock.h"
#include "plan.h"
#include "survey.h"

static bool
plan_and_carry_out(const Options *options, Database *database, Survey *survey,
				   const VariableList *variables)
{
	Plan plan = {0};
	bool done = false;

	if (survey_take(survey, database, options->owner, true))
	{
		PlanInput input = {.deployment = &survey->deployment,
						   .migrations = &survey->migrations,
						   .ledger = &survey->ledger,
						   .steps = &survey->steps,
						   .verified = survey->verified,
						   .variables = variables,
						   .dimensions = options->embedding_dimensions,
						   .dimensions_source = options->embedding_dimensions_source,
						   .to = options->to,
						   .only = options->only,
						   .allow_out_of_order = options->allow_out_of_order,
						   .acts_for_owner =
							   strcmp(database_user(database), survey->deployment.owner) != 0};

		plan_make(&plan, &input);
		if (plan.problem_count > 0)
			carry_out_refuse(&plan);
		else
			done = carry_out(options, database, survey, &plan);
	}
	plan_free(&plan);
	return done;
}

static bool
connect_and_carry_out(const Options *options, Survey *survey, const VariableList *variables)
{
	Database *database = database_connect(&options->connection);
	bool done = false;

	if (database == NULL)
		return false;
	if (options->dry_run)
		done = plan_and_carry_out(options, database, survey, variables);
	else if (deploy_lock_take(database, options->lock_wait, options->end_orphan))
	{
		done = plan_and_carry_out(options, database, survey, variables);
		deploy_lock_release(database);
	}
	database_close(database);
	return done;
}

int
command_up(const Options *options)
{
	Survey survey = {0};
	VariableList variables = {0};
	bool done = survey_read_files(&survey, options->directory) &&
				variables_gather(&variables, &options->settings, &survey.migrations) &&
				connect_and_carry_out(options, &survey, &variables);

	variables_free(&variables);
	survey_free(&survey);
	return done ? EXIT_DONE : EXIT_COULD_NOT_RUN;
}
