/*
 * database.c
 *		Statements that a connection runs.
 */
#include "postgres_fe.h"

#include <poll.h>

#include "common/logging.h"

#include "database_internal.h"

#define FIRST_LOOK_MS 50
#define LOOK_EVERY_MS 500

void
database_watch(Database *database, void (*look)(void *argument), void *argument)
{
	database->look = look;
	database->look_argument = argument;
}

int
database_server_version(const Database *database)
{
	return PQserverVersion(database->connection);
}

const char *
database_server_version_text(const Database *database)
{
	const char *text = PQparameterStatus(database->connection, "server_version");

	return text ? text : "unknown";
}

const char *
database_name(const Database *database)
{
	return PQdb(database->connection);
}

int
database_announced_pid(const Database *database)
{
	return PQbackendPID(database->connection);
}

const char *
database_user(const Database *database)
{
	return PQuser(database->connection);
}

bool
database_user_is_superuser(const Database *database)
{
	const char *status = PQparameterStatus(database->connection, "is_superuser");

	return status && strcmp(status, "on") == 0;
}

/*
 * Ends a COPY that a statement has begun: nothing could feed or take its data,
 * and the connection is of no use before it is over.
 */
static void
refuse_copy(PGconn *connection, ExecStatusType status, ServerError *error)
{
	PGresult *rest;
	char *line;

	if (status == PGRES_COPY_IN)
		PQputCopyEnd(connection, "no data from hh-migrate");
	else
	{
		while (PQgetCopyData(connection, &line, 0) > 0)
			PQfreemem(line);
	}
	while ((rest = PQgetResult(connection)) != NULL)
		PQclear(rest);
	error->message = pg_strdup("COPY FROM STDIN and COPY TO STDOUT do not work in a migration");
	error->hint = pg_strdup("Write rows as INSERT ... VALUES, or load them with psql's \\copy "
							"once the migration is applied.");
}

/* Waits until a result is there to be taken, and lets the watcher look meanwhile. */
static void
wait_for_result(Database *database, int *pause)
{
	while (PQisBusy(database->connection))
	{
		struct pollfd socket = {.fd = PQsocket(database->connection), .events = POLLIN};

		if (poll(&socket, 1, *pause) == 0)
		{
			*pause = LOOK_EVERY_MS;
			database->look(database->look_argument);
		}
		else if (!PQconsumeInput(database->connection))
			return;
	}
}

static bool
send_statement(PGconn *connection, const char *sql, int count, const char *const *values)
{
	if (count > 0)
		return PQsendQueryParams(connection, sql, count, NULL, values, NULL, NULL, 0) != 0;
	return PQsendQuery(connection, sql) != 0;
}

/* As PQexec(): the last result is what counts, unless a COPY has begun. */
static PGresult *
execute_watched(Database *database, const char *sql, int count, const char *const *values)
{
	PGconn *connection = database->connection;
	PGresult *last = NULL;
	PGresult *next;
	int pause = FIRST_LOOK_MS;

	if (!send_statement(connection, sql, count, values))
		return PQmakeEmptyPGresult(connection, PGRES_FATAL_ERROR);
	for (;;)
	{
		ExecStatusType status;

		wait_for_result(database, &pause);
		next = PQgetResult(connection);
		if (next == NULL)
			return last;
		PQclear(last);
		last = next;
		status = PQresultStatus(last);
		if (status == PGRES_COPY_IN || status == PGRES_COPY_OUT)
			return last;
	}
}

static PGresult *
execute(Database *database, const char *sql, int count, const char *const *values)
{
	if (database->look != NULL)
		return execute_watched(database, sql, count, values);
	if (count > 0)
		return PQexecParams(database->connection, sql, count, NULL, values, NULL, NULL, 0);
	return PQexec(database->connection, sql);
}

/* shown: what -v says was sent. */
static Result *
run(Database *database, const char *sql, const char *shown, int count, const char *const *values,
	ServerError *error)
{
	PGconn *connection = database->connection;
	PGresult *rows = execute(database, sql, count, values);
	ExecStatusType status = PQresultStatus(rows);
	Result *result;

	pg_log_debug("sent: %s", shown);
	if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK || status == PGRES_EMPTY_QUERY)
	{
		result = pg_malloc0(sizeof(Result));
		result->rows = rows;
		return result;
	}
	if (status == PGRES_COPY_IN || status == PGRES_COPY_OUT)
		refuse_copy(connection, status, error);
	else
		server_error_fill(error, connection, rows);
	PQclear(rows);
	return NULL;
}

