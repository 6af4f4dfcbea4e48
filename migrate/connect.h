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

#endif /* HH_CONNECT_H */
