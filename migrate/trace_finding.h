/*
 * trace_finding.h
 *		From what migrations did to what will hurt: pure, without a database.
 */
#ifndef HH_TRACE_FINDING_H
#define HH_TRACE_FINDING_H

#include "trace_rule.h"

/* Where a rule is broken.  Owns found, instead and allowed; borrows from the trace. */
typedef struct TraceFinding
{
	const TraceRule *rule;
	const TracedMigration *migration;
	int statement; /* from 0 */
	const Effect *effect;
	char *found;
	char *instead;
	char *allowed; /* the reason that the file gives; NULL where it doesn't allow it */
} TraceFinding;

/* Zero-initialised it is empty.  Ordered as the migrations, and by statement. */
typedef struct TraceFindingList
{
	TraceFinding *items;
	int count;
	int allowed_count; /* of them */
} TraceFindingList;

extern void trace_findings_make(TraceFindingList *findings, const Trace *trace);
extern void trace_findings_free(TraceFindingList *findings);

#endif /* HH_TRACE_FINDING_H */
