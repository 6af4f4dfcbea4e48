/*
 * trace_effect.h
 *		From the catalogs before and after a statement to what it did: pure, without
 *		a database.
 */
#ifndef HH_TRACE_EFFECT_H
#define HH_TRACE_EFFECT_H

#include "trace.h"
#include "trace_catalog.h"

/*
 * Adds to the migration's last statement its effects on what was there at the
 * beginning of the migration.
 */
extern void effects_find(TracedMigration *migration, const TraceCatalog *beginning,
						 const TraceCatalog *before, const TraceCatalog *after);

/*
 * To be called when a transaction has come to its end: says which of the names that
 * statements took away are back, and which foreign keys no index serves.  first: the
 * transaction's first statement, from 0.
 */
extern void effects_conclude(TracedMigration *migration, int first, const TraceCatalog *beginning,
							 const TraceCatalog *end);

#endif /* HH_TRACE_EFFECT_H */
