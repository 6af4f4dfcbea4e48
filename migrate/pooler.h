/*
 * pooler.h
 *		Whether the connection is one session of the server's.
 */
#ifndef HH_POOLER_H
#define HH_POOLER_H

#include "database.h"

/*
 * Logs and returns false where a pooler gives a session to one client for a
 * transaction and to another for the next.  Nothing is changed in the session.
 */
extern bool pooler_check(Database *database);

/* Logs why such a connection is refused.  detail: what gave it away; or NULL. */
extern void pooler_log_refusal(const char *detail);

#endif /* HH_POOLER_H */
