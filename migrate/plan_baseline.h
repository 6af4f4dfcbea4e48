/*
 * plan_baseline.h
 *		From what is there already to what is to be recorded: pure, without a database.
 */
#ifndef HH_PLAN_BASELINE_H
#define HH_PLAN_BASELINE_H

#include "catalog.h"
#include "plan.h"

/*
 * Plans to record as applied, without running them, the pending migrations up to
 * input->to.  What makes the tables in schema hh, without which nothing can be recorded,
 * is applied where the catalog found hasn't them.  Repeatable migrations are left to
 * "up", which can apply them to what is there.  As plan_make(): with problems, nothing
 * is to be run.
 */
extern void plan_make_baseline(Plan *plan, const PlanInput *input, const Catalog *found);

/* Whether the action makes a table in schema hh. */
extern bool plan_action_is_control(const Action *action);

#endif /* HH_PLAN_BASELINE_H */
