/*
 * trace_observer.h
 *		Watches the runner's statements, and records what they did.
 */
#ifndef HH_TRACE_OBSERVER_H
#define HH_TRACE_OBSERVER_H

#include "portability/instr_time.h"

#include "runner.h"
#include "trace.h"
#include "trace_catalog.h"

/* Zero-initialised but for trace, which it adds to.  To be freed with trace_observer_free(). */
typedef struct TraceObserver
{
	Trace *trace;
	TracedMigration *migration; /* that is running */
	TraceCatalog beginning;		/* before it */
	TraceCatalog before;		/* before its statement */
	bool in_transaction;		/* the statement */
	instr_time start;
} TraceObserver;

/* What to give to the runner; observer is borrowed. */
extern StatementObserver trace_observer_for_runner(TraceObserver *observer);
extern void trace_observer_free(TraceObserver *observer);

/* Whether the server counts what trace reads.  Logs where it doesn't. */
extern bool trace_observer_check(Database *database);

#endif /* HH_TRACE_OBSERVER_H */
