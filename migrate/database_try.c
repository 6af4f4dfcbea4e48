/*
 * database_try.c
 *		Connections that may well fail: what for is the answer.
 */
#include "postgres_fe.h"

#include <poll.h>

#include <openssl/ssl.h>

#include "clock.h"
#include "database_internal.h"
#include "pg_compat.h"
#include "pqexpbuffer.h"

#define MOST_KEYWORDS 64

/* A value that libpq refuses before it connects to anything. */
#define NEVER_CONNECT "target_session_attrs", "none of these"

/* Keywords and values for PQconnectStartParams(), borrowed. */
typedef struct Parameters
{
	const char *keywords[MOST_KEYWORDS];
	const char *values[MOST_KEYWORDS];
	int count;
} Parameters;

static void
set_parameter(Parameters *parameters, const char *keyword, const char *value)
{
	if (value == NULL || parameters->count >= MOST_KEYWORDS - 1)
		return;
	parameters->keywords[parameters->count] = keyword;
	parameters->values[parameters->count++] = value;
}

/*
 * What the options come to with environment, service file and defaults, which libpq
 * alone knows how to put together; for PQconninfoFree().
 */
static PQconninfoOption *
resolve(const ConnectionOptions *options)
{
	Parameters asked = {.count = 0};
	PGconn *unconnected;
	PQconninfoOption *said;

	set_parameter(&asked, "dbname", options->dbname);
	set_parameter(&asked, "host", options->host);
	set_parameter(&asked, "port", options->port);
	set_parameter(&asked, "user", options->user);
	set_parameter(&asked, NEVER_CONNECT);
	unconnected = PQconnectStartParams(asked.keywords, asked.values, 1);
	said = PQconninfo(unconnected);
	PQfinish(unconnected);
	return said;
}

static const char *
value_of(const PQconninfoOption *said, const char *keyword)
{
	for (const PQconninfoOption *option = said; option && option->keyword; option++)
	{
		if (strcmp(option->keyword, keyword) == 0 && option->val && option->val[0])
			return option->val;
	}
	return NULL;
}

static char *
copy_of_value(const ConnectionOptions *options, const char *keyword)
{
	PQconninfoOption *said = resolve(options);
	const char *value = value_of(said, keyword);
	char *copy = value ? pg_strdup(value) : NULL;

	PQconninfoFree(said);
	return copy;
}

/* libpq's default is the user's name. */
char *
database_options_dbname(const ConnectionOptions *options)
{
	char *dbname = copy_of_value(options, "dbname");

	return dbname ? dbname : copy_of_value(options, "user");
}

char *
database_address(const ConnectionOptions *options)
{
	PQconninfoOption *said = resolve(options);
	const char *host = value_of(said, "host");
	const char *port = value_of(said, "port");
	char *address;

	if (host == NULL)
		host = value_of(said, "hostaddr");
	/* What isn't one may be a part of a password: database_may_show_password(). */
	if (port && strspn(port, "0123456789,") != strlen(port))
		port = "unknown";
	address = psprintf("%s, port %s", host ? host : "the default socket", port ? port : "5432");
	PQconninfoFree(said);
	return address;
}

int
database_try_timeout(const ConnectionOptions *options, int milliseconds)
{
	char *said = copy_of_value(options, "connect_timeout");
	int seconds = said ? atoi(said) : 0;

	pg_free(said);
	/* libpq waits two seconds at least, and for ever where it is told 0. */
	return seconds > 0 ? Max(seconds, 2) * 1000 : milliseconds;
}

/* Appends a value as a conninfo string has it. */
static void
append_value(PQExpBuffer text, const char *value)
{
	appendPQExpBufferChar(text, '\'');
	for (; *value; value++)
	{
		if (*value == '\'' || *value == '\\')
			appendPQExpBufferChar(text, '\\');
		appendPQExpBufferChar(text, *value);
	}
	appendPQExpBufferChar(text, '\'');
}

char *
connection_string_without_password(const char *dbname)
{
	char *error = NULL;
	PQconninfoOption *parsed = PQconninfoParse(dbname, &error);
	PQExpBuffer text = createPQExpBuffer();
	char *copy;

	for (PQconninfoOption *option = parsed; option && option->keyword; option++)
	{
		if (option->val == NULL || option->val[0] == '\0' ||
			strcmp(option->keyword, "password") == 0)
			continue;
		appendPQExpBuffer(text, "%s%s=", text->len > 0 ? " " : "", option->keyword);
		append_value(text, option->val);
	}
	copy = pg_strdup(text->data);
	destroyPQExpBuffer(text);
	PQconninfoFree(parsed);
	PQfreemem(error);
	return copy;
}

/* Whether a keyword is about who connects, or about which of several servers is taken. */
static bool
is_personal(const char *keyword)
{
	static const char *const personal[] = {"user",	  "password",	 "target_session_attrs",
										   "options", "replication", "service"};

	for (size_t i = 0; i < lengthof(personal); i++)
	{
		if (strcmp(keyword, personal[i]) == 0)
			return true;
	}
	return false;
}

