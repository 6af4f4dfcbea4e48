/*
 * carry_out.c
 *		Runs a plan, or shows it, and prints what became of it.
 */
#include "postgres_fe.h"

#include "common/logging.h"

#include "carry_out.h"
#include "connect.h"
#include "display.h"
#include "policy_file.h"
#include "report.h"
#include "runner.h"
#include "snapshot.h"

static const ReportColumn action_columns[] = {
	{"action", VALUE_TEXT}, {"object", VALUE_TEXT},		  {"version", VALUE_TEXT},
	{"reason", VALUE_TEXT}, {"statements", VALUE_NUMBER}, {"milliseconds", VALUE_NUMBER},
	{"result", VALUE_TEXT},
};

void
carry_out_refuse(const Plan *plan)
{
	for (int i = 0; i < plan->problem_count; i++)
	{
		const Problem *problem = &plan->problems[i];

		pg_log_error("%s", problem->message);
		if (problem->detail)
			pg_log_error_detail("%s", problem->detail);
		if (problem->hint)
			pg_log_error_hint("%s", problem->hint);
	}
}

static int
statement_count(const Action *action)
{
	return action->kind == ACTION_REVERT ? action->migration->revert.count
										 : action->migration->change.count;
}

/* One line an action, on standard output or, below a report, on standard error. */
static void
print_action(FILE *stream, const Action *action, const Outcome *outcome)
{
	static const char *const done[] = {
		[ACTION_CREATE_EXTENSION] = "created extension",
		[ACTION_UPDATE_EXTENSION] = "updated extension",
		[ACTION_APPLY] = "applied",
		[ACTION_REAPPLY] = "applied again",
		[ACTION_RESUME] = "resumed",
		[ACTION_REVERT] = "reverted",
		[ACTION_FOUND] = "applied",
		[ACTION_BASELINE] = "recorded",
		[ACTION_POLICY] = "recorded policy",
		[ACTION_ROLES] = "changed roles",
		[ACTION_PRIVILEGES] = "changed privileges",
	};
	const char *separator = " (";

	display_clear();
	if (outcome)
		fprintf(stream, "%s %s", done[action->kind], action->object);
	else
		fprintf(stream, "would %s %s", action_kind_name(action->kind), action->object);
	if (action->migration == NULL && action->kind < ACTION_POLICY && action->version)
		fprintf(stream, " %s", action->version);
	if (action->kind == ACTION_UPDATE_EXTENSION || action->kind == ACTION_REAPPLY ||
		action->kind >= ACTION_POLICY || action->kind == ACTION_RESUME)
	{
		fprintf(stream, "%s%s", separator, action->reason);
		separator = ", ";
	}
	if (action->migration)
	{
		int statements = statement_count(action);

		fprintf(stream, "%s%d statement%s", separator, statements, statements == 1 ? "" : "s");
		separator = ", ";
	}
	if (outcome)
	{
		fprintf(stream, "%s%d ms", separator, outcome->milliseconds);
		separator = ", ";
	}
	fputs(separator[0] == ',' ? ")\n" : "\n", stream);
	fflush(stream);
}

static void
progress_on_stdout(const Action *action, const Outcome *outcome)
{
	print_action(stdout, action, outcome);
}

static void
progress_on_stderr(const Action *action, const Outcome *outcome)
{
	print_action(stderr, action, outcome);
}

static void
no_progress(const Action *action, const Outcome *outcome)
{
	(void) action;
	(void) outcome;
}

static void
add_action_row(Report *report, const Action *action, const Outcome *outcome, bool dry_run)
{
	static const char *const results[] = {
		[OUTCOME_NOT_RUN] = "not run", [OUTCOME_DONE] = "done", [OUTCOME_FAILED] = "failed"};
	char *statements = action->migration ? psprintf("%d", statement_count(action)) : NULL;
	char *milliseconds =
		outcome->kind == OUTCOME_NOT_RUN ? NULL : psprintf("%d", outcome->milliseconds);
	const char *values[] = {action_kind_name(action->kind),
							action->object,
							action->version,
							action->reason,
							statements,
							milliseconds,
							dry_run ? "planned" : results[outcome->kind]};

	report_add_row(report, values);
	pg_free(statements);
	pg_free(milliseconds);
}

