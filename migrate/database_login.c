/*
 * database_login.c
 *		A try to log in as some role, by password.
 */
#include "postgres_fe.h"

#include <openssl/err.h>
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

/* What stands in the way to be read, left where it is: through TLS too.  0: its end, -1: none. */
static ssize_t
peek(PGconn *connection, unsigned char *bytes, size_t size)
{
	SSL *tls = PQsslStruct(connection, "OpenSSL");
	int got;

	if (tls == NULL)
		return recv(PQsocket(connection), bytes, size, MSG_PEEK | MSG_DONTWAIT);
	ERR_clear_error();
	got = SSL_peek(tls, bytes, (int) size);
	if (got > 0)
		return got;
	if (SSL_get_error(tls, got) != SSL_ERROR_WANT_READ)
		return 0;
	errno = EAGAIN;
	return -1;
}

/* Whether the deadline has gone by, or a signal has asked to stop. */
static bool
is_over(int64 deadline)
{
	return clock_ms() >= deadline || database_cancelled();
}

/*
 * libpq would answer a request for the password in clear text.  So nothing that the server
 * sends before it has let us in reaches libpq unread, nor before it is a whole message.
 */
static LoginReading
look_at_request(PGconn *connection, Login *login)
{
	unsigned char bytes[PEEK_BYTES];
	ssize_t count = peek(connection, bytes, sizeof(bytes));
	LoginReading reading;

	if (count <= 0)
		return count < 0 && (errno == EAGAIN || errno == EINTR) ? LOGIN_NEED_MORE : LOGIN_GO_ON;
	reading = login_read_request(login, bytes, (size_t) count);
	return reading == LOGIN_NEED_MORE && count == PEEK_BYTES ? LOGIN_GIVE_UP : reading;
}

/* libpq would keep what stands behind a refusal of TLS, and take it for the first request. */
static LoginReading
look_at_refusal(PGconn *connection)
{
	unsigned char bytes[2];

	if (PQsslStruct(connection, "OpenSSL") != NULL)
		return LOGIN_GO_ON;
	return peek(connection, bytes, sizeof(bytes)) > 1 && bytes[0] == 'N' ? LOGIN_GIVE_UP
																		 : LOGIN_GO_ON;
}

static LoginReading
look(PGconn *connection, Login *login)
{
	switch (PQstatus(connection))
	{
		case CONNECTION_SSL_STARTUP:
			return look_at_refusal(connection);
		case CONNECTION_AWAITING_RESPONSE:
			/* Kerberos has shown who the server is, and what it sends is not to be read by us. */
			return PQgssEncInUse(connection) ? LOGIN_GO_ON : look_at_request(connection, login);
		default:
			return LOGIN_GO_ON;
	}
}

static const char *
why_given_up(const Login *login)
{
	switch (login->request)
	{
		case LOGIN_MD5:
			return "the server asks for the password's MD5";
		case LOGIN_CLEAR_TEXT:
			return "the server asks for the password in clear text";
		default:
			return "the server does not answer as PostgreSQL does";
	}
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
		LoginReading reading;

		if (is_over(deadline))
		{
			login->message = pg_strdup("there was no answer in time");
			login->timed_out = true;
			return false;
		}
		if (poll(&socket, 1, WAIT_MS) <= 0)
			continue;
		reading = wanted == PGRES_POLLING_READING ? look(connection, login) : LOGIN_GO_ON;
		if (reading == LOGIN_GIVE_UP)
		{
			login->message = pg_strdup(why_given_up(login));
			return false;
		}
		if (reading == LOGIN_NEED_MORE)
			pg_usleep(PEEK_PAUSE_MS * 1000L);
		else
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
							   {"require_auth", REQUIRE_AUTH},
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
