/*
 * connect.h
 *		A connection that is one session, with settings that are known.
 */
#ifndef HH_CONNECT_H
#define HH_CONNECT_H

#include "database.h"

/*
 * Connects, refuses a pooler that shares sessions, and pins the session against
 * settings of roles and databases.  Logs and returns NULL on failure.
 */
extern Database *database_connect(const ConnectionOptions *options);

/* The same with a connection that database_begin() has begun, or NULL. */
extern Database *database_connect_begun(Database *begun, const ConnectionOptions *options);

/* The same to another database of the same server, as database_open_like(). */
extern Database *database_connect_like(const Database *database, const char *dbname);

/*
 * The same for a connection that may well fail, as database_try() makes it with the
 * options alone: *login is filled in, or something is logged.
 */
extern Database *database_connect_trying(const ConnectionOptions *options, int milliseconds,
										 Login *login);

/*
 * Pins the session again, after a statement that may have set what it liked.  Logs and returns
 * false on failure.
 */
extern bool connect_pin(Database *database);

#endif /* HH_CONNECT_H */
