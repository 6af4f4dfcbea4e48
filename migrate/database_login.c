/*
 * database_login.c
 *		A try to log in as some role, by password.
 */
#include "postgres_fe.h"

#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>

#include "clock.h"
#include "database_internal.h"
#include "pg_compat.h"
#include "queries.h"

#define LOGIN_WITHIN_MS 15000
#define WAIT_MS			100
#define PEEK_BYTES		4096
#define PEEK_PAUSE_MS	10

/* What stands in the way to be read, left where it is: through TLS too.  0: nothing yet. */
static size_t
peek(PGconn *connection, unsigned char *bytes, size_t size)
{
	SSL *ssl = PQsslStruct(connection, "OpenSSL");
	ssize_t got = ssl ? SSL_peek(ssl, bytes, (int) size)
					  : recv(PQsocket(connection), bytes, size, MSG_PEEK | MSG_DONTWAIT);

	return got > 0 ? (size_t) got : 0;
}

/* Whether the deadline has gone by, or a signal has asked to stop. */
static bool
is_over(int64 deadline)
{
	return clock_ms() >= deadline || database_cancelled();
}

/*
 * libpq would answer a request for the password in clear text.  So nothing that the server
 * sends before it has let us in reaches libpq unread.
 */
static bool
look_at_request(PGconn *connection, Login *login, int64 deadline)
{
	unsigned char bytes[PEEK_BYTES];
	size_t count;

	if (PQstatus(connection) != CONNECTION_AWAITING_RESPONSE)
		return true;
	while ((count = peek(connection, bytes, sizeof(bytes))) == 0)
	{
		struct pollfd socket = {.fd = PQsocket(connection), .events = POLLIN};

		/* TLS has messages of its own, of which nothing is left for us to read; or it's the end. */
		if (PQsslInUse(connection) == 0 || poll(&socket, 1, PEEK_PAUSE_MS) < 0 ||
			(socket.revents & (POLLHUP | POLLERR)) != 0 || is_over(deadline))
			return true;
	}
	return login_read_request(login, bytes, count);
}

bool
database_login_wait(PGconn *connection, Login *login, int milliseconds)
{
	int64 deadline = clock_ms() + milliseconds;
	PostgresPollingStatusType wanted =
		PQstatus(connection) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING;

	while (wanted == PGRES_POLLING_READING || wanted == PGRES_POLLING_WRITING)
	{
		struct pollfd socket = {.fd = PQsocket(connection),
								.events = wanted == PGRES_POLLING_READING ? POLLIN : POLLOUT};

		if (is_over(deadline))
		{
			login->message = pg_strdup("there was no answer in time");
			login->timed_out = true;
			return false;
		}
		if (poll(&socket, 1, WAIT_MS) <= 0)
			continue;
		if (wanted == PGRES_POLLING_READING && !look_at_request(connection, login, deadline))
		{
			login->message = pg_strdup(login->request == LOGIN_MD5
										   ? "the server asks for the password's MD5"
										   : "the server asks for the password in clear text");
			return false;
		}
		wanted = PQconnectPoll(connection);
	}
	return true;
}

/* As PQexec(), but for the deadline, behind which it is NULL. */
static PGresult *
ask(PGconn *connection, const char *sql, int64 deadline)
{
	if (!PQsendQuery(connection, sql))
		return NULL;
	while (PQisBusy(connection))
	{
		struct pollfd socket = {.fd = PQsocket(connection), .events = POLLIN};

		if (is_over(deadline))
			return NULL;
		if (poll(&socket, 1, WAIT_MS) > 0 && !PQconsumeInput(connection))
			return NULL;
	}
	return PQgetResult(connection);
}

/* A pooler may let in whom the server does not, and as somebody else. */
static void
look_who_it_is(PGconn *connection, const char *role, Login *login, int64 deadline)
{
	PGresult *result = ask(connection, query_session_user, deadline);

	if (PQresultStatus(result) != PGRES_TUPLES_OK)
		login_read_error(login, PQerrorMessage(connection));
	else if (strcmp(PQgetvalue(result, 0, 0), role) != 0)
		login->message = psprintf("the server took it for role \"%s\"", PQgetvalue(result, 0, 0));
	else
		login->connected = true;
	PQclear(result);
}

void
database_login(const Database *database, const char *role, const char *password, Login *login)
{
	const Setting instead[] = {{"user", role},
							   {"password", password},
							   {"service", NULL},
							   /* What the connected role is given is not for this one. */
							   {"options", " "},
							   {"gssencmode", "disable"},
							   {LIBPQ_HAS_REQUIRE_AUTH ? "require_auth" : "gssencmode",
								LIBPQ_HAS_REQUIRE_AUTH ? "scram-sha-256,none" : "disable"},
							   {NULL, NULL}};
	int64 deadline = clock_ms() + LOGIN_WITHIN_MS;
	PGconn *connection;

	memset(login, 0, sizeof(*login));
	/* They would be taken for this role's where it has none in the file of passwords. */
	unsetenv("PGPASSWORD");
	unsetenv("PGSERVICE");
	connection = database_begin_like(database, instead);
	PQsetNoticeReceiver(connection, database_ignore_notice, NULL);
	PQsetErrorVerbosity(connection, PQERRORS_VERBOSE);
	if (database_login_wait(connection, login, (int) (deadline - clock_ms())))
	{
		login->had_password = !PQconnectionNeedsPassword(connection);
		if (PQstatus(connection) == CONNECTION_OK)
			look_who_it_is(connection, role, login, deadline);
		else
			login_read_error(login, PQerrorMessage(connection));
	}
	PQfinish(connection);
}
