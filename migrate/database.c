/*
 * database.c
 *		One connection to one database: the only module that knows libpq.
 */
#include "postgres_fe.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>

#include "common/logging.h"
#include "libpq-fe.h"

#include "database.h"
#include "pg_compat.h"

#define APPLICATION_NAME "hh-migrate"
#define FIRST_LOOK_MS	 50
#define LOOK_EVERY_MS	 500

struct Database
{
	PGconn *connection;
	PGcancel *cancel_key;		  /* NULL on a second connection: no signal acts on it */
	PGcancel *outer_cancel_key;	  /* of the connection that signals acted on before */
	void (*look)(void *argument); /* called while a statement runs; or NULL */
	void *look_argument;
};

/* A PGresult under a name that says nothing of libpq. */
struct Result
{
	PGresult *rows;
};

/* Warnings are for everybody; what else the server tells is for those who ask (-v). */
static void
log_notice(void *unused, const PGresult *notice)
{
	const char *message = PQresultErrorField(notice, PG_DIAG_MESSAGE_PRIMARY);
	const char *detail = PQresultErrorField(notice, PG_DIAG_MESSAGE_DETAIL);
	const char *hint = PQresultErrorField(notice, PG_DIAG_MESSAGE_HINT);
	const char *severity = PQresultErrorField(notice, PG_DIAG_SEVERITY_NONLOCALIZED);
	bool is_warning = severity && strcmp(severity, "WARNING") == 0;

	(void) unused;
	if (!is_warning)
	{
		pg_log_debug("server: %s", message ? message : "");
		return;
	}
	pg_log_warning("%s", message ? message : "");
	if (detail)
		pg_log_warning_detail("%s", detail);
	if (hint)
		pg_log_warning_hint("%s", hint);
}

/* A libpq message without the line feed it ends with. */
static char *
message_copy(const char *message)
{
	char *copy = pg_strdup(message ? message : "");
	size_t length = strlen(copy);

	while (length > 0 && strchr("\r\n", copy[length - 1]) != NULL)
		copy[--length] = '\0';
	return copy;
}

/* What the signal handler needs: the connection opened last is the one that works. */
static volatile sig_atomic_t cancel_requested = 0;
static volatile sig_atomic_t signals_deferred = 0;
static PGcancel *volatile cancel_key = NULL;

/* PQcancel() is fit for a signal handler. */
static void
cancel_statement(int signal_number)
{
	int saved_errno = errno;
	char message[256];

	(void) signal_number;
	cancel_requested = 1;
	if (cancel_key != NULL && !signals_deferred)
		PQcancel(cancel_key, message, sizeof(message));
	errno = saved_errno;
}

