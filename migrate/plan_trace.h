/*
 * plan_trace.h
 *		From a ledger, or named versions, to what is built in a scratch database and
 *		what is traced there: pure, without a database.
 */
#ifndef HH_PLAN_TRACE_H
#define HH_PLAN_TRACE_H

#include "plan.h"

typedef struct TracePlan
{
	Plan plan;
	bool *traced; /* one an action: it is looked at, and not only built upon */
	int traced_count;
} TracePlan;

/*
 * Without versions: builds what the ledger has as applied, with the variables it was
 * applied with, and traces what is pending.  With versions: traces those, applied or
 * not, on everything that comes before them.  As plan_make(): with problems, nothing
 * is to be run.
 */
extern void plan_make_trace(TracePlan *trace, const PlanInput *input, const char *const *versions,
							int version_count);
extern void plan_free_trace(TracePlan *trace);

#endif /* HH_PLAN_TRACE_H */
