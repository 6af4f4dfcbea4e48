/*
 * extension.c
 *		The code that migrations build on: extension headhunter and what it needs.
 */
#include "postgres_fe.h"

#include "common/logging.h"

#include "extension.h"
#include "queries.h"

/*
 * Runs a command of ours, without anything of the database's in it, as a role.
 * SET LOCAL ends with the transaction, after its deferred triggers have run.
 */
static bool
run_as_role(Database *database, const char *role, const char *command)
{
	char *quoted = database_quote_identifier(database, role);
	char *set_role = psprintf("SET LOCAL ROLE %s", quoted);
	bool is_session_user = strcmp(role, database_user(database)) == 0;
	bool done;

	done = database_command(database, "BEGIN") &&
		   (is_session_user || database_command(database, set_role)) &&
		   database_command(database, "SET LOCAL headhunter.deploy = off") &&
		   database_command(database, command) && database_command(database, "COMMIT");
	database_rollback(database);
	pg_free(set_role);
	pg_free(quoted);
	return done;
}

bool
extension_create(Database *database, const Deployment *deployment, const char *name)
{
	char *command;
	bool done;

	if (strcmp(name, "headhunter") == 0)
		return run_as_role(database, deployment->owner, "CREATE EXTENSION headhunter");

	command = psprintf("CREATE EXTENSION %s SCHEMA public", name);
	done = database_command(database, command);
	if (!done)
		pg_log_error_hint("An administrator can create it, connected to this database: %s;",
						  command);
	pg_free(command);
	return done;
}

bool
extension_create_version(Database *database, const char *role, const char *name,
						 const char *version)
{
	Result *command = database_query(database, query_extension_create, PARAMS(name, version));
	bool done = command != NULL && run_as_role(database, role ? role : database_user(database),
											   result_value(command, 0, 0));

	result_free(command);
	return done;
}

bool
extension_let_in(Database *database, const char *owner)
{
	char *quoted = database_quote_identifier(database, database_user(database));
	char *command = psprintf("GRANT USAGE ON SCHEMA hh TO %s", quoted);
	bool done = run_as_role(database, owner, command);

	pg_free(command);
	pg_free(quoted);
	return done;
}

bool
extension_update(Database *database, const Deployment *deployment)
{
	return run_as_role(database, deployment->extension_owner, "ALTER EXTENSION headhunter UPDATE");
}
