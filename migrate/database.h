/*
 * database.h
 *		One connection to one database: the only module that knows libpq.
 *
 * database_open.c makes and ends connections, database_try.c those that may well fail,
 * database.c runs statements, and database_result.c has what came of them.  They share
 * database_internal.h.
 */
#ifndef HH_DATABASE_H
#define HH_DATABASE_H

#include <stdbool.h>
#include <stdint.h>

#include "login.h"

typedef struct Database Database;
typedef struct Result Result;

/* NULL members are left to libpq: PG* variables, service file, defaults. */
typedef struct ConnectionOptions
{
	const char *dbname; /* a name, a conninfo string or a URI */
	const char *host;
	const char *port;
	const char *user;
	bool require_tls; /* whatever sslmode says, nothing goes over TCP without TLS */
} ConnectionOptions;

/* Whether a conninfo string or URI holds a password; a mere name holds none. */
extern bool connection_string_has_password(const char *dbname);

/* What the server said.  Members are NULL or empty where it did not say. */
typedef struct ServerError
{
	char sqlstate[6];
	char *message;
	char *detail;
	char *hint;
	char *context;
	int position;		  /* in characters, from 1; 0 if unknown */
	char *internal_query; /* where not NULL, the text that position counts in */
} ServerError;

/* Arguments for a statement's $1, $2 ...: PARAMS(a, NULL, c) or NO_PARAMS. */
#define NO_PARAMS 0, NULL
#define PARAMS(...)                                                                                \
	((int) (sizeof((const char *[]){__VA_ARGS__}) / sizeof(const char *))), (const char *const[])  \
	{                                                                                              \
		__VA_ARGS__                                                                                \
	}

/*
 * Connects, and from then on has SIGINT and SIGTERM cancel the statement that
 * runs.  Commands use database_connect() of connect.h.  Logs and returns NULL on
 * failure.  database_close() takes NULL.
 */
extern Database *database_open(const ConnectionOptions *options);
extern void database_close(Database *database);

/*
 * Begins to connect, so that the server can make a session while the caller does something
 * else; asks nothing of it.  NULL where there is nothing to be gained: database_open() says
 * why.  The caller hands it to database_open_begun(), which takes it over, or closes it.
 */
extern Database *database_begin(const ConnectionOptions *options);
extern Database *database_open_begun(Database *begun, const ConnectionOptions *options);

/*
 * Connects to another database of the same server, as the same role.  Until it is
 * closed, which must be before the first, signals act on this connection.
 */
extern Database *database_open_like(const Database *database, const char *dbname);

/* While on, a signal is remembered for database_cancelled() and cancels nothing. */
extern void database_defer_signals(bool defer);

/*
 * Connects as another role, with its password (NULL: from the passfile), to where the
 * options lead; or with role NULL just as the options say.  Waits no longer than connect_timeout,
 * or so many milliseconds where that is not set; logs nothing.  Returns NULL and fills
 * *login in where it can't.  What PGPASSWORD and the options say is the password of the
 * role that they name, and nobody else's.
 */
extern Database *database_try(const ConnectionOptions *options, const char *role,
							  const char *password, int milliseconds, Login *login);

/* How long database_try() waits, in milliseconds. */
extern int database_try_timeout(const ConnectionOptions *options, int milliseconds);

/* Where the options lead, in words; the caller frees it. */
extern char *database_address(const ConnectionOptions *options);

/* The database that the options name, or libpq's default; the caller frees it. */
extern char *database_options_dbname(const ConnectionOptions *options);

/* A conninfo string or URI as a conninfo string without password; the caller frees it. */
extern char *connection_string_without_password(const char *dbname);

/* When the server's certificate ends, in seconds since 1970; 0 where the connection has none. */
extern int64_t database_certificate_end(const Database *database);

extern int database_server_version(const Database *database); /* 150020 */
extern const char *database_server_version_text(const Database *database);
extern int database_announced_pid(const Database *database); /* a pooler makes up its own */
extern const char *database_name(const Database *database);
extern const char *database_user(const Database *database);
extern bool database_user_is_superuser(const Database *database);

/*
 * A second connection to the same server, as the same role, whose settings are
 * what they are: for catalogs alone.  Says nothing and returns NULL on failure.
 */
extern Database *database_connect_beside(const Database *database);

/*
 * Tries to log in to the same database as some role, and ends that at once.  password: NULL
 * leaves it to the file that PGPASSFILE names.  It is sent in no form but SCRAM's proof.
 * Fills in *login, which login_free() frees, and logs nothing.  Takes PGPASSWORD out of the
 * environment.
 */
extern void database_login(const Database *database, const char *role, const char *password,
						   Login *login);

/*
 * From now on, look(argument) is called again and again while a statement runs
 * that takes its time; NULL ends that.
 */
extern void database_watch(Database *database, void (*look)(void *argument), void *argument);

/*
 * Runs a statement.  database_run() fills *error in and logs nothing;
 * database_query() logs what went wrong.  Both return NULL on failure; else the
 * caller frees the result.
 */
extern Result *database_run(Database *database, const char *sql, int count,
							const char *const *values, ServerError *error);
extern Result *database_query(Database *database, const char *sql, int count,
							  const char *const *values);

/*
 * Runs a message of several queries, and hands over the rows of each, which the caller frees; so
 * many there must be.  The results are NULL on failure, which database_run_each() fills into *error,
 * and database_query_each() logs.
 */
extern bool database_run_each(Database *database, const char *sql, Result **results, int count,
							  ServerError *error);
extern bool database_query_each(Database *database, const char *sql, Result **results, int count);

/* As database_run(), for a statement that -v must not show: it says the other text. */
extern Result *database_run_unshown(Database *database, const char *sql, const char *shown,
									ServerError *error);

/*
 * Runs a single statement.  Returns NULL, and logs nothing, where it
 * fails, or where an answer takes longer (-1: never): the connection is then to be
 * closed.
 */
extern Result *database_run_within(Database *database, int milliseconds, const char *sql, int count,
								   const char *const *values);

/* Runs statements whose result doesn't matter.  Logs and returns false on failure. */
extern bool database_command(Database *database, const char *sql);

extern int result_rows(const Result *result);
extern int result_columns(const Result *result);
extern const char *result_value(const Result *result, int row, int column); /* NULL for null */
extern char *result_value_copy(const Result *result, int row, int column); /* the caller frees it */
extern bool result_is_true(const Result *result, int row, int column);
extern void result_free(Result *result);

/* Logs the server's message, below a line of ours where one is given. */
extern void server_error_log(const ServerError *error, const char *headline);
extern void server_error_free(ServerError *error);

/* Whether a transaction block is open and has not failed. */
extern bool database_in_transaction(const Database *database);

/* Whether one is open and has failed: all it takes is ROLLBACK. */
extern bool database_in_failed_transaction(const Database *database);

/* Rolls back where a transaction block is open. */
extern void database_rollback(Database *database);

extern bool database_is_connected(const Database *database);

/* Whether a signal has asked to stop. */
extern bool database_cancelled(void);

/* A text that session.c keeps with the connection, which frees it; first NULL. */
extern char **database_owner_check(Database *database);

/* Quoted for use in SQL text; the caller frees the result. */
extern char *database_quote_literal(Database *database, const char *value);
extern char *database_quote_identifier(Database *database, const char *name);

#endif /* HH_DATABASE_H */
