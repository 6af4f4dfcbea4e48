/*
 * scratch.c
 *		A scratch database: what is applied to the target, built anew beside it.
 */
#include "postgres_fe.h"

#include "common/logging.h"

#include "connect.h"
#include "deploy_lock.h"
#include "extension.h"
#include "queries.h"
#include "runner.h"
#include "scratch.h"

#define MOST_CONTENTS_NAMED 5

/* In the order in which they need one another. */
static const char *const extensions[] = {"vector", "pgcrypto", "headhunter"};

static bool
check_target(const Options *options, Database *target, const Deployment *deployment)
{
	const WriteRefusal *refusal = deployment_write_refusal(deployment);

	if (refusal)
	{
		pg_log_error("%s", refusal->message);
		pg_log_error_detail("%s", refusal->detail);
		pg_log_error_hint("%s", refusal->hint);
	}
	else if (!deployment->may_become_owner)
	{
		pg_log_error("the deployment belongs to role \"%s\", and you can't act for it",
					 deployment->owner);
		pg_log_error_hint("Connect as \"%s\", or as a role that may SET ROLE to it.",
						  deployment->owner);
	}
	else if (options->scratch_dbname && strcmp(options->scratch_dbname, database_name(target)) == 0)
		pg_log_error("--scratch-dbname names the database itself, \"%s\"", database_name(target));
	else
		return true;
	return false;
}

static bool
connect_to(Scratch *scratch, const char *name, int lock_wait)
{
	scratch->database = database_connect_like(scratch->target, name);
	if (scratch->database == NULL)
	{
		pg_log_error_detail("That is the scratch database, \"%s\".", name);
		return false;
	}
	return deploy_lock_take(scratch->database, lock_wait, false);
}

/* What is in a database that was named, besides the extensions it had. */
static Result *
read_contents(const Scratch *scratch)
{
	return database_query(scratch->database, query_database_contents,
						  PARAMS(scratch->kept_extensions));
}

/* Logs what is there: as many objects as a reader can take in. */
static void
log_contents(const Result *contents, enum pg_log_level level)
{
	int count = result_rows(contents);
	int row;

	for (row = 0; row < count && row < MOST_CONTENTS_NAMED; row++)
		pg_log_generic(level, PG_LOG_DETAIL, "There is %s.", result_value(contents, row, 0));
	if (row < count)
		pg_log_generic(level, PG_LOG_DETAIL, "And %d more.", count - row);
}

static bool
take_named(Scratch *scratch, const char *name)
{
	Result *names = database_query(scratch->database, query_extension_names, NO_PARAMS);
	Result *contents;
	bool is_empty;

	if (names == NULL)
		return false;
	scratch->kept_extensions = pg_strdup(result_value(names, 0, 0));
	result_free(names);
	contents = read_contents(scratch);
	is_empty = contents != NULL && result_rows(contents) == 0;
	if (contents != NULL && !is_empty)
	{
		pg_log_error("database \"%s\" is not empty", name);
		log_contents(contents, PG_LOG_ERROR);
		pg_log_error_hint("--scratch-dbname takes a database in which nothing but extensions is.");
	}
	result_free(contents);
	if (!is_empty)
	{
		/* So that nothing of it is taken for ours. */
		pg_free(scratch->kept_extensions);
		scratch->kept_extensions = NULL;
	}
	return is_empty;
}

/* The version that a database has of an extension, or NULL. */
static const char *
version_of(const Result *versions, const char *name)
{
	for (int row = 0; row < result_rows(versions); row++)
	{
		if (strcmp(result_value(versions, row, 0), name) == 0)
			return result_value(versions, row, 1);
	}
	return NULL;
}

static bool
create_extension(const Scratch *scratch, const char *name, const char *version)
{
	const char *owner = scratch->deployment.owner;
	bool is_ours = strcmp(name, "headhunter") == 0;
	const char *role = database_user_is_superuser(scratch->database) && !is_ours ? NULL : owner;

	if (extension_create_version(scratch->database, role, name, version))
		return !is_ours || scratch->deployment.may_use_code ||
			   extension_let_in(scratch->database, owner);
	if (!database_cancelled())
		pg_log_error_hint("--scratch-dbname names an empty database with extension \"%s\" in it.",
						  name);
	return false;
}

static bool
create_extensions(const Scratch *scratch)
{
	Result *wanted = database_query(scratch->target, query_extension_versions, NO_PARAMS);
	Result *present =
		wanted ? database_query(scratch->database, query_extension_versions, NO_PARAMS) : NULL;
	bool created = present != NULL;

	for (size_t i = 0; i < lengthof(extensions) && created; i++)
	{
		if (version_of(present, extensions[i]) == NULL)
			created = create_extension(scratch, extensions[i], version_of(wanted, extensions[i]));
	}
	result_free(wanted);
	result_free(present);
	return created;
}

