/*
 * scratch_database.c
 *		A database that is made for a while, and dropped.
 *
 * The commands are ours and run nothing of any database's, so that a role may be
 * set for them.
 */
#include "postgres_fe.h"

#include <unistd.h>

#include "common/logging.h"

#include "pg_compat.h"
#include "queries.h"
#include "scratch_database.h"

/* How the comment begins that tells our databases from others. */
#define COMMENT_MARK "hh-migrate: scratch database of"

#define DROP_TRIES 3

/* The columns of queries/scratch_create.sql. */
enum
{
	COLUMN_CREATE,
	COLUMN_COMMENT,
	COLUMN_DROP,
	COLUMN_USER_MAY,
	COLUMN_OWNER_MAY
};

/* The columns of queries/scratch_leftovers.sql. */
enum
{
	LEFTOVER_NAME,
	LEFTOVER_DROP,
	LEFTOVER_OWNER,
	LEFTOVER_IS_OURS
};

static char *
make_name(void)
{
	uint32 random = 0;

	(void) pg_strong_random(&random, sizeof(random));
	return psprintf("hh_scratch_%d_%08x", (int) getpid(), random);
}

/* Runs a command as a role, or as the session user where it is NULL.  Fills *error in. */
static bool
run_as(Database *target, const char *role, const char *command, ServerError *error)
{
	char *quoted = role ? database_quote_identifier(target, role) : NULL;
	char *set_role = psprintf("SET ROLE %s", quoted ? quoted : "NONE");
	Result *result = database_run(target, set_role, NO_PARAMS, error);

	if (result != NULL)
	{
		result_free(result);
		result = database_run(target, command, NO_PARAMS, error);
	}
	if (role && database_is_connected(target))
		(void) database_command(target, "SET ROLE NONE");
	pg_free(set_role);
	pg_free(quoted);
	result_free(result);
	return result != NULL;
}

static void
refuse_without_right(const char *role)
{
	pg_log_error("role \"%s\" may not create a scratch database", role);
	pg_log_error_hint("As an administrator: ALTER ROLE ... CREATEDB; or name an empty database of "
					  "this server with vector in it: --scratch-dbname.");
}

static bool
create(Database *target, const char *role, const Result *commands)
{
	ServerError error = {0};
	bool created = run_as(target, role, result_value(commands, 0, COLUMN_CREATE), &error);

	if (!created)
	{
		server_error_log(&error, "could not create a scratch database");
		if (error.hint == NULL && !database_cancelled())
			pg_log_error_hint("--scratch-dbname names an empty database to use instead.");
	}
	server_error_free(&error);
	return created;
}

/* Without the comment, what a killed run leaves behind would stay for ever. */
static void
mark(Database *target, const ScratchDatabase *made, const char *command)
{
	ServerError error = {0};

	if (!run_as(target, made->dropping_role, command, &error) && !database_cancelled())
		pg_log_warning("could not comment on database \"%s\": %s", made->name, error.message);
	server_error_free(&error);
}

bool
scratch_database_create(Database *target, const Deployment *deployment, ScratchDatabase *made)
{
	const char *owner = deployment->owner;
	bool acts_itself =
		database_user_is_superuser(target) || strcmp(owner, database_user(target)) == 0;
	char *name = make_name();
	Result *commands =
		database_query(target, query_scratch_create, PARAMS(name, owner, COMMENT_MARK));
	bool created = false;

	if (commands == NULL || result_rows(commands) != 1)
		;
	else if (!result_is_true(commands, 0, COLUMN_USER_MAY) &&
			 !result_is_true(commands, 0, COLUMN_OWNER_MAY))
		refuse_without_right(database_user(target));
	else
		created =
			create(target, result_is_true(commands, 0, COLUMN_USER_MAY) ? NULL : owner, commands);
	if (created)
	{
		made->name = pg_strdup(name);
		made->drop_command = pg_strdup(result_value(commands, 0, COLUMN_DROP));
		made->dropping_role = acts_itself ? NULL : pg_strdup(owner);
		mark(target, made, result_value(commands, 0, COLUMN_COMMENT));
	}
	result_free(commands);
	pg_free(name);
	return created;
}

/* Whether a try may be made again: a late signal's cancel met it, or somebody is connected. */
static bool
may_drop_later(const ServerError *error)
{
	return strcmp(error->sqlstate, "57014") == 0 || strcmp(error->sqlstate, "55006") == 0;
}

/*
 * PostgreSQL itself waits some seconds for sessions to end, and ends autovacuum's.  With
 * FORCE it would ask for the right to end them, of a superuser's or another role's, even
 * where they are about to end: that is for whoever stays connected.
 */
static bool
drop(Database *target, const char *role, const char *command, bool force, ServerError *error)
{
	char *forced = psprintf("%s WITH (FORCE)", command);
	bool dropped = false;

	for (int tries = 0; !dropped && tries < DROP_TRIES && (tries == 0 || may_drop_later(error));
		 tries++)
	{
		server_error_free(error);
		dropped = run_as(target, role, tries == 1 && force ? forced : command, error);
	}
	pg_free(forced);
	return dropped;
}

void
scratch_database_drop(Database *target, ScratchDatabase *made)
{
	ServerError error = {0};

	if (made->name == NULL)
		return;
	if (!drop(target, made->dropping_role, made->drop_command, true, &error))
	{
		server_error_log(&error, "could not drop the scratch database");
		pg_log_error_hint("Drop it by hand: %s;", made->drop_command);
	}
	server_error_free(&error);
	pg_free(made->name);
	pg_free(made->drop_command);
	pg_free(made->dropping_role);
	memset(made, 0, sizeof(*made));
}

static void
sweep_one(Database *target, const Result *leftovers, int row)
{
	const char *name = result_value(leftovers, row, LEFTOVER_NAME);
	const char *owner = result_value(leftovers, row, LEFTOVER_OWNER);
	ServerError error = {0};

	if (result_is_true(leftovers, row, LEFTOVER_IS_OURS) &&
		drop(target, owner, result_value(leftovers, row, LEFTOVER_DROP), false, &error))
		pg_log_info("dropped scratch database \"%s\", which an earlier run had left", name);
	else
	{
		pg_log_warning("scratch database \"%s\" was left by an earlier run", name);
		if (error.message)
			pg_log_warning_detail("It could not be dropped: %s", error.message);
		pg_log_warning_hint("As its owner, role \"%s\", or an administrator: %s;", owner,
							result_value(leftovers, row, LEFTOVER_DROP));
	}
	server_error_free(&error);
}

void
scratch_database_sweep(Database *target)
{
	const char *privilege = SET_ROLE_PRIVILEGE(database_server_version(target));
	Result *leftovers =
		database_query(target, query_scratch_leftovers, PARAMS(COMMENT_MARK, privilege));

	for (int row = 0; leftovers != NULL && row < result_rows(leftovers); row++)
		sweep_one(target, leftovers, row);
	result_free(leftovers);
}
