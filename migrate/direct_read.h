/*
 * direct_read.h
 *		Reads a table of the owner's with the connected role's rights.
 */
#ifndef HH_DIRECT_READ_H
#define HH_DIRECT_READ_H

#include "database.h"
#include "deployment.h"

/*
 * Runs a query on one table of schema hh, for a session that can't act as the owner.  That is
 * safe while nothing on the table can run code, which a lock keeps so.  The query reads ONLY
 * the table.  As database_run(): NULL on failure, with *error filled in.
 */
extern Result *direct_read(Database *database, const Deployment *deployment, const char *table,
						   const char *query, ServerError *error);

#endif /* HH_DIRECT_READ_H */