/* Reads what the database is, on the understanding that it belongs to the target's owner. */
static bool
read_deployment(Scratch *scratch, const char *owner)
{
	Deployment *deployment = &scratch->deployment;
	OwnerWish wish = {.asked_for = owner};

	deployment_free(deployment);
	if (!deployment_read(scratch->database, deployment, false) ||
		!deployment_check_schema(scratch->database, deployment, true) ||
		!deployment_decide_owner(scratch->database, deployment, &wish))
		return false;
	if (deployment->owner_may_create)
		return true;
	pg_log_error("role \"%s\" may not create schemas in database \"%s\"", owner,
				 database_name(scratch->database));
	pg_log_error_hint("As the database's owner or an administrator: GRANT CREATE ON DATABASE %s "
					  "TO %s;",
					  deployment->database, deployment->owner_quoted);
	return false;
}

bool
scratch_open(Scratch *scratch, const Options *options, Database *target, const Survey *survey)
{
	const Deployment *deployment = &survey->deployment;
	const char *named = options->scratch_dbname;

	scratch->target = target;
	if (!check_target(options, target, deployment))
		return false;
	if (named == NULL)
	{
		scratch_database_sweep(target);
		if (!scratch_database_create(target, deployment, &scratch->made))
			return false;
	}
	return connect_to(scratch, named ? named : scratch->made.name, options->lock_wait) &&
		   (named == NULL || take_named(scratch, named)) &&
		   read_deployment(scratch, deployment->owner) && create_extensions(scratch) &&
		   read_deployment(scratch, deployment->owner);
}

static void
no_progress(const Action *action, const Outcome *outcome)
{
	(void) action;
	(void) outcome;
}

bool
scratch_apply_observed(Scratch *scratch, const Options *options, const Plan *plan,
					   const StatementObserver *observer)
{
	Outcome *outcomes = pg_malloc0(sizeof(Outcome) * (size_t) Max(plan->action_count, 1));
	RunnerSettings settings = {.lock_retries = options->lock_retries, .observer = observer};
	bool done = runner_apply(scratch->database, &scratch->deployment, plan, &settings, outcomes,
							 no_progress);

	if (!done)
		pg_log_error_detail("That was in scratch database \"%s\"; in \"%s\" nothing was done.",
							database_name(scratch->database), database_name(scratch->target));
	pg_free(outcomes);
	return done;
}

bool
scratch_apply(Scratch *scratch, const Options *options, const Plan *plan)
{
	return scratch_apply_observed(scratch, options, plan, NULL);
}

Session
scratch_session(const Scratch *scratch)
{
	return session_make(scratch->database, &scratch->deployment);
}

/* Drops what has come into a database that was named, in the transaction that is open. */
static bool
drop_contents(const Scratch *scratch)
{
	Result *contents = read_contents(scratch);
	bool dropped = contents != NULL;

	for (int row = 0; dropped && row < result_rows(contents); row++)
	{
		const char *command = result_value(contents, row, 1);

		dropped = command == NULL || database_command(scratch->database, command);
	}
	result_free(contents);
	return dropped;
}

static void
check_emptied(const Scratch *scratch)
{
	Result *contents = read_contents(scratch);

	if (contents != NULL && result_rows(contents) > 0)
	{
		pg_log_warning("scratch database \"%s\" is not empty again",
					   database_name(scratch->database));
		log_contents(contents, PG_LOG_WARNING);
		pg_log_warning_hint("Drop it by hand.");
	}
	result_free(contents);
}

/* As the owner, whose all of it is, or as superuser, who has made extensions. */
static void
empty_named(const Scratch *scratch)
{
	Database *database = scratch->database;
	char *set_role;

	database_rollback(database);
	set_role = database_user_is_superuser(database)
				   ? pg_strdup("SET LOCAL ROLE NONE")
				   : psprintf("SET LOCAL ROLE %s", scratch->deployment.owner_quoted);
	if (!(database_command(database, "BEGIN") && database_command(database, set_role) &&
		  drop_contents(scratch) && database_command(database, "COMMIT")))
		database_rollback(database);
	if (database_is_connected(database))
		check_emptied(scratch);
	pg_free(set_role);
}

void
scratch_close(Scratch *scratch)
{
	/* Before the connection is closed: afterwards they would act on the target's. */
	database_defer_signals(true);
	if (scratch->database != NULL && scratch->kept_extensions != NULL &&
		scratch->deployment.owner_quoted != NULL)
		empty_named(scratch);
	database_close(scratch->database);
	scratch_database_drop(scratch->target, &scratch->made);
	database_defer_signals(false);
	pg_free(scratch->kept_extensions);
	deployment_free(&scratch->deployment);
	memset(scratch, 0, sizeof(*scratch));
}
