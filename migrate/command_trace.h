/*
 * command_trace.h
 *		"hh-migrate trace": what migrations will do to those who use the database.
 */
#ifndef HH_COMMAND_TRACE_H
#define HH_COMMAND_TRACE_H

#include "options.h"

/* Returns the exit code. */
extern int command_trace(const Options *options);

#endif /* HH_COMMAND_TRACE_H */
