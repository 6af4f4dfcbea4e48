/*
 * snapshot.h
 *		hh.snapshot: the catalogs as the last deployment left them.
 */
#ifndef HH_SNAPSHOT_H
#define HH_SNAPSHOT_H

#include "catalog_difference.h"
#include "ledger.h"
#include "session.h"

typedef enum SnapshotState
{
	SNAPSHOT_NONE,	   /* none is stored */
	SNAPSHOT_NO_TABLE, /* and none can be: migration 0008 is to come */
	SNAPSHOT_BEHIND,   /* another program has deployed since */
	SNAPSHOT_CURRENT
} SnapshotState;

/* ledger: as it stands.  Logs and returns false on failure. */
extern bool snapshot_look(const Session *session, const Ledger *ledger, SnapshotState *state);

/* Adds what is different from the snapshot.  Logs and returns false on failure. */
extern bool snapshot_compare(const Session *session, CatalogDifferenceList *differences);

/* Warns where something is different, which the next snapshot will forgive. */
extern void snapshot_warn(const Session *session, const Ledger *ledger);

/*
 * Stores the catalogs as they are, where there is a table for them.  Failing to do so is worth a
 * warning: a deployment has not failed for that.
 */
extern void snapshot_store(const Session *session);

/* The same where none are stored, or another program has deployed since.  ledger: as it stands. */
extern void snapshot_keep(const Session *session, const Ledger *ledger);

/* That warning, for a caller that has not come so far. */
extern void snapshot_log_not_kept(void);

#endif /* HH_SNAPSHOT_H */
