/*
 * attempt.h
 *		One try at running statements of a migration in a transaction.
 */
#ifndef HH_ATTEMPT_H
#define HH_ATTEMPT_H

#include "footing.h"
#include "lock_watch.h"
#include "migration_set.h"
#include "statement_observer.h"
#include "variables.h"

/* What all attempts of a run share. */
typedef struct Workplace
{
	Database *database;
	Session session;
	LockWatch watch;
	Footing footing;				   /* of the transaction that is open */
	int lock_retries;				   /* tries after the first, where a lock can't be had */
	const StatementObserver *observer; /* or NULL */
} Workplace;

typedef enum Tried
{
	TRIED_DONE,
	TRIED_FAILED,
	TRIED_WITHOUT_LOCK, /* and may be tried again */
	TRIED_IN_VAIN		/* the statement runs outside of a transaction only */
} Tried;

/* Zero-initialised but for the first four. */
typedef struct Attempt
{
	Workplace *place;
	const Migration *migration;
	const VariableList *variables;
	bool reverting;
	bool adopting;				/* nothing is run: it is recorded */
	bool is_new;				/* the ledger has no row of it */
	bool may_leave_transaction; /* TRIED_IN_VAIN is of use */
	int retries;				/* so far */
	bool is_uncertain;			/* the connection was lost at COMMIT */
	char *error;				/* of the last failure, for the ledger; or NULL */
} Attempt;

/* Begins a transaction with the timeouts that the file says. */
extern Tried attempt_begin(Attempt *attempt);

/* Runs a statement, from 0, in it; logs what went wrong. */
extern Tried attempt_statement(Attempt *attempt, int number);

extern Tried attempt_commit(Attempt *attempt);

/*
 * What became of a message whose last command was COMMIT; done: of all of it.  Logs what
 * went wrong, and frees *error.
 */
extern Tried attempt_committed(Attempt *attempt, bool done, ServerError *error);

/* Waits before another try; false where it is canceled meanwhile. */
extern bool attempt_pause(Attempt *attempt);

/* Logs and remembers a failure that is nobody's statement's: "could not be" what.  Frees *error. */
extern Tried attempt_failed(Attempt *attempt, const char *what, ServerError *error);

/* Logs and remembers a statement's failure, for which there is no other try.  Frees *error. */
extern void attempt_statement_failed(Attempt *attempt, int number, const char *sql,
									 ServerError *error);

/* Remembers, and logs, that it was canceled; message says where. */
extern void attempt_canceled(Attempt *attempt, const char *where);

/* Remembers what went wrong and was logged. */
extern void attempt_remember(Attempt *attempt, const char *message);

/* Tell the observer, if there is one, of a statement, from 0. */
extern bool attempt_observe_before(const Attempt *attempt, int number);
extern bool attempt_observe_after(const Attempt *attempt, int number);
extern void attempt_observe_failure(const Attempt *attempt, int number, const ServerError *error);

/* The change's statements, or the revert part's. */
extern const StatementList *attempt_statements(const Attempt *attempt);

/* "migration", or "the revert of migration", before its label. */
extern const char *attempt_subject(const Attempt *attempt);

/* "statement 2 of 3 (1000_a.sql, line 7)"; the caller frees it. */
extern char *attempt_place(const Attempt *attempt, int number, int position);

/* The statement as it is sent, with the file's variables filled in; NULL, logged, on an error. */
extern char *attempt_text(const Attempt *attempt, int number);

/* Whether this is still the session that holds the deployment lock; row: of session_is_whole.sql. */
extern bool attempt_check_session(const Workplace *place, const Result *row);

extern void attempt_free(Attempt *attempt);

#endif /* HH_ATTEMPT_H */
