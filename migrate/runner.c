/*
 * runner.c
 *		Applies a plan.
 */
#include "postgres_fe.h"

#include "common/logging.h"
#include "portability/instr_time.h"

#include "attempt.h"
#include "convergence.h"
#include "display.h"
#include "extension.h"
#include "founding.h"
#include "policy_image.h"
#include "runner.h"
#include "stepwise.h"

#define TOOL "hh-migrate " HH_VERSION

typedef struct Runner
{
	Database *database;
	const Deployment *deployment; /* as the planner saw it */
	const Plan *plan;
	const RunnerSettings *settings;
	Workplace place; /* its session is made when the code stands */
	bool has_session;
	int migration_number; /* of the one that is run, from 1 */
	int migration_count;
	bool is_uncertain; /* whether the step that failed, or a part of it, stands all the same */
} Runner;

/* In one transaction with the migration's row. */
static Tried
record_and_commit(Attempt *attempt)
{
	const Session *session = &attempt->place->session;
	const Migration *migration = attempt->migration;
	char *variables = variables_as_json(attempt->variables);
	ServerError error = {0};
	Tried outcome;

	/* Whether there was a row to revert must be known before anything is committed. */
	if (attempt->reverting)
		outcome = ledger_record_reverted(session, migration, TOOL, &error)
					  ? attempt_commit(attempt)
					  : attempt_failed(attempt, "recorded", &error);
	else
	{
		bool done = attempt->adopting
						? ledger_commit_baseline(session, migration, variables, TOOL, &error)
						: ledger_commit_applied(session, migration, attempt->is_new, variables,
												TOOL, &error);

		outcome = attempt_committed(attempt, done, &error);
	}
	pg_free(variables);
	return outcome;
}

static Tried
try_once(Attempt *attempt)
{
	int count = attempt->adopting ? 0 : attempt_statements(attempt)->count;
	Tried outcome = attempt_begin(attempt);

	for (int number = 0; outcome == TRIED_DONE && number < count; number++)
	{
		if (database_cancelled())
		{
			attempt_canceled(attempt, "in");
			outcome = TRIED_FAILED;
		}
		else
			outcome = attempt_statement(attempt, number);
	}
	if (outcome == TRIED_DONE)
		outcome = record_and_commit(attempt);
	database_rollback(attempt->place->database);
	return outcome;
}

/*
 * A migration that was rolled back is recorded as failed, for whoever looks: nothing
 * of it stands, and the next run simply applies it.  Where that can't be recorded
 * (there is no ledger yet, or no connection any more), nothing is lost.
 */
static void
record_failure(const Attempt *attempt)
{
	Database *database = attempt->place->database;
	char *variables = variables_as_json(attempt->variables);
	ServerError error = {0};

	if (database_is_connected(database) && attempt->error != NULL && !attempt->reverting &&
		!attempt->adopting &&
		!ledger_record_failed(&attempt->place->session, attempt->migration, variables, TOOL,
							  attempt->error, &error))
		pg_log_debug("could not record the failure: %s", error.message);
	server_error_free(&error);
	pg_free(variables);
}

static bool
run_in_transaction(Attempt *attempt)
{
	Tried outcome;

	while ((outcome = try_once(attempt)) == TRIED_WITHOUT_LOCK)
	{
		if (!attempt_pause(attempt))
			break;
	}
	if (outcome != TRIED_DONE)
		record_failure(attempt);
	return outcome == TRIED_DONE;
}

static bool
run_migration(Runner *runner, const Action *action)
{
	const Migration *migration = action->migration;
	VariableList variables =
		variables_of(migration, action->values ? action->values : &runner->plan->variables);
	Attempt attempt = {.place = &runner->place,
					   .migration = migration,
					   .variables = &variables,
					   .reverting = action->kind == ACTION_REVERT,
					   .adopting = action->kind == ACTION_BASELINE,
					   .is_new = action->is_new,
					   .may_leave_transaction = migration->file.no_transaction};
	bool done = migration->file.no_transaction && !attempt.adopting
					? stepwise_run(&attempt, action->steps)
					: run_in_transaction(&attempt);

	runner->is_uncertain = attempt.is_uncertain;
	attempt_free(&attempt);
	variables_free(&variables);
	return done;
}

/*
 * The session that migrations run in.  It is made after the actions on the
 * extension, which may have brought the function that it needs.
 */
static bool
open_session(Runner *runner)
{
	runner->has_session =
		session_remake(runner->database, runner->deployment, &runner->place.session);
	return runner->has_session;
}

