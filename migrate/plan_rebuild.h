/*
 * plan_rebuild.h
 *		From a ledger to what builds the same anew: pure, without a database.
 */
#ifndef HH_PLAN_REBUILD_H
#define HH_PLAN_REBUILD_H

#include "plan.h"

/*
 * Plans to apply what the ledger has as applied, in the order of the versions, with
 * the variables it was applied with: in another, empty database, where the
 * extension is.  Up to input->to, where it says one.  A repeatable migration that has
 * changed is applied as it is now, for its old text is nowhere.  As plan_make(): with
 * problems, nothing is to be run.
 */
extern void plan_make_rebuild(Plan *plan, const PlanInput *input);

/* Whether anything of the migration may be in the database: else it was rolled back. */
extern bool ledger_row_stands(const PlanInput *input, const LedgerRow *row);

#endif /* HH_PLAN_REBUILD_H */
