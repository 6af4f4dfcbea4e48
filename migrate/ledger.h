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
	char *version;
	char *name;
	char *kind;
	char *checksum;
	LedgerState state;
	char *applied_at; /* ISO 8601, UTC */
	char *applied_by;
	char *tool;
	VariableList variables; /* it was applied with */
	int dimensions;			/* among them; 0 if it uses none */
} LedgerRow;

/* Ordered by version.  Zero-initialised it is the ledger of an empty database. */
typedef struct Ledger
{
	LedgerRow *rows;
	int count;
} Ledger;

extern bool ledger_read(const Session *session, const Deployment *deployment, Ledger *ledger);
extern void ledger_free(Ledger *ledger);

extern const LedgerRow *ledger_find(const Ledger *ledger, const char *version);

/*
 * Records a migration as applied, in the transaction that applied it.  variables:
 * a JSON object of the values used.  Logs nothing: fills *error in.
 */
extern bool ledger_record_applied(const Session *session, const Migration *migration,
								  const char *variables, const char *tool, ServerError *error);

/* The same for one that was taken back. */
extern bool ledger_record_reverted(const Session *session, const Migration *migration,
								   const char *tool, ServerError *error);

#endif /* HH_LEDGER_H */