/* sslmode as asked for, and TLS demanded where --require-tls does. */
static const char *
sslmode(const ConnectionOptions *options, const PQconninfoOption *said)
{
	const char *mode = value_of(said, "sslmode");

	if (!options->require_tls ||
		(mode && (strcmp(mode, "verify-ca") == 0 || strcmp(mode, "verify-full") == 0)))
		return mode;
	return "require";
}

/*
 * Begins to connect.  Verbose, so that a SQLSTATE stands in the message, which is in the
 * server's language.
 */
static PGconn *
begin_connection(const ConnectionOptions *options, const PQconninfoOption *said, const char *role,
				 const char *password)
{
	Parameters wanted = {.count = 0};
	const char *user = value_of(said, "user");
	bool is_own = role == NULL || (user && strcmp(role, user) == 0);
	PGconn *connection;

	for (const PQconninfoOption *option = said; option && option->keyword; option++)
	{
		if (option->val && option->val[0] && !is_personal(option->keyword) &&
			strcmp(option->keyword, "sslmode") != 0)
			set_parameter(&wanted, option->keyword, option->val);
	}
	set_parameter(&wanted, "sslmode", sslmode(options, said));
	set_parameter(&wanted, "user", role ? role : user);
	set_parameter(&wanted, "password",
				  password ? password
				  : is_own ? value_of(said, "password")
						   : NULL);
	if (options->require_tls || !is_own)
		set_parameter(&wanted, "gssencmode", "disable");
	if (!is_own || value_of(said, "require_auth") == NULL)
		set_parameter(&wanted, "require_auth", REQUIRE_AUTH);
	set_parameter(&wanted, "application_name", "hh-migrate doctor");
	set_parameter(&wanted, "client_encoding", "UTF8");
	if (!is_own)
	{
		/* Both may have a password, which libpq would take for this role's. */
		unsetenv("PGPASSWORD");
		unsetenv("PGSERVICE");
	}
	connection = PQconnectStartParams(wanted.keywords, wanted.values, 0);
	PQsetErrorVerbosity(connection, PQERRORS_VERBOSE);
	return connection;
}

static int64_t
certificate_end(PGconn *connection)
{
	SSL *tls = PQsslStruct(connection, "OpenSSL");
	X509 *certificate = tls ? SSL_get_peer_certificate(tls) : NULL;
	struct tm end = {0};
	int64_t seconds = 0;

	if (certificate != NULL && ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &end))
		seconds = (int64_t) timegm(&end);
	X509_free(certificate);
	return seconds;
}

int64_t
database_certificate_end(const Database *database)
{
	return certificate_end(database->connection);
}

/*
 * Looks at a certificate that was not accepted: TLS is begun without verifying, and ended
 * before a word is said to the server.
 */
static int64_t
look_at_certificate(const PQconninfoOption *said, int milliseconds)
{
	Parameters wanted = {.count = 0};
	int64 deadline = clock_ms() + milliseconds;
	PostgresPollingStatusType next = PGRES_POLLING_WRITING;
	int64_t end = 0;
	PGconn *connection;

	set_parameter(&wanted, "host", value_of(said, "host"));
	set_parameter(&wanted, "hostaddr", value_of(said, "hostaddr"));
	set_parameter(&wanted, "port", value_of(said, "port"));
	set_parameter(&wanted, "sslmode", "require");
	set_parameter(&wanted, "sslrootcert", "/dev/null/none");
	set_parameter(&wanted, "gssencmode", "disable");
	connection = PQconnectStartParams(wanted.keywords, wanted.values, 0);
	while ((next == PGRES_POLLING_WRITING || next == PGRES_POLLING_READING) &&
		   (end = certificate_end(connection)) == 0 && clock_ms() < deadline)
	{
		struct pollfd socket = {.fd = PQsocket(connection),
								.events = next == PGRES_POLLING_READING ? POLLIN : POLLOUT};

		if (poll(&socket, 1, (int) (deadline - clock_ms())) > 0)
			next = PQconnectPoll(connection);
	}
	PQfinish(connection);
	return end;
}

Database *
database_try(const ConnectionOptions *options, const char *role, const char *password,
			 int milliseconds, Login *login)
{
	PQconninfoOption *said = resolve(options);
	int timeout = database_try_timeout(options, milliseconds);
	Database *database = pg_malloc0(sizeof(Database));
	bool is_over;

	memset(login, 0, sizeof(*login));
	database->connection = begin_connection(options, said, role, password);
	PQsetNoticeReceiver(database->connection, database_ignore_notice, NULL);
	is_over = database_login_wait(database->connection, login, timeout);
	login->had_password = !PQconnectionNeedsPassword(database->connection);
	if (is_over && PQstatus(database->connection) == CONNECTION_OK)
		PQsetErrorVerbosity(database->connection, PQERRORS_DEFAULT);
	else
	{
		if (is_over)
		{
			const char *message = PQerrorMessage(database->connection);

			login_read_error(login, database_may_show_password(options->dbname, message)
										? "the URI does not say where: percent-encode its password"
										: message);
		}
		if (strstr(login->message, "certificate"))
			login->certificate_end = look_at_certificate(said, timeout);
		database_close(database);
		database = NULL;
	}
	PQconninfoFree(said);
	return database;
}
