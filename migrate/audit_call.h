/*
 * audit_call.h
 *		Calls hh.audit(), and no look-alike: its remedies are run.
 */
#ifndef HH_AUDIT_CALL_H
#define HH_AUDIT_CALL_H

#include "session.h"

/* Whether the database has the extension's own hh.audit().  Logs and returns false on failure. */
extern bool audit_look(Database *database, bool *is_there);

/*
 * A query that calls "hh.audit(...)" once, for the session to run: the extension's own is called.
 * Logs and returns NULL on failure; the caller frees it.
 */
extern char *audit_query(const Session *session, const char *sql);

/*
 * What differs from the policy, for one role, quoted as SQL writes it, or for all: NULL.
 * The columns are audit_report.h's.  Logs and returns NULL on failure.
 */
extern Result *audit_call(const Session *session, const char *role);

#endif /* HH_AUDIT_CALL_H */
