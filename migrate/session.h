/*
 * session.h
 *		The one place that decides in whose name a statement runs.
 *
 * Whatever touches the database's tables goes through here.  Where the session
 * user is the deployment's owner, statements are sent plainly.  Where it is
 * somebody else, often a superuser, they go through hh.execute_as_owner(): under
 * a mere SET ROLE, a trigger or function that the owner planted could RESET ROLE
 * and go on with the session user's rights.
 */
#ifndef HH_SESSION_H
#define HH_SESSION_H

#include "database.h"
#include "deployment.h"

typedef enum SessionMode
{
	SESSION_PLAIN,	  /* the session user is the owner, and no superuser */
	SESSION_AS_OWNER, /* through hh.execute_as_owner() */
	SESSION_READER	  /* may not act as the owner, or can't yet: reads the ledger only */
} SessionMode;

/* Borrows the database.  A plain record without anything to free. */
typedef struct Session
{
	Database *database;
	SessionMode mode;
	char owner[NAMEDATALEN];
	bool has_snapshot_table; /* as the deployment's */
	bool has_policy_tables;
} Session;

extern Session session_make(Database *database, const Deployment *deployment);

/*
 * The same after the extension may have been created, for the owner that was
 * decided on before.  Logs and returns false where it can't act as the owner.
 */
extern bool session_remake(Database *database, const Deployment *decided, Session *session);

/* A function of the extension's that is called by its OID, through one in the temporary schema. */
typedef struct BoundCall
{
	const char *name; /* in pg_temp, and in C */
	const char *argument_type;
	const char *binding;  /* makes it */
	const char *function; /* what it calls, for messages */
} BoundCall;

/*
 * Binds it, unless it is bound.  By name, whoever owns schema hh could put a function of
 * their own in its place between a look at it and the call; the binding nobody but the
 * session user can replace, nor the function in C anybody but a superuser.  Returns false,
 * with *error filled in, where what would be called is not the extension's own.
 */
extern bool session_bind(Database *database, const BoundCall *call, ServerError *error);

/*
 * Runs one statement in the owner's name and returns the first columns of its
 * result.  As database_run(): NULL on failure, with *error filled in.
 */
extern Result *session_run(const Session *session, const char *sql, int columns, int count,
						   const char *const *values, ServerError *error);

/*
 * Runs one statement in the owner's name and commits the transaction that is open, in one
 * message: nothing is committed where the statement fails.  False on failure, with *error
 * filled in.
 */
extern bool session_run_and_commit(const Session *session, const char *sql, int count,
								   const char *const *values, ServerError *error);

/*
 * Begins a transaction, by a command that says which, for a session that has run nothing yet:
 * the call is bound outside of one.  Logs and returns false on failure.
 */
extern bool session_begin(const Session *session, const char *begin);

/* As database_query(): the error is logged. */
extern Result *session_query(const Session *session, const char *sql, int columns, int count,
							 const char *const *values);

/* A query of our own without parameters, which ends with a semicolon. */
typedef struct SessionQuery
{
	const char *sql;
	int columns;
} SessionQuery;

/*
 * As session_query(), for several at once: in one message, where that can be.  All or none of the
 * results are there.
 */
extern bool session_query_each(const Session *session, const SessionQuery *queries,
							   Result **results, int count);

/*
 * Runs one statement outside of a transaction, in the owner's name: where the session
 * user is somebody else, under SET ROLE, and only a statement that
 * statement_is_contained(), by which nothing of the owner's can climb back.
 */
extern bool session_run_alone(const Session *session, const char *sql, ServerError *error);

#endif /* HH_SESSION_H */
