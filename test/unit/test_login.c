/* What a server asks of who logs in, and what comes of it. */
#include "postgres_fe.h"

#include "login.h"
#include "tap.h"

#define OK			"R\0\0\0\x08\0\0\0\0"
#define CLEAR_TEXT	"R\0\0\0\x08\0\0\0\x03"
#define MD5			"R\0\0\0\x0C\0\0\0\x05salt"
#define SASL		"R\0\0\0\x17\0\0\0\x0ASCRAM-SHA-256\0\0"
#define CONTINUE	"R\0\0\0\x0C\0\0\0\x0Br=xy"
#define FINAL		"R\0\0\0\x0C\0\0\0\x0Cv=xy"
#define GSS			"R\0\0\0\x08\0\0\0\x07"
#define NEGOTIATION "v\0\0\0\x0C\0\x03\0\0\0\0\0\0"
#define SETTING                                                                                    \
	"S\0\0\0\x09"                                                                                  \
	"a\0bc\0"

#define BYTES(text) (const unsigned char *) (text), sizeof(text) - 1

static LoginReading
reads(Login *login, const unsigned char *bytes, size_t count)
{
	return login_read_request(login, bytes, count);
}

static void
test_requests(void)
{
	Login login = {0};

	ok(reads(&login, BYTES(SASL)) == LOGIN_GO_ON && login.request == LOGIN_SCRAM,
	   "SCRAM is asked for");
	ok(reads(&login, BYTES(CONTINUE)) == LOGIN_GO_ON && !login.password_is_good, "... and goes on");
	ok(reads(&login, BYTES(FINAL)) == LOGIN_GO_ON && login.password_is_good,
	   "... and the server has seen that the password is right");
	ok(reads(&login, BYTES(OK)) == LOGIN_GO_ON && login.request == LOGIN_SCRAM, "... and lets in");
	login = (Login){0};
	ok(reads(&login, BYTES(FINAL OK SETTING)) == LOGIN_GO_ON && login.password_is_good,
	   "several messages at once");
	login = (Login){0};
	ok(reads(&login, BYTES(OK SETTING "S")) == LOGIN_GO_ON && login.request == LOGIN_NOTHING &&
		   !login.password_is_good,
	   "nothing is asked for");
	ok(reads(&login, BYTES(CLEAR_TEXT)) == LOGIN_GIVE_UP && login.request == LOGIN_CLEAR_TEXT,
	   "clear text is not sent");
	ok(reads(&login, BYTES(SASL CLEAR_TEXT)) == LOGIN_GIVE_UP, "... nor behind another request");
	ok(reads(&login, BYTES(NEGOTIATION CLEAR_TEXT)) == LOGIN_GIVE_UP,
	   "... nor behind other messages");
	ok(reads(&login, BYTES(MD5)) == LOGIN_GIVE_UP && login.request == LOGIN_MD5, "nor is an MD5");
	login = (Login){0};
	ok(reads(&login, BYTES(GSS)) == LOGIN_GO_ON && login.request == LOGIN_OTHER,
	   "what takes no password is let happen");
	ok(reads(&login, BYTES("Ecould not fork new process\n")) == LOGIN_GO_ON,
	   "an error as before protocol 3.0");
}

/* Nothing goes on before a message is whole, nor is read behind its end: the sanitizer looks. */
static void
test_short_messages(void)
{
	static const char text[] = NEGOTIATION CLEAR_TEXT;
	const size_t first = sizeof(NEGOTIATION) - 1;
	bool waits = true;

	for (size_t length = 1; length < sizeof(text) - 1; length++)
	{
		unsigned char *bytes = pg_malloc(length);
		Login login = {0};

		memcpy(bytes, text, length);
		waits &= reads(&login, bytes, length) == (length == first ? LOGIN_GO_ON : LOGIN_NEED_MORE);
		pg_free(bytes);
	}
	ok(waits, "a message that is not there in full is waited for");
	ok(reads(&(Login){0}, BYTES("R\0\0\0\0\0\0\0\x0A\0\0")) == LOGIN_GIVE_UP,
	   "a length of nothing");
	ok(reads(&(Login){0}, BYTES("N\0\0\0\x03" CLEAR_TEXT)) == LOGIN_GIVE_UP, "... of less");
	ok(reads(&(Login){0}, BYTES("R\xFF\xFF\xFF\xFF\0\0\0\x0A\0\0")) == LOGIN_NEED_MORE,
	   "... of everything");
}

static void
says(const char *text, const char *sqlstate, const char *message)
{
	Login login = {0};

	login_read_error(&login, text);
	is_text(login.sqlstate, sqlstate, message);
	is_text(login.message, message, message);
	login_free(&login);
}

static void
test_errors(void)
{
	says("connection to server on socket \"/tmp/.s.PGSQL.5432\" failed: FATAL:  28P01: password "
		 "authentication failed for user \"x\"\nLOCATION:  auth_failed, auth.c:331\n",
		 "28P01", "password authentication failed for user \"x\"");
	says(
		"connection to server on socket \"/tmp/:  ABCDE\" failed: FATAL:  3D000: database \"a: b\" "
		"does not exist\n",
		"3D000", "database \"a: b\" does not exist");
	says("Verbindung fehlgeschlagen: FATAL:  53300: zu viele Verbindungen\n", "53300",
		 "zu viele Verbindungen");
	says("connection to server failed: No such file or directory\n\tIs the server running?\n", "",
		 "connection to server failed: No such file or directory");
	says("", "", "");
}

static void
gives(Login login, const char *name, bool is_good)
{
	const LoginVerdict *verdict = login_verdict(&login);

	is_text(verdict->name, name, name);
	ok(verdict->is_good == is_good, is_good ? "... is good" : "... is not good");
}

static void
test_verdicts(void)
{
	Login scram = {.request = LOGIN_SCRAM, .had_password = true};
	static const char *const by_sqlstate[][2] = {
		{"28P01", "password refused"},
		{"28000", "not let in"},
		{"3D000", "no such database"},
		{"42501", "may not connect"},
		{"53300", "connection limit"},
		{"57P03", "server not ready"},
		{"57P01", "server shutting down"},
		{"55000", "database takes no connections"},
		{"08006", "no connection"},
		{"XX000", "failed"},
		{"", "failed"},
	};

	gives((Login){.request = LOGIN_SCRAM,
				  .had_password = true,
				  .password_is_good = true,
				  .connected = true},
		  "ok", true);
	gives((Login){.request = LOGIN_NOTHING, .had_password = true, .connected = true},
		  "no password asked", false);
	gives((Login){.request = LOGIN_CLEAR_TEXT, .had_password = true}, "not asked for SCRAM", false);
	gives((Login){.request = LOGIN_MD5, .had_password = true}, "not asked for SCRAM", false);
	gives((Login){.request = LOGIN_SCRAM}, "no secret", false);
	for (size_t i = 0; i < lengthof(by_sqlstate); i++)
	{
		strlcpy(scram.sqlstate, by_sqlstate[i][0], sizeof(scram.sqlstate));
		gives(scram, by_sqlstate[i][1], false);
	}
}

int
main(void)
{
	test_requests();
	test_short_messages();
	test_errors();
	test_verdicts();
	return tap_done();
}
