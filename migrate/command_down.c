/*
 * command_down.c
 *		"hh-migrate down": takes migrations back.
 */
#include "postgres_fe.h"

#include <unistd.h>

#include "common/logging.h"

#include "carry_out.h"
#include "command_down.h"
#include "connect.h"
#include "deploy_lock.h"
#include "plan_down.h"

/* Whether whoever sits at the terminal wants it. */
static bool
ask(const Plan *plan)
{
	char answer[16] = "";

	carry_out_show(plan, stderr);
	fprintf(stderr, "Data that came with %s is lost. Go on? [y/N] ",
			plan->action_count == 1 ? "it" : "them");
	fflush(stderr);
	if (fgets(answer, sizeof(answer), stdin) != NULL && (answer[0] == 'y' || answer[0] == 'Y'))
		return true;
	pg_log_error("nothing was done");
	return false;
}

static bool
plan_and_carry_out(const Options *options, Database *database, Survey *survey)
{
	Plan plan = {0};
	bool done = false;

	if (survey_take(survey, database, NULL, true))
	{
		PlanInput input = {.deployment = &survey->deployment,
						   .migrations = &survey->migrations,
						   .ledger = &survey->ledger,
						   .steps = &survey->steps,
						   .verified = survey->verified,
						   .to = options->to};

		plan_make_down(&plan, &input);
		if (plan.problem_count > 0)
			carry_out_refuse(&plan);
		else
			done = (options->dry_run || options->yes || plan.action_count == 0 || ask(&plan)) &&
				   carry_out(options, database, survey, &plan, NULL);
	}
	plan_free(&plan);
	return done;
}

static bool
connect_and_carry_out(const Options *options, Survey *survey)
{
	Database *database = database_connect(&options->connection);
	bool done = false;

	if (database == NULL)
		return false;
	if (options->dry_run)
		done = plan_and_carry_out(options, database, survey);
	else if (deploy_lock_take(database, options->lock_wait, options->end_orphan))
	{
		done = plan_and_carry_out(options, database, survey);
		deploy_lock_release(database);
	}
	database_close(database);
	return done;
}

int
command_down(const Options *options)
{
	Survey survey = {0};
	bool done;

	if (!options->yes && !options->dry_run && !(isatty(STDIN_FILENO) && isatty(STDERR_FILENO)))
	{
		pg_log_error("\"down\" asks before it takes migrations back, and there is no terminal");
		pg_log_error_hint("Look at what it would do with --dry-run, and say --yes.");
		return EXIT_COULD_NOT_RUN;
	}
	done =
		survey_read_files(&survey, options->directory) && connect_and_carry_out(options, &survey);
	survey_free(&survey);
	return done ? EXIT_DONE : EXIT_COULD_NOT_RUN;
}
