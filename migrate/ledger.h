/*
 * ledger.h
 *		hh.migration: which migration was applied, when and from which text.
 */
#ifndef HH_LEDGER_H
#define HH_LEDGER_H

#include "migration_set.h"
#include "session.h"
#include "variables.h"

typedef enum LedgerState
{
	LEDGER_RUNNING,
	LEDGER_APPLIED,
	LEDGER_FAILED,
	LEDGER_REVERTED,
	LEDGER_BASELINE
} LedgerState;

/* Strings are NULL where the column is. */
typedef struct LedgerRow
{
	const char *version;
	const char *name;
	const char *kind;
	const char *checksum;
	LedgerState state;
	const char *finished_at; /* as a pinned session writes it, in UTC */
	const char *applied_by;
	const char *tool;
	const char *error; /* that ended it */
	int statements_done;
	int statements_total;
	VariableList variables; /* it was applied with */
	int dimensions;			/* among them; 0 if it uses none */
} LedgerRow;

/* Ordered by version.  Zero-initialised it is the ledger of an empty database. */
typedef struct Ledger
{
	Result *source; /* whose the strings are */
	LedgerRow *rows;
	int count;
} Ledger;

extern bool ledger_read(const Session *session, const Deployment *deployment, Ledger *ledger);
extern void ledger_free(Ledger *ledger);

extern const LedgerRow *ledger_find(const Ledger *ledger, const char *version);

/* Whether a migration is applied as it stands; row: its, or NULL. */
extern bool ledger_has_applied(const LedgerRow *row, const Migration *migration);

/* When it was applied, as ISO 8601 in UTC; the caller frees it.  NULL where the row doesn't say. */
extern char *ledger_applied_at(const LedgerRow *row);

/*
 * What the rows of applied migrations are worth comparing by, as queries/snapshot_mark.sql computes it.
 * Logs and returns false on failure.
 */
extern bool ledger_digest(const Ledger *ledger, char digest[CHECKSUM_SIZE]);

/*
 * Records a migration as applied, and commits the transaction that applied it, in one
 * message.  is_new: there was no row of it when the lock was held.  variables: a JSON object
 * of the values used.  Logs nothing: fills *error in.
 */
extern bool ledger_commit_applied(const Session *session, const Migration *migration, bool is_new,
								  const char *variables, const char *tool, ServerError *error);

/* The same for one whose objects were there before. */
extern bool ledger_commit_baseline(const Session *session, const Migration *migration,
								   const char *variables, const char *tool, ServerError *error);

/* Records that one was taken back, in the transaction that did it. */
extern bool ledger_record_reverted(const Session *session, const Migration *migration,
								   const char *tool, ServerError *error);

/*
 * Records a migration as running that goes statement by statement: done of count are
 * done already.
 */
extern bool ledger_record_running(const Session *session, const Migration *migration, int count,
								  int done, const char *variables, const char *tool,
								  ServerError *error);

/* Records that one came to its end, and drops its steps; state: applied or reverted. */
extern bool ledger_record_ended(const Session *session, const Migration *migration,
								LedgerState state, ServerError *error);

/* Records a migration that was rolled back, unless it was applied before. */
extern bool ledger_record_failed(const Session *session, const Migration *migration,
								 const char *variables, const char *tool, const char *message,
								 ServerError *error);

/* Takes a migration that has not come to its end out of the ledger. */
extern bool ledger_forget(const Session *session, const char *version, ServerError *error);

extern const char *ledger_state_name(LedgerState state);

#endif /* HH_LEDGER_H */