static bool
converge(Runner *runner, const Session *session)
{
	Convergence convergence = {.database = runner->database,
							   .policy = runner->settings->policy,
							   .origin = runner->settings->policy_origin,
							   .session = session,
							   .leaves_roles = session != NULL,
							   .leaves_former = session == NULL};
	ChangeList changes = {0};
	Converged outcome = convergence_run(&convergence, &changes);

	runner->is_uncertain = outcome == CONVERGED_PART;
	change_list_free(&changes);
	return outcome == CONVERGED;
}

static bool
change_roles(Runner *runner)
{
	return converge(runner, NULL);
}

/* With an extension that has no audit there is nothing to say what is to be done. */
static bool
change_privileges(Runner *runner)
{
	bool can_audit = false;

	if (!convergence_look(&runner->place.session, &can_audit))
		return false;
	if (can_audit)
		return converge(runner, &runner->place.session);
	pg_log_warning("privileges are left as they are: there is no hh.audit() or no table hh.policy");
	pg_log_warning_hint("\"hh-migrate up\" without --only and --to brings them.");
	return true;
}

static bool
run_action(Runner *runner, const Action *action)
{
	if (database_cancelled())
	{
		pg_log_error("canceled before %s", action->object);
		return false;
	}
	switch (action->kind)
	{
		case ACTION_CREATE_EXTENSION:
			return extension_create(runner->database, runner->deployment, action->object);
		case ACTION_UPDATE_EXTENSION:
			return extension_update(runner->database, runner->deployment);
		case ACTION_FOUND:
			return founding_run(runner->database, runner->deployment, action->migration);
		case ACTION_ROLES:
			return change_roles(runner);
		case ACTION_PRIVILEGES:
			/* Anew: migrations may have made the policy's tables. */
			return open_session(runner) && change_privileges(runner);
		case ACTION_POLICY:
			return (runner->has_session || open_session(runner)) &&
				   policy_image_replace(&runner->place.session, runner->settings->policy,
										runner->settings->policy_origin);
		case ACTION_APPLY:
		case ACTION_REAPPLY:
		case ACTION_RESUME:
		case ACTION_REVERT:
		case ACTION_BASELINE:
			break;
	}
	return (runner->has_session || open_session(runner)) && run_migration(runner, action);
}

static void
display_action(Runner *runner, const Action *action)
{
	char *label;

	if (action->migration)
	{
		runner->migration_number++;
		display_migration(runner->migration_number, runner->migration_count, action->object);
		return;
	}
	label = psprintf("%s %s", action_kind_name(action->kind), action->object);
	display_task(label);
	pg_free(label);
}

/* Runs one action and says how it went. */
static Outcome
run_and_time(Runner *runner, const Action *action)
{
	instr_time start;
	instr_time elapsed;
	bool done;

	display_action(runner, action);
	INSTR_TIME_SET_CURRENT(start);
	done = run_action(runner, action);
	INSTR_TIME_SET_CURRENT(elapsed);
	INSTR_TIME_SUBTRACT(elapsed, start);
	return (Outcome){done ? OUTCOME_DONE : OUTCOME_FAILED, (int) INSTR_TIME_GET_MILLISEC(elapsed)};
}

/* Whether a step that failed has certainly left nothing behind. */
static bool
is_undone(const Runner *runner, const Action *action)
{
	if (action->migration == NULL)
		return database_is_connected(runner->database) && !runner->is_uncertain;
	return !action->migration->file.no_transaction && !runner->is_uncertain;
}

/* Logs what stands where a step has failed, from 0. */
static void
log_standing(const Runner *runner, int failed)
{
	const Plan *plan = runner->plan;
	bool undone = is_undone(runner, &plan->actions[failed]);

	if (failed > 0)
		pg_log_error_detail("What was done before stands (steps: %d of %d)%s.", failed,
							plan->action_count,
							undone ? "; the failed step left nothing behind" : "");
	else if (undone)
		pg_log_error_detail("Nothing was changed.");
}

bool
runner_apply(Database *database, const Deployment *deployment, const Plan *plan,
			 const RunnerSettings *settings, Outcome *outcomes, ProgressCallback progress)
{
	Runner runner = {.database = database,
					 .deployment = deployment,
					 .plan = plan,
					 .settings = settings,
					 .place = {.database = database,
							   .lock_retries = settings->lock_retries,
							   .observer = settings->observer}};
	bool done = plan->action_count == 0 || lock_watch_start(&runner.place.watch, database);

	for (int i = 0; i < plan->action_count; i++)
	{
		if (plan->actions[i].migration)
			runner.migration_count++;
	}
	for (int i = 0; i < plan->action_count && done; i++)
	{
		outcomes[i] = run_and_time(&runner, &plan->actions[i]);
		done = outcomes[i].kind == OUTCOME_DONE;
		if (done)
			progress(&plan->actions[i], &outcomes[i]);
		else
			log_standing(&runner, i);
	}
	lock_watch_stop(&runner.place.watch);
	footing_free(&runner.place.footing);
	return done;
}
