/*
 * runner.c
 *		Applies a plan.
 */
#include "postgres_fe.h"

#include "common/logging.h"
#include "portability/instr_time.h"

#include "extension.h"
#include "runner.h"

typedef struct Runner
{
	Database *database;
	const Deployment *deployment; /* as the planner saw it */
	const Plan *plan;
	Session session; /* for migrations; made when the code stands */
	bool has_session;
} Runner;

/* The statement as it is sent, with the file's variables filled in; NULL on an error. */
static char *
statement_text(const Migration *migration, const Statement *statement,
			   const VariableList *variables)
{
	StatementError error = {0};
	char *text;

	if (variables->count == 0)
		return pnstrdup(statement->data, statement->length);
	text = statement_substitute(statement, variables->items, variables->count, &error);
	if (text == NULL)
	{
		pg_log_error("%s, line %d: %s", migration->file_name, error.line, error.message);
		statement_error_free(&error);
	}
	return text;
}

static void
log_failed_statement(const Migration *migration, int number, const char *sql,
					 const ServerError *error)
{
	const Statement *statement = &migration->change.items[number];
	bool is_ours = error->internal_query == NULL || strcmp(error->internal_query, sql) == 0;
	int line = statement_line_at(statement, is_ours ? error->position : 0);
	char *headline =
		psprintf("migration %s failed at statement %d of %d (%s, line %d)", migration->label,
				 number + 1, migration->change.count, migration->file_name, line);

	server_error_log(error, headline);
	pg_free(headline);
}

static bool
run_statement(const Runner *runner, const Migration *migration, const VariableList *variables,
			  int number)
{
	char *sql = statement_text(migration, &migration->change.items[number], variables);
	ServerError error = {0};
	Result *result;

	if (sql == NULL)
		return false;
	result = session_run(&runner->session, sql, 0, NO_PARAMS, &error);
	if (result == NULL)
	{
		log_failed_statement(migration, number, sql, &error);
		server_error_free(&error);
	}
	pg_free(sql);
	if (result == NULL)
		return false;
	result_free(result);
	if (!database_in_transaction(runner->database))
	{
		pg_log_error("migration %s: statement %d ended the migration's transaction",
					 migration->label, number + 1);
		return false;
	}
	return true;
}

static bool
commit(const Runner *runner, const Migration *migration)
{
	if (database_command(runner->database, "COMMIT"))
		return true;
	if (!database_is_connected(runner->database))
		pg_log_error_hint("Whether %s was committed is not known: \"hh-migrate status\" says.",
						  migration->label);
	return false;
}

static bool
apply_in_transaction(const Runner *runner, const Migration *migration)
{
	VariableList variables = variables_of(migration, &runner->plan->variables);
	char *json = variables_as_json(&variables);
	bool done = database_command(runner->database, "BEGIN");

	for (int number = 0; done && number < migration->change.count; number++)
	{
		if (database_cancelled())
		{
			pg_log_error("canceled in migration %s", migration->label);
			done = false;
		}
		else
			done = run_statement(runner, migration, &variables, number);
	}
	done = done &&
		   ledger_record_applied(&runner->session, migration, json, "hh-migrate " HH_VERSION) &&
		   commit(runner, migration);
	database_rollback(runner->database);
	pg_free(json);
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
	Deployment now = {0};
	bool open = false;

	if (!deployment_read(runner->database, &now))
		return false;
	now.owner = pg_strdup(runner->deployment->owner);
	now.may_become_owner = runner->deployment->may_become_owner;
	if (deployment_check_schema(runner->database, &now, true))
	{
		runner->session = session_make(runner->database, &now);
		runner->has_session = open = runner->session.mode != SESSION_READER;
		if (!open)
		{
			pg_log_error("the function hh.execute_as_owner(text) is not the extension's own");
			pg_log_error_hint("Look at who made it, and create the extension headhunter anew.");
		}
	}
	deployment_free(&now);
	return open;
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
		case ACTION_APPLY:
		case ACTION_REAPPLY:
			break;
	}
	return (runner->has_session || open_session(runner)) &&
		   apply_in_transaction(runner, action->migration);
}

bool
runner_apply(Database *database, const Deployment *deployment, const Plan *plan, Outcome *outcomes,
			 ProgressCallback progress)
{
	Runner runner = {.database = database, .deployment = deployment, .plan = plan};

	for (int i = 0; i < plan->action_count; i++)
	{
		instr_time start;
		instr_time elapsed;
		bool done;

		INSTR_TIME_SET_CURRENT(start);
		done = run_action(&runner, &plan->actions[i]);
		INSTR_TIME_SET_CURRENT(elapsed);
		INSTR_TIME_SUBTRACT(elapsed, start);
		outcomes[i].kind = done ? OUTCOME_DONE : OUTCOME_FAILED;
		outcomes[i].milliseconds = (int) INSTR_TIME_GET_MILLISEC(elapsed);
		if (!done)
		{
			if (i > 0)
				pg_log_error_detail(
					"What was done before stands (steps: %d of %d); the failed step "
					"left nothing behind.",
					i, plan->action_count);
			return false;
		}
		progress(&plan->actions[i], &outcomes[i]);
	}
	return true;
}
