/*
 * command_roles.c
 *		"hh-migrate roles plan" and "roles apply": roles and privileges to what the policy
 *		says.
 */
#include "postgres_fe.h"

#include "common/logging.h"

#include "command_roles.h"
#include "connect.h"
#include "convergence.h"
#include "deploy_lock.h"
#include "policy_file.h"
#include "snapshot.h"

/* What a command works with. */
typedef struct RolesCommand
{
	const Options *options;
	Policy policy;
	Database *database;
	Deployment deployment;
	Session session;
	Convergence convergence;
} RolesCommand;

/* Whoever it belongs to now would have to be asked, and the ledger is in their hands. */
static bool
check_owner(const RolesCommand *command)
{
	const char *owner = policy_owner(&command->policy);

	if (owner == NULL || strcmp(owner, command->deployment.owner) == 0)
		return true;
	pg_log_warning("owners and privileges are left as they are: the deployment belongs to role "
				   "\"%s\", and the policy's owner is \"%s\"",
				   command->deployment.owner, owner);
	pg_log_warning_hint("As a superuser, say REASSIGN OWNED BY ... TO ... in this database first; "
						"or name the owner in a policy of your own.");
	return false;
}

/* A database without a deployment, or without hh.audit(), has roles alone. */
static bool
look_at_deployment(RolesCommand *command)
{
	Deployment *deployment = &command->deployment;
	bool can_audit = false;

	if (!deployment_read(command->database, deployment, false))
		return false;
	if (!deployment->ledger_exists)
		return true;
	if (!deployment_check_schema(command->database, deployment, true) ||
		!deployment_decide_owner(command->database, deployment, NULL))
		return false;
	command->session = session_make(command->database, deployment);
	if (!convergence_look(&command->session, &can_audit))
		return false;
	if (can_audit && check_owner(command))
		command->convergence.session = &command->session;
	return true;
}

static bool
prepare(RolesCommand *command)
{
	const Options *options = command->options;

	if (!policy_file_load(&command->policy, options) ||
		(command->database = database_connect(&options->connection)) == NULL)
		return false;
	command->convergence = (Convergence){.database = command->database,
										 .policy = &command->policy,
										 .origin = policy_file_origin(options),
										 .additive = options->additive};
	return look_at_deployment(command);
}

static void
finish(RolesCommand *command)
{
	deployment_free(&command->deployment);
	database_close(command->database);
	policy_free(&command->policy);
}

static void
print(const RolesCommand *command, const ChangeList *changes, const char *result)
{
	change_list_print(changes, command->options, database_name(command->database),
					  command->policy.profile, result);
}

int
command_roles_plan(const Options *options)
{
	RolesCommand command = {.options = options};
	ChangeList changes = {0};
	bool planned = prepare(&command) && convergence_plan(&command.convergence, &changes);

	if (planned)
		print(&command, &changes, "planned");
	change_list_free(&changes);
	finish(&command);
	return planned ? EXIT_DONE : EXIT_COULD_NOT_RUN;
}

/* Privileges are part of what "verify" compares. */
static void
keep_snapshot(const RolesCommand *command, const ChangeList *changes)
{
	if (command->convergence.session != NULL && changes->count > 0)
		snapshot_store(&command->session);
}

static int
apply(RolesCommand *command)
{
	static const int exit_codes[] = {[CONVERGED] = EXIT_DONE,
									 [CONVERGED_PART] = EXIT_FOUND_PROBLEMS,
									 [CONVERGED_NOT] = EXIT_COULD_NOT_RUN};
	const WriteRefusal *refusal = deployment_write_refusal(&command->deployment);
	ChangeList changes = {0};
	Converged outcome;

	if (refusal)
	{
		pg_log_error("%s", refusal->message);
		pg_log_error_detail("%s", refusal->detail);
		pg_log_error_hint("%s", refusal->hint);
		return EXIT_COULD_NOT_RUN;
	}
	outcome = convergence_run(&command->convergence, &changes);
	if (outcome != CONVERGED_NOT)
	{
		keep_snapshot(command, &changes);
		print(command, &changes, "done");
	}
	change_list_free(&changes);
	return exit_codes[outcome];
}

int
command_roles_apply(const Options *options)
{
	RolesCommand command = {.options = options};
	int exit_code = EXIT_COULD_NOT_RUN;

	if (prepare(&command) &&
		deploy_lock_take(command.database, options->lock_wait, options->end_orphan))
	{
		exit_code = apply(&command);
		deploy_lock_release(command.database);
	}
	finish(&command);
	return exit_code;
}
