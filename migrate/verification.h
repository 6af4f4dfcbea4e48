/*
 * verification.h
 *		Whether the verify parts of applied migrations still hold.
 */
#ifndef HH_VERIFICATION_H
#define HH_VERIFICATION_H

#include "ledger.h"
#include "migration_set.h"
#include "session.h"

/*
 * Sets verified[i] for each migration: false where it is repeatable, applied from
 * the same text, and one of its verify queries is not true.  Where the extension
 * is gone, what depends on it is gone too: no verify part is taken to hold.
 *
 * A session that only reads sends the queries itself: they are our own and read the
 * catalogs alone, so that nothing of the database's can run in its name.  One that
 * it may not run does not hold, and is logged.  A team's queries, which may read
 * anything, it does not run: they do not hold, and that is said.
 */
extern bool verification_run(const Session *session, const Deployment *deployment,
							 const MigrationSet *migrations, const Ledger *ledger, bool *verified);

/*
 * Whether one verify query returns one row that is true.  applied_with: the
 * variables' values, from the ledger.  As session_run() on failure.
 */
extern bool verification_run_query(const Session *session, const Migration *migration,
								   const Statement *query, const VariableList *applied_with,
								   bool *holds, ServerError *error);

#endif /* HH_VERIFICATION_H */