static void
print_report(const Options *options, Database *database, const Survey *survey, const Plan *plan,
			 const Outcome *outcomes)
{
	Report report = {0};
	char *dimensions = psprintf("%d", plan->dimensions);

	report_add_fact(&report, "tool", VALUE_TEXT, "hh-migrate " HH_VERSION);
	report_add_fact(&report, "database", VALUE_TEXT, database_name(database));
	report_add_fact(&report, "owner", VALUE_TEXT, survey->deployment.owner);
	report_add_fact(&report, "embedding_dimensions", VALUE_NUMBER, dimensions);
	report_add_fact(&report, "dry_run", VALUE_BOOLEAN, options->dry_run ? "true" : "false");
	report_add_table(&report, "actions", action_columns, lengthof(action_columns));
	for (int i = 0; i < plan->action_count; i++)
		add_action_row(&report, &plan->actions[i], &outcomes[i], options->dry_run);
	report_print(&report, options->format, stdout);
	report_free(&report);
	pg_free(dimensions);
}

void
carry_out_show(const Plan *plan, FILE *stream)
{
	for (int i = 0; i < plan->action_count; i++)
		print_action(stream, &plan->actions[i], NULL);
}

/* As it was before anything, and may not yet be for the owner to act in. */
static void
warn_of_drift(Database *database, const Survey *survey)
{
	Session session = session_make(database, &survey->deployment);

	if (survey->deployment.ledger_exists && session.mode != SESSION_READER)
		snapshot_warn(&session, &survey->ledger);
}

/* done: the whole plan.  What was done of it else, or by another program, is noticed, too. */
static void
keep_new_snapshot(Database *database, const Deployment *deployment, bool done)
{
	Session session;
	Ledger ledger = {0};

	/* Pinned again: times are compared as a session writes them, whatever a migration has set. */
	if (!connect_pin(database) || !session_remake(database, deployment, &session))
		snapshot_log_not_kept();
	else if (done)
		snapshot_store(&session);
	else if (ledger_read(&session, deployment, &ledger))
		snapshot_keep(&session, &ledger);
	else
		snapshot_log_not_kept();
	ledger_free(&ledger);
}

static void
keep_snapshot(const Options *options, Database *database, const Survey *survey, const Plan *plan,
			  bool done)
{
	Session session = session_make(database, &survey->deployment);

	if (!database_is_connected(database) || database_cancelled())
		return;
	if (plan->action_count > 0)
		keep_new_snapshot(database, &survey->deployment, done || options->accept_drift);
	else if (session.mode != SESSION_READER && options->accept_drift)
		snapshot_store(&session);
	else if (session.mode != SESSION_READER)
		snapshot_keep(&session, &survey->ledger);
}

bool
carry_out(const Options *options, Database *database, const Survey *survey, const Plan *plan,
		  const Policy *policy)
{
	Outcome *outcomes = pg_malloc0(sizeof(Outcome) * (size_t) Max(plan->action_count, 1));
	bool as_text = options->format == FORMAT_TEXT;
	ProgressCallback progress = options->quiet ? no_progress
								: as_text	   ? progress_on_stdout
											   : progress_on_stderr;
	RunnerSettings settings = {.lock_retries = options->lock_retries,
							   .policy = policy,
							   .policy_origin = policy_file_origin(options)};
	bool done = true;

	if (!options->dry_run)
	{
		if (plan->action_count > 0 && !options->accept_drift)
			warn_of_drift(database, survey);
		done = runner_apply(database, &survey->deployment, plan, &settings, outcomes, progress);
		keep_snapshot(options, database, survey, plan, done);
	}
	else if (as_text)
		carry_out_show(plan, stdout);
	if (!as_text)
		print_report(options, database, survey, plan, outcomes);
	else if (plan->action_count == 0 && !options->quiet)
		puts("nothing to do");
	pg_free(outcomes);
	return done;
}
