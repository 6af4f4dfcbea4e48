/*
 * statement_observer.h
 *		Who looks on as statements of migrations run.
 */
#ifndef HH_STATEMENT_OBSERVER_H
#define HH_STATEMENT_OBSERVER_H

#include "migration_set.h"
#include "session.h"

/*
 * before() and after() are called around a statement, in the transaction that it
 * runs in, if it runs in one; number is the statement's, from 0.  They log what goes
 * wrong and return false to have the migration fail.  failed() is told the server's
 * error.  Where there is to be another try, or one outside of a transaction,
 * before() is called for the same statement, or an earlier one, again.
 */
typedef struct StatementObserver
{
	void *context;
	bool (*before)(void *context, const Session *session, const Migration *migration, int number);
	bool (*after)(void *context, const Session *session, const Migration *migration, int number);
	void (*failed)(void *context, const Migration *migration, int number, const ServerError *error);
} StatementObserver;

#endif /* HH_STATEMENT_OBSERVER_H */
