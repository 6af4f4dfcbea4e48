/*
 * database_internal.h
 *		What the database*.c files, which alone know libpq, share.
 */
#ifndef HH_DATABASE_INTERNAL_H
#define HH_DATABASE_INTERNAL_H

#include "libpq-fe.h"

#include "database.h"

struct Database
{
	PGconn *connection;
	PGcancel *cancel_key;		  /* NULL on a second connection: no signal acts on it */
	PGcancel *outer_cancel_key;	  /* of the connection that signals acted on before */
	void (*look)(void *argument); /* called while a statement runs; or NULL */
	void *look_argument;
	char *owner_check; /* session.c's */
};

/* A PGresult under a name that says nothing of libpq. */
struct Result
{
	PGresult *rows;
};

/* A connection's setting, as libpq names it; value NULL: libpq's default. */
typedef struct Setting
{
	const char *keyword;
	const char *value;
} Setting;

/*
 * Begins to connect as another connection did, to the same host and with TLS where that has
 * it, but for these settings, of which the last has no keyword.
 */
extern PGconn *database_begin_like(const Database *database, const Setting *instead);

extern void database_ignore_notice(void *unused, const PGresult *notice);

/* Fills in what the server, or libpq, said of a statement that failed. */
extern void server_error_fill(ServerError *error, PGconn *connection, const PGresult *result);

/*
 * Brings a connection that was begun to its end, as long as no password is asked for in clear
 * text or as MD5.  Returns false, and says why in *login, where it was given up.
 */
extern bool database_login_wait(PGconn *connection, Login *login, int milliseconds);

/*
 * A password that is not percent-encoded ends where it has a slash, and libpq complains of the
 * rest of it as a port or a host.  What it says behind these words is the server's.
 */
extern bool database_may_show_password(const char *dbname, const char *message);

/* A libpq message without the line feed it ends with; the caller frees it. */
extern char *libpq_message_copy(const char *message);

#endif /* HH_DATABASE_INTERNAL_H */
