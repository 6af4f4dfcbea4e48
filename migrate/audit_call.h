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
 * What differs from the policy, for one role, quoted as SQL writes it, or for all: NULL.
 * The columns are audit_report.h's.  Logs and returns NULL on failure.
 */
extern Result *audit_call(const Session *session, const char *role);

#endif /* HH_AUDIT_CALL_H */
