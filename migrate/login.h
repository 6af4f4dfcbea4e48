/*
 * login.h
 *		What came of logging in as a role, and what that means.
 *
 * database_login() does it; the rest is pure.
 */
#ifndef HH_LOGIN_H
#define HH_LOGIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a server has asked for, as far as it matters to a password. */
typedef enum LoginRequest
{
	LOGIN_UNKNOWN, /* nothing yet */
	LOGIN_NOTHING, /* lets in without */
	LOGIN_CLEAR_TEXT,
	LOGIN_MD5,
	LOGIN_SCRAM,
	LOGIN_OTHER
} LoginRequest;

typedef struct Login
{
	LoginRequest request;
	bool had_password;	   /* one was given, or found in the file that PGPASSFILE names */
	bool password_is_good; /* the server has said so */
	bool timed_out;
	int64_t certificate_end; /* of the server's, where it is what was not accepted; 0: unknown */
	bool connected;			 /* and a query has shown that it is as this role */
	char sqlstate[6];
	char *message; /* why it is not connected; or NULL */
} Login;

extern void login_free(Login *login);

/* What is to be done about what a server has sent. */
typedef enum LoginReading
{
	LOGIN_GO_ON,
	LOGIN_NEED_MORE, /* a message has not come in full */
	LOGIN_GIVE_UP /* a password is asked for in a form in which none is sent, or it's no message */
} LoginReading;

/*
 * Reads what a server has sent during authentication, from the beginning of a message.  Until it
 * says LOGIN_GO_ON, nothing of it may be answered.
 */
extern LoginReading login_read_request(Login *login, const unsigned char *bytes, size_t count);

/* Takes SQLSTATE and message out of what libpq says with PQERRORS_VERBOSE. */
extern void login_read_error(Login *login, const char *text);

/* A verdict on a login, or on why there was none. */
typedef struct LoginVerdict
{
	const char *name;
	bool is_good;
	const char *hint; /* or NULL */
} LoginVerdict;

extern const LoginVerdict *login_verdict(const Login *login);

#endif /* HH_LOGIN_H */
