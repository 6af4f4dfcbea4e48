/*
 * login.c
 *		What came of logging in as a role, and what that means.
 */
#include "postgres_fe.h"

#include "login.h"

/* Type and length of a message, and the kind of an authentication request. */
#define HEADER_LENGTH  5
#define REQUEST_LENGTH 9

/* What libpq takes for the length of an error. */
#define LONGEST_ERROR 30001

/* The protocol's numbers. */
enum
{
	REQUEST_OK = 0,
	REQUEST_CLEAR_TEXT = 3,
	REQUEST_MD5 = 5,
	REQUEST_SASL = 10,
	REQUEST_SASL_CONTINUE = 11,
	REQUEST_SASL_FINAL = 12
};

void
login_free(Login *login)
{
	pg_free(login->message);
	memset(login, 0, sizeof(*login));
}

static uint32
read_number(const unsigned char *bytes)
{
	return (uint32) bytes[0] << 24 | (uint32) bytes[1] << 16 | (uint32) bytes[2] << 8 | bytes[3];
}

/* A server that checks a client's SCRAM proof says so with the last message of it. */
static bool
take_request(Login *login, uint32 kind)
{
	switch (kind)
	{
		case REQUEST_OK:
			if (login->request == LOGIN_UNKNOWN)
				login->request = LOGIN_NOTHING;
			return true;
		case REQUEST_CLEAR_TEXT:
			login->request = LOGIN_CLEAR_TEXT;
			return false;
		case REQUEST_MD5:
			login->request = LOGIN_MD5;
			return false;
		case REQUEST_SASL:
		case REQUEST_SASL_CONTINUE:
			login->request = LOGIN_SCRAM;
			return true;
		case REQUEST_SASL_FINAL:
			login->password_is_good = true;
			return true;
		default:
			login->request = LOGIN_OTHER;
			return true;
	}
}

/* An error ends the connection, and one of before protocol 3.0 has no length. */
static bool
is_old_error(const unsigned char *bytes, size_t length)
{
	return bytes[0] == 'E' && length > LONGEST_ERROR;
}

/* Once the server has let us in, nothing that it may ask is answered. */
LoginReading
login_read_request(Login *login, const unsigned char *bytes, size_t count)
{
	while (count > 0)
	{
		bool is_request = bytes[0] == 'R';
		size_t length;

		if (count < HEADER_LENGTH)
			return LOGIN_NEED_MORE;
		length = (size_t) read_number(bytes + 1) + 1;
		if (is_old_error(bytes, length))
			return LOGIN_GO_ON;
		if (length < (is_request ? REQUEST_LENGTH : HEADER_LENGTH))
			return LOGIN_GIVE_UP;
		if (length > count)
			return LOGIN_NEED_MORE;
		if (is_request)
		{
			uint32 kind = read_number(bytes + HEADER_LENGTH);

			if (!take_request(login, kind))
				return LOGIN_GIVE_UP;
			if (kind == REQUEST_OK)
				return LOGIN_GO_ON;
		}
		bytes += length;
		count -= length;
	}
	return LOGIN_GO_ON;
}

/* Where "FATAL:  28P01: message" has its SQLSTATE; the first word may be of any language. */
static const char *
find_sqlstate(const char *text)
{
	for (const char *at = text; (at = strstr(at, ":  ")) != NULL; at++)
	{
		const char *code = at + 3;

		if (strspn(code, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 5 && code[5] == ':')
			return code;
	}
	return NULL;
}

/* Of attempts with and without TLS, the first that was refused for more than how it came. */
static const char *
find_telling_sqlstate(const char *text)
{
	const char *first = find_sqlstate(text);

	for (const char *code = first; code != NULL; code = find_sqlstate(code))
	{
		if (strncmp(code, "28000", 5) != 0)
			return code;
	}
	return first;
}

void
login_read_error(Login *login, const char *text)
{
	const char *code = find_telling_sqlstate(text);
	const char *message = code ? code + 5 + strspn(code + 5, ": ") : text;

	if (code != NULL)
		strlcpy(login->sqlstate, code, sizeof(login->sqlstate));
	pg_free(login->message);
	login->message = pnstrdup(message, strcspn(message, "\r\n"));
}

#define APPLY_ROLES "\"hh-migrate roles apply\""

static const LoginVerdict good = {"ok", true, NULL};
static const LoginVerdict not_asked = {
	"no password asked", false,
	"The server lets it in without: look at the lines of pg_hba.conf with trust, peer or cert."};
static const LoginVerdict not_scram = {
	"not asked for SCRAM", false,
	"None was sent. Have pg_hba.conf say scram-sha-256, and run \"hh-migrate roles passwords\" "
	"where the server has the password as MD5."};
static const LoginVerdict no_secret = {
	"no secret", false,
	"Put it into the directory of secrets or into the environment, or have one made by "
	"\"hh-migrate roles passwords --generate\"."};
static const LoginVerdict failed = {"failed", false, NULL};

/* By the beginning of the SQLSTATE; the first that fits. */
static const struct
{
	const char *sqlstate;
	LoginVerdict verdict;
} verdicts[] = {
	{"28P01",
	 {"password refused", false,
	  "\"hh-migrate roles passwords\" sets it to what the secret says."}},
	{"28", {"not let in", false, "Look at the server's pg_hba.conf and log."}},
	{"3D", {"no such database", false, NULL}},
	{"42501",
	 {"may not connect", false,
	  "It needs CONNECT on the database: " APPLY_ROLES ", or GRANT CONNECT ON DATABASE."}},
	{"53300",
	 {"connection limit", false,
	  "Look for connections that are left open, and at the role's CONNECTION LIMIT, the "
	  "database's, and max_connections."}},
	{"55000",
	 {"database takes no connections", false, "ALTER DATABASE ... ALLOW_CONNECTIONS true."}},
	{"57P03", {"server not ready", false, "Try again when it has started."}},
	{"57P", {"server shutting down", false, "Try again when it has started."}},
	{"08", {"no connection", false, NULL}},
};

const LoginVerdict *
login_verdict(const Login *login)
{
	if (login->request == LOGIN_CLEAR_TEXT || login->request == LOGIN_MD5)
		return &not_scram;
	if (login->connected)
		return login->password_is_good ? &good : &not_asked;
	if (!login->had_password && login->request == LOGIN_SCRAM)
		return &no_secret;
	for (size_t i = 0; i < lengthof(verdicts); i++)
	{
		size_t length = strlen(verdicts[i].sqlstate);

		if (strncmp(login->sqlstate, verdicts[i].sqlstate, length) == 0)
			return &verdicts[i].verdict;
	}
	return &failed;
}
