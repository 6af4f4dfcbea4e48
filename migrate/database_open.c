/*
 * database_open.c
 *		How a connection is made and ended, and how a signal reaches the server.
 */
#include "postgres_fe.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>

#include "common/logging.h"

#include "clock.h"
#include "database_internal.h"
#include "pg_compat.h"

#define APPLICATION_NAME "hh-migrate"
#define BESIDE_WITHIN_MS 2000
#define FOR_EVER		 (-1)

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

/* What a connection is asked for, in the order in which libpq takes it. */
typedef struct Request
{
	const char *keywords[16];
	const char *values[16];
	int count;
} Request;

static void
ask_for(Request *request, const char *keyword, const char *value)
{
	request->keywords[request->count] = keyword;
	request->values[request->count++] = value;
}

/* Whether sslmode, wherever it is said, refuses a connection over TCP without TLS. */
static bool
sslmode_requires_tls(const char *sslmode)
{
	return sslmode && (strcmp(sslmode, "require") == 0 || strcmp(sslmode, "verify-ca") == 0 ||
					   strcmp(sslmode, "verify-full") == 0);
}

/* The request's sslmode as libpq knows it, which reads the environment and service files. */
static bool
is_tls_asked_for(const Request *request)
{
	Request nowhere = *request;
	PGconn *unconnected;
	PQconninfoOption *said;
	bool asked_for = false;

	/* There is no such port, and so nothing is connected to. */
	ask_for(&nowhere, "port", "0");
	unconnected = PQconnectStartParams(nowhere.keywords, nowhere.values, 1);
	said = PQconninfo(unconnected);
	for (PQconninfoOption *option = said; option && option->keyword; option++)
	{
		if (strcmp(option->keyword, "sslmode") == 0)
			asked_for = sslmode_requires_tls(option->val);
	}
	PQconninfoFree(said);
	PQfinish(unconnected);
	return asked_for;
}

/* libpq refuses before it sends user and database.  On a Unix socket it passes over sslmode. */
static void
require_tls(Request *request)
{
	if (!is_tls_asked_for(request))
		ask_for(request, "sslmode", "require");
	/* Tried first, GSSAPI's encryption would be taken in TLS's place. */
	ask_for(request, "gssencmode", "disable");
}

static Request
make_request(const ConnectionOptions *options)
{
	Request request = {.count = 0};

	/* dbname comes first: as a URI it says host and port too, which others override. */
	ask_for(&request, "dbname", options->dbname);
	ask_for(&request, "host", options->host);
	ask_for(&request, "port", options->port);
	ask_for(&request, "user", options->user);
	ask_for(&request, "fallback_application_name", APPLICATION_NAME);
	ask_for(&request, "client_encoding", "UTF8");
	if (options->require_tls)
		require_tls(&request);
	return request;
}

static PGconn *
open_connection(const ConnectionOptions *options)
{
	Request request = make_request(options);

	return PQconnectdbParams(request.keywords, request.values, 1);
}

/* libpq names SSL where the server has none, and where a certificate is not the right one. */
static const char *
connection_hint(PGconn *connection, const ConnectionOptions *options, const char *message)
{
	if (PQconnectionNeedsPassword(connection))
		return "hh-migrate never asks for a password: put it into the file that PGPASSFILE names "
			   "(~/.pgpass), or into PGPASSWORD.";
	if (strstr(message, "certificate"))
		return "The server is not the one that sslmode=verify-full or verify-ca asks for: look at "
			   "its name, its certificate, and at sslrootcert.";
	if (options->require_tls && strstr(message, "SSL"))
		return "--require-tls takes no connection over TCP without TLS: switch it on in the "
			   "server (ssl = on), or connect through its Unix socket.";
	return "Say where the database is with -d (a name, a conninfo string or a URI), "
		   "DATABASE_URL, or PGHOST, PGPORT, PGUSER and PGDATABASE.";
}

static void
log_connection_failure(PGconn *connection, const ConnectionOptions *options)
{
	char *message = libpq_message_copy(PQerrorMessage(connection));

	pg_log_error("could not connect to the database");
	if (database_may_show_password(options->dbname, message))
	{
		pg_log_error_detail("The URI does not say where; libpq's words may have a part of its "
							"password in them, and are not shown.");
		pg_log_error_hint(
			"Percent-encode the password (/ as %%2F, @ as %%40, : as %%3A), or put it "
			"into PGPASSWORD.");
	}
	else
	{
		pg_log_error_detail("%s", message);
		pg_log_error_hint("%s", connection_hint(connection, options, message));
	}
	pg_free(message);
}

static bool
is_unix_socket(PGconn *connection)
{
	struct sockaddr_storage peer;
	socklen_t length = sizeof(peer);

	return getpeername(PQsocket(connection), (struct sockaddr *) &peer, &length) == 0 &&
		   peer.ss_family == AF_UNIX;
}

