/*
 * trace_report.h
 *		What trace prints: what each statement did, and what is wrong with it.
 */
#ifndef HH_TRACE_REPORT_H
#define HH_TRACE_REPORT_H

#include "report.h"
#include "trace_finding.h"

typedef struct TraceSummary
{
	const char *database; /* the target */
	const char *owner;
	const Trace *trace;
	const TraceFindingList *findings;
	bool is_complete; /* else a migration failed, and those behind it were not run */
} TraceSummary;

/* quiet: as text, only the findings that are not allowed. */
extern void trace_report_print(const TraceSummary *summary, OutputFormat format, bool quiet,
							   FILE *stream);

#endif /* HH_TRACE_REPORT_H */
