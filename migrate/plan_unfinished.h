/*
 * plan_unfinished.h
 *		What to do about a migration that goes statement by statement and has not come
 *		to its end: pure, without a database.
 */
#ifndef HH_PLAN_UNFINISHED_H
#define HH_PLAN_UNFINISHED_H

#include "plan.h"

/* What "up" does about it.  row: its own, running or failed. */
extern void plan_unfinished(Plan *plan, const PlanInput *input, const Migration *migration,
							const LedgerRow *row);

/*
 * Refuses what could not be found again after an interruption, and what only the owner
 * may run.
 */
extern void plan_check_stepwise(Plan *plan, const PlanInput *input, const Migration *migration);

/*
 * Plans to go on with a migration, or its revert, of which there are steps; or adds a
 * problem where the file has changed.
 */
extern void plan_go_on(Plan *plan, ActionKind kind, const Migration *migration,
					   const LedgerRow *row, Steps steps);

/*
 * Whether the file's statements from first (from 0) to before count are others than
 * the recorded ones, and in what: a sentence, which the caller frees.
 */
extern bool steps_differ(Steps steps, const Migration *migration, const VariableList *values,
						 int first, int count, char **difference);

/* A statement's text in one line, cut where it is long; the caller frees it. */
extern char *statement_excerpt(const char *text);

#endif /* HH_PLAN_UNFINISHED_H */