/* That what was asked for has been given, whatever libpq makes of it. */
static bool
check_tls(PGconn *connection, const ConnectionOptions *options)
{
	if (!options->require_tls || PQsslInUse(connection) || is_unix_socket(connection))
		return true;
	pg_log_error("the connection is not protected by TLS, and --require-tls asks for it");
	return false;
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
take_to_work(Database *database, const ConnectionOptions *options)
{
	if (PQstatus(database->connection) != CONNECTION_OK)
		log_connection_failure(database->connection, options);
	else if (check_tls(database->connection, options))
	{
		PQsetNoticeReceiver(database->connection, log_notice, NULL);
		handle_signals(database);
		if (check_server(database))
			return database;
	}
	database_close(database);
	return NULL;
}

void
database_ignore_notice(void *unused, const PGresult *notice)
{
	(void) unused;
	(void) notice;
}

/* What PQconnectdb() does, but libpq prints nothing on the way, and it takes no longer than that, or FOR_EVER. */
static void
wait_for_connection(PGconn *connection, int milliseconds)
{
	int64 deadline = clock_ms() + milliseconds;
	PostgresPollingStatusType wanted = PGRES_POLLING_WRITING;

	while (wanted == PGRES_POLLING_READING || wanted == PGRES_POLLING_WRITING)
	{
		struct pollfd socket = {.fd = PQsocket(connection),
								.events = wanted == PGRES_POLLING_READING ? POLLIN : POLLOUT};
		int64 left = milliseconds == FOR_EVER ? FOR_EVER : Max(deadline - clock_ms(), 0);

		if (left == 0)
			return;
		if (poll(&socket, 1, (int) left) > 0)
			wanted = PQconnectPoll(connection);
	}
}

Database *
database_open(const ConnectionOptions *options)
{
	Database *database = pg_malloc0(sizeof(Database));

	database->connection = open_connection(options);
	return take_to_work(database, options);
}

/* libpq heeds it where it connects without us, for it knows which of several hosts is next. */
static bool
has_timeout(PGconn *connection)
{
	PQconninfoOption *said = PQconninfo(connection);
	bool found = false;

	for (PQconninfoOption *option = said; option && option->keyword; option++)
		found |= strcmp(option->keyword, "connect_timeout") == 0 && option->val != NULL;
	PQconninfoFree(said);
	return found;
}

/* As far as it goes at once: to the server's turn. */
static void
begin_connection(PGconn *connection)
{
	PostgresPollingStatusType wanted =
		PQstatus(connection) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING;

	while (wanted == PGRES_POLLING_WRITING)
	{
		struct pollfd socket = {.fd = PQsocket(connection), .events = POLLOUT};

		if (poll(&socket, 1, 0) <= 0)
			return;
		wanted = PQconnectPoll(connection);
	}
}

Database *
database_begin(const ConnectionOptions *options)
{
	Request request = make_request(options);
	Database *database = pg_malloc0(sizeof(Database));

	database->connection = PQconnectStartParams(request.keywords, request.values, 1);
	if (!has_timeout(database->connection))
	{
		begin_connection(database->connection);
		if (PQstatus(database->connection) != CONNECTION_BAD)
			return database;
	}
	database_close(database);
	return NULL;
}

Database *
database_open_begun(Database *begun, const ConnectionOptions *options)
{
	wait_for_connection(begun->connection, FOR_EVER);
	return take_to_work(begun, options);
}

/* Of several hosts, the one that answered; else as the other connection, but for what is set instead. */
static bool
is_set_instead(const Setting *instead, const char *keyword)
{
	for (; instead->keyword != NULL; instead++)
	{
		if (strcmp(instead->keyword, keyword) == 0)
			return true;
	}
	return strcmp(keyword, "host") == 0 || strcmp(keyword, "hostaddr") == 0 ||
		   strcmp(keyword, "port") == 0;
}

/* As database_begin_like(), or to the end. */
static PGconn *
connect_like(const Database *database, const Setting *instead, bool start_only)
{
	PQconninfoOption *said = PQconninfo(database->connection);
	const char *keywords[80] = {"host", "port"};
	const char *values[80] = {PQhost(database->connection), PQport(database->connection)};
	int count = 2;
	PGconn *connection;

	for (const Setting *setting = instead; setting->keyword != NULL; setting++)
	{
		keywords[count] = setting->keyword;
		values[count++] = setting->value;
	}
	for (PQconninfoOption *option = said; option && option->keyword && count < 79; option++)
	{
		if (option->val == NULL || is_set_instead(instead, option->keyword))
			continue;
		keywords[count] = option->keyword;
		values[count++] = option->val;
	}
	connection = start_only ? PQconnectStartParams(keywords, values, 0)
							: PQconnectdbParams(keywords, values, 0);
	PQconninfoFree(said);
	return connection;
}

PGconn *
database_begin_like(const Database *database, const Setting *instead)
{
	return connect_like(database, instead, true);
}

Database *
database_open_like(const Database *database, const char *dbname)
{
	const ConnectionOptions options = {.dbname = dbname};
	const Setting instead[] = {{"dbname", dbname}, {NULL, NULL}};
	Database *other = pg_malloc0(sizeof(Database));

	other->connection = connect_like(database, instead, false);
	return take_to_work(other, &options);
}

Database *
database_connect_beside(const Database *database)
{
	const Setting instead[] = {{NULL, NULL}};
	Database *beside = pg_malloc0(sizeof(Database));

	beside->connection = database_begin_like(database, instead);
	PQsetNoticeReceiver(beside->connection, database_ignore_notice, NULL);
	wait_for_connection(beside->connection, BESIDE_WITHIN_MS);
	if (PQstatus(beside->connection) == CONNECTION_OK)
		return beside;
	database_close(beside);
	return NULL;
}

void
database_close(Database *database)
{
	if (database == NULL)
		return;
	release_cancel_key(database);
	PQfinish(database->connection);
	pg_free(database->owner_check);
	pg_free(database);
}
