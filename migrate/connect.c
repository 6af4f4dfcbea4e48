/*
 * connect.c
 *		A connection that is one session, with settings that are known.
 */
#include "postgres_fe.h"

#include "connect.h"
#include "pg_compat.h"
#include "pooler.h"
#include "queries.h"

#define TRIES_UNDER_TIMEOUT 20

/*
 * ALTER ROLE may have set a timeout of a millisecond, which the statement that
 * lifts it can meet by chance.
 */
static bool
run_under_timeout(Database *database, const char *sql)
{
	ServerError error = {0};
	Result *result = NULL;

	for (int tries = 0; result == NULL && tries < TRIES_UNDER_TIMEOUT; tries++)
	{
		server_error_free(&error);
		result = database_run(database, sql, NO_PARAMS, &error);
	}
	if (result == NULL)
		server_error_log(&error, "could not set up the session");
	server_error_free(&error);
	result_free(result);
	return result != NULL;
}

/* First, and on its own: where it strikes, the session is over. */
static bool
lift_transaction_timeout(Database *database)
{
	return database_server_version(database) < TRANSACTION_TIMEOUT_VERSION ||
		   database_command(database, query_lift_transaction_timeout);
}

bool
connect_pin(Database *database)
{
	Result *row;
	bool pinned;

	if (!lift_transaction_timeout(database) || !run_under_timeout(database, query_lift_timeouts))
		return false;
	row = database_query(database, query_pin_session, NO_PARAMS);
	pinned = row != NULL &&
			 (!result_is_true(row, 0, 0) || database_command(database, query_mend_session));
	result_free(row);
	return pinned;
}

/* What is set through a pooler that shares sessions would stay there for others. */
static Database *
pin_session(Database *database)
{
	if (database == NULL)
		return NULL;
	if (pooler_check(database) && connect_pin(database))
		return database;
	database_close(database);
	return NULL;
}

Database *
database_connect(const ConnectionOptions *options)
{
	return pin_session(database_open(options));
}

Database *
database_connect_begun(Database *begun, const ConnectionOptions *options)
{
	return begun ? pin_session(database_open_begun(begun, options)) : database_connect(options);
}

Database *
database_connect_like(const Database *database, const char *dbname)
{
	return pin_session(database_open_like(database, dbname));
}

Database *
database_connect_trying(const ConnectionOptions *options, int milliseconds, Login *login)
{
	return pin_session(database_try(options, NULL, NULL, milliseconds, login));
}