Result *
database_run(Database *database, const char *sql, int count, const char *const *values,
			 ServerError *error)
{
	return run(database, sql, sql, count, values, error);
}

Result *
database_run_unshown(Database *database, const char *sql, const char *shown, ServerError *error)
{
	return run(database, sql, shown, NO_PARAMS, error);
}

Result *
database_run_within(Database *database, int milliseconds, const char *sql, int count,
					const char *const *values)
{
	PGconn *connection = database->connection;
	struct pollfd socket = {.fd = PQsocket(connection), .events = POLLIN};
	Result *result;

	if (!send_statement(connection, sql, count, values))
		return NULL;
	while (PQisBusy(connection))
	{
		if (poll(&socket, 1, milliseconds) == 0 || !PQconsumeInput(connection))
			return NULL;
	}
	result = pg_malloc0(sizeof(Result));
	result->rows = PQgetResult(connection);
	for (PGresult *rest; (rest = PQgetResult(connection)) != NULL;)
		PQclear(rest);
	if (PQresultStatus(result->rows) == PGRES_TUPLES_OK ||
		PQresultStatus(result->rows) == PGRES_COMMAND_OK)
		return result;
	result_free(result);
	return NULL;
}

Result *
database_query(Database *database, const char *sql, int count, const char *const *values)
{
	ServerError error = {0};
	Result *result = database_run(database, sql, count, values, &error);

	if (result == NULL)
	{
		server_error_log(&error, NULL);
		server_error_free(&error);
	}
	return result;
}

/* Takes what a message of several statements brings; false, with *error filled in, on failure. */
static bool
take_results(PGconn *connection, Result **results, int count, ServerError *error)
{
	PGresult *rows;
	int taken = 0;

	while ((rows = PQgetResult(connection)) != NULL)
	{
		if (PQresultStatus(rows) == PGRES_TUPLES_OK && taken < count)
			results[taken++]->rows = rows;
		else
		{
			server_error_free(error);
			server_error_fill(error, connection, rows);
			PQclear(rows);
		}
	}
	if (taken < count && error->message == NULL)
		error->message = psprintf("the server sent %d results for %d queries", taken, count);
	return error->message == NULL;
}

bool
database_run_each(Database *database, const char *sql, Result **results, int count,
				  ServerError *error)
{
	bool done;

	for (int i = 0; i < count; i++)
		results[i] = pg_malloc0(sizeof(Result));
	pg_log_debug("sent: %s", sql);
	if (!send_statement(database->connection, sql, NO_PARAMS))
		error->message = libpq_message_copy(PQerrorMessage(database->connection));
	done = take_results(database->connection, results, count, error);
	for (int i = 0; i < count && !done; i++)
	{
		result_free(results[i]);
		results[i] = NULL;
	}
	return done;
}

bool
database_query_each(Database *database, const char *sql, Result **results, int count)
{
	ServerError error = {0};
	bool done = database_run_each(database, sql, results, count, &error);

	if (!done)
		server_error_log(&error, NULL);
	server_error_free(&error);
	return done;
}

bool
database_command(Database *database, const char *sql)
{
	Result *result = database_query(database, sql, NO_PARAMS);

	if (result == NULL)
		return false;
	result_free(result);
	return true;
}

bool
database_in_transaction(const Database *database)
{
	return PQtransactionStatus(database->connection) == PQTRANS_INTRANS;
}

bool
database_in_failed_transaction(const Database *database)
{
	return PQtransactionStatus(database->connection) == PQTRANS_INERROR;
}

void
database_rollback(Database *database)
{
	PGTransactionStatusType status = PQtransactionStatus(database->connection);

	if (status == PQTRANS_INTRANS || status == PQTRANS_INERROR)
		PQclear(PQexec(database->connection, "ROLLBACK"));
}

bool
database_is_connected(const Database *database)
{
	return PQstatus(database->connection) == CONNECTION_OK;
}

char **
database_owner_check(Database *database)
{
	return &database->owner_check;
}

char *
database_quote_literal(Database *database, const char *value)
{
	char *quoted = PQescapeLiteral(database->connection, value, strlen(value));
	char *copy = pg_strdup(quoted);

	PQfreemem(quoted);
	return copy;
}

char *
database_quote_identifier(Database *database, const char *name)
{
	char *quoted = PQescapeIdentifier(database->connection, name, strlen(name));
	char *copy = pg_strdup(quoted);

	PQfreemem(quoted);
	return copy;
}
