/*
 * command_trace.c
 *		"hh-migrate trace": what migrations will do to those who use the database.
 */
#include "postgres_fe.h"

#include "common/logging.h"

#include "carry_out.h"
#include "command_trace.h"
#include "connect.h"
#include "display.h"
#include "plan_trace.h"
#include "scratch.h"
#include "survey.h"
#include "trace_finding.h"
#include "trace_observer.h"
#include "trace_report.h"

/* How many actions from this one on are all traced, or all not. */
static int
run_length(const TracePlan *plan, int first)
{
	int next = first + 1;

	while (next < plan->plan.action_count && plan->traced[next] == plan->traced[first])
		next++;
	return next - first;
}

/* Runs the plan's actions, and watches those that are to be traced. */
static bool
run_plan(const TracePlan *plan, const Options *options, Scratch *scratch, Trace *trace)
{
	TraceObserver observer = {.trace = trace};
	StatementObserver for_runner = trace_observer_for_runner(&observer);
	bool done = true;

	for (int first = 0; done && first < plan->plan.action_count;)
	{
		Plan part = plan->plan;

		part.actions += first;
		part.action_count = run_length(plan, first);
		done = scratch_apply_observed(scratch, options, &part,
									  plan->traced[first] ? &for_runner : NULL);
		first += part.action_count;
	}
	trace_observer_free(&observer);
	return done;
}

/* Makes the scratch database and traces in it.  *complete: nothing failed on the way. */
static bool
trace_in_scratch(const TracePlan *plan, const Options *options, Database *database,
				 const Survey *survey, Trace *trace, bool *complete)
{
	Scratch scratch = {0};
	bool opened =
		scratch_open(&scratch, options, database, survey) && trace_observer_check(scratch.database);

	*complete = opened && run_plan(plan, options, &scratch, trace);
	scratch_close(&scratch);
	return opened;
}

/* Whether the migration that failed did so for what a rule knows. */
static bool
failure_is_finding(const Trace *trace)
{
	const TracedMigration *migration =
		trace->migration_count > 0 ? &trace->migrations[trace->migration_count - 1] : NULL;

	return migration != NULL && migration->statement_count > 0 &&
		   traced_effect(&migration->statements[migration->statement_count - 1], EFFECT_UNSAFE_ENUM,
						 InvalidOid) != NULL;
}

static int
trace_and_report(const TracePlan *plan, const Options *options, Database *database,
				 const Survey *survey)
{
	Trace trace = {0};
	TraceFindingList findings = {0};
	bool complete = true;
	int exit_code = EXIT_COULD_NOT_RUN;

	if (plan->traced_count == 0 ||
		trace_in_scratch(plan, options, database, survey, &trace, &complete))
	{
		trace_findings_make(&findings, &trace);
		if (complete || failure_is_finding(&trace))
			exit_code = findings.count > findings.allowed_count ? EXIT_FOUND_PROBLEMS : EXIT_DONE;
		display_clear();
		trace_report_print(&(TraceSummary){.database = database_name(database),
										   .owner = survey->deployment.owner,
										   .trace = &trace,
										   .findings = &findings,
										   .is_complete = complete},
						   options->format, options->quiet, stdout);
	}
	trace_findings_free(&findings);
	trace_free(&trace);
	return exit_code;
}

static int
plan_and_trace(const Options *options, Database *database, const Survey *survey,
			   const VariableList *variables)
{
	PlanInput input = {.deployment = &survey->deployment,
					   .migrations = &survey->migrations,
					   .ledger = &survey->ledger,
					   .steps = &survey->steps,
					   .variables = variables,
					   .dimensions = options->embedding_dimensions,
					   .dimensions_source = options->embedding_dimensions_source,
					   .acts_for_owner =
						   strcmp(database_user(database), survey->deployment.owner) != 0};
	TracePlan plan;
	int exit_code = EXIT_COULD_NOT_RUN;

	plan_make_trace(&plan, &input, options->arguments, options->argument_count);
	if (plan.plan.problem_count > 0)
		carry_out_refuse(&plan.plan);
	else
		exit_code = trace_and_report(&plan, options, database, survey);
	plan_free_trace(&plan);
	return exit_code;
}

int
command_trace(const Options *options)
{
	Survey survey = {0};
	Session session;
	OwnerWish owner = {.asked_for = options->owner};
	VariableList variables = {0};
	Database *database = NULL;
	int exit_code = EXIT_COULD_NOT_RUN;

	if (survey_read_files(&survey, options->directory) &&
		variables_gather(&variables, &options->settings, &survey.migrations) &&
		(database = database_connect(&options->connection)) != NULL &&
		survey_read_database(&survey, database, &owner, false, &session))
		exit_code = plan_and_trace(options, database, &survey, &variables);
	database_close(database);
	variables_free(&variables);
	survey_free(&survey);
	return exit_code;
}
