/*
 * trace_text.h
 *		What trace prints for people: migration by migration.
 */
#ifndef HH_TRACE_TEXT_H
#define HH_TRACE_TEXT_H

#include <stdio.h>

#include "trace_finding.h"

/* quiet: only the findings that are not allowed. */
extern void trace_text_print(const Trace *trace, const TraceFindingList *findings, bool quiet,
							 FILE *stream);

/* A statement without the blanks and comments before it; the caller frees it. */
extern char *trace_statement_text(const Statement *statement);

#endif /* HH_TRACE_TEXT_H */