/* SIGTERM, which a pipeline sends, does what Ctrl-C does. */
static void
handle_signals(Database *database)
{
	struct sigaction action = {.sa_handler = cancel_statement, .sa_flags = SA_RESTART};

	database->outer_cancel_key = cancel_key;
	database->cancel_key = PQgetCancel(database->connection);
	cancel_key = database->cancel_key;
	sigemptyset(&action.sa_mask);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

static void
release_cancel_key(Database *database)
{
	if (database->cancel_key == NULL)
		return;
	/* In this order: a signal may come in between. */
	cancel_key = database->outer_cancel_key;
	PQfreeCancel(database->cancel_key);
}

void
database_defer_signals(bool defer)
{
	signals_deferred = defer;
}

bool
database_cancelled(void)
{
	return cancel_requested != 0;
}

bool
connection_string_has_password(const char *dbname)
{
	char *error = NULL;
	PQconninfoOption *parsed = PQconninfoParse(dbname, &error);
	bool found = false;

	for (PQconninfoOption *option = parsed; option && option->keyword; option++)
	{
		if (strcmp(option->keyword, "password") == 0 && option->val && option->val[0])
			found = true;
	}
	PQconninfoFree(parsed);
	PQfreemem(error);
	return found;
}

static PGconn *
open_connection(const ConnectionOptions *options)
{
	/* dbname comes first: as a URI it says host and port too, which others override. */
	const char *const keywords[] = {
		"dbname", "host", "port", "user", "fallback_application_name", "client_encoding", NULL};
	const char *const values[] = {options->dbname,	options->host, options->port, options->user,
								  APPLICATION_NAME, "UTF8",		   NULL};

	return PQconnectdbParams(keywords, values, 1);
}

static void
log_connection_failure(PGconn *connection)
{
	char *message = message_copy(PQerrorMessage(connection));

	pg_log_error("could not connect to the database");
	pg_log_error_detail("%s", message);
	if (PQconnectionNeedsPassword(connection))
		pg_log_error_hint("hh-migrate never asks for a password: put it into the file that "
						  "PGPASSFILE names (~/.pgpass), or into PGPASSWORD.");
	else
		pg_log_error_hint("Say where the database is with -d (a name, a conninfo string or a "
						  "URI), DATABASE_URL, or PGHOST, PGPORT, PGUSER and PGDATABASE.");
	pg_free(message);
}

static bool
check_server(Database *database)
{
	const char *encoding = PQparameterStatus(database->connection, "server_encoding");

	if (database_server_version(database) < OLDEST_SERVER_VERSION)
	{
		pg_log_error("the server runs PostgreSQL %s, and hh-migrate needs 15 or newer",
					 database_server_version_text(database));
		pg_log_error_hint("Upgrade the server first.");
		return false;
	}
	if (encoding && strcmp(encoding, "UTF8") != 0)
	{
		pg_log_error("the database's encoding is %s, and Headhunter needs UTF8", encoding);
		pg_log_error_hint("Create the database with ENCODING 'UTF8' TEMPLATE template0.");
		return false;
	}
	return true;
}

/* Makes a connection one that works, with signals acting on it; closes it if it's not fit. */
static Database *
take_to_work(Database *database)
{
	if (PQstatus(database->connection) != CONNECTION_OK)
		log_connection_failure(database->connection);
	else
	{
		PQsetNoticeReceiver(database->connection, log_notice, NULL);
		handle_signals(database);
		if (check_server(database))
			return database;
	}
	database_close(database);
	return NULL;
}

Database *
database_open(const ConnectionOptions *options)
{
	Database *database = pg_malloc0(sizeof(Database));

	database->connection = open_connection(options);
	return take_to_work(database);
}

/* Connects as another connection did, but for what is given. */
static PGconn *
connect_like(const Database *database, const char *dbname, const char *connect_timeout)
{
	PQconninfoOption *said = PQconninfo(database->connection);
	const char *keywords[64] = {NULL};
	const char *values[64] = {NULL};
	int count = 0;
	PGconn *connection;

	for (PQconninfoOption *option = said; option && option->keyword && count < 58; option++)
	{
		/* Of several hosts, the one that answered. */
		if (option->val == NULL || strcmp(option->keyword, "host") == 0 ||
			strcmp(option->keyword, "hostaddr") == 0 || strcmp(option->keyword, "port") == 0)
			continue;
		keywords[count] = option->keyword;
		values[count++] = option->val;
	}
	keywords[count] = "host";
	values[count++] = PQhost(database->connection);
	keywords[count] = "port";
	values[count++] = PQport(database->connection);
	if (dbname != NULL)
	{
		keywords[count] = "dbname";
		values[count++] = dbname;
	}
	if (connect_timeout != NULL)
	{
		keywords[count] = "connect_timeout";
		values[count++] = connect_timeout;
	}
	connection = PQconnectdbParams(keywords, values, 0);
	PQconninfoFree(said);
	return connection;
}

Database *
database_open_like(const Database *database, const char *dbname)
{
	Database *other = pg_malloc0(sizeof(Database));

	other->connection = connect_like(database, dbname, NULL);
	return take_to_work(other);
}

Database *
database_connect_beside(const Database *database)
{
	Database *beside = pg_malloc0(sizeof(Database));

	beside->connection = connect_like(database, NULL, "2");
	if (PQstatus(beside->connection) == CONNECTION_OK)
		return beside;
	database_close(beside);
	return NULL;
}

void
database_watch(Database *database, void (*look)(void *argument), void *argument)
{
	database->look = look;
	database->look_argument = argument;
}

void
database_close(Database *database)
{
	if (database == NULL)
		return;
	release_cancel_key(database);
	PQfinish(database->connection);
	pg_free(database);
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

static char *
field_copy(const PGresult *result, int field)
{
	const char *value = PQresultErrorField(result, field);

	return value ? pg_strdup(value) : NULL;
}

static void
fill_error(PGconn *connection, const PGresult *result, ServerError *error)
{
	const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	const char *position = PQresultErrorField(result, PG_DIAG_STATEMENT_POSITION);
	const char *internal = PQresultErrorField(result, PG_DIAG_INTERNAL_POSITION);

	strlcpy(error->sqlstate, sqlstate ? sqlstate : "", sizeof(error->sqlstate));
	error->message = field_copy(result, PG_DIAG_MESSAGE_PRIMARY);
	error->detail = field_copy(result, PG_DIAG_MESSAGE_DETAIL);
	error->hint = field_copy(result, PG_DIAG_MESSAGE_HINT);
	error->context = field_copy(result, PG_DIAG_CONTEXT);
	error->internal_query = field_copy(result, PG_DIAG_INTERNAL_QUERY);
	if (position)
		error->position = atoi(position);
	else if (internal)
		error->position = atoi(internal);
	if (error->message == NULL)
		error->message = message_copy(PQerrorMessage(connection));
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

Result *
database_run(Database *database, const char *sql, int count, const char *const *values,
			 ServerError *error)
{
	PGconn *connection = database->connection;
	PGresult *rows = execute(database, sql, count, values);
	ExecStatusType status = PQresultStatus(rows);
	Result *result;

	pg_log_debug("sent: %s", sql);
	if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK || status == PGRES_EMPTY_QUERY)
	{
		result = pg_malloc0(sizeof(Result));
		result->rows = rows;
		return result;
	}
	if (status == PGRES_COPY_IN || status == PGRES_COPY_OUT)
		refuse_copy(connection, status, error);
	else
		fill_error(connection, rows, error);
	PQclear(rows);
	return NULL;
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

bool
database_command(Database *database, const char *sql)
{
	Result *result = database_query(database, sql, NO_PARAMS);

	if (result == NULL)
		return false;
	result_free(result);
	return true;
}

int
result_rows(const Result *result)
{
	return PQntuples(result->rows);
}

int
result_columns(const Result *result)
{
	return PQnfields(result->rows);
}

const char *
result_value(const Result *result, int row, int column)
{
	return PQgetisnull(result->rows, row, column) ? NULL : PQgetvalue(result->rows, row, column);
}

bool
result_is_true(const Result *result, int row, int column)
{
	const char *value = result_value(result, row, column);

	return value != NULL && strcmp(value, "t") == 0;
}

void
result_free(Result *result)
{
	if (result == NULL)
		return;
	PQclear(result->rows);
	pg_free(result);
}

void
server_error_log(const ServerError *error, const char *headline)
{
	if (headline)
	{
		pg_log_error("%s", headline);
		pg_log_error_detail("%s%s%s%s", error->message, error->sqlstate[0] ? " (SQLSTATE " : "",
							error->sqlstate, error->sqlstate[0] ? ")" : "");
	}
	else
		pg_log_error("%s", error->message);
	if (error->detail)
		pg_log_error_detail("%s", error->detail);
	if (error->hint)
		pg_log_error_hint("%s", error->hint);
	if (error->context)
		pg_log_debug("context: %s", error->context);
}

void
server_error_free(ServerError *error)
{
	pg_free(error->message);
	pg_free(error->detail);
	pg_free(error->hint);
	pg_free(error->context);
	pg_free(error->internal_query);
	memset(error, 0, sizeof(*error));
}

bool
database_in_transaction(const Database *database)
{
	return PQtransactionStatus(database->connection) == PQTRANS_INTRANS;
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
