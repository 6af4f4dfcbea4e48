/*
 * step_log.h
 *		hh.migration_statement: how far a migration has come that runs outside of a
 *		transaction.
 *
 * Each record is a transaction of its own, made before or behind the statement it is
 * about; but a statement that can run in a transaction is marked as done there.
 */
#ifndef HH_STEP_LOG_H
#define HH_STEP_LOG_H

#include "migration_set.h"
#include "session.h"

typedef enum StepState
{
	STEP_PENDING,
	STEP_RUNNING, /* begun, and nobody has said how it ended */
	STEP_DONE,
	STEP_FAILED
} StepState;

typedef struct Step
{
	char *version;
	int number; /* from 1 */
	bool reverting;
	char *text; /* as it is sent */
	StepState state;
	bool is_atomic;		 /* if it isn't done, nothing of it stands */
	char *backend_pid;	 /* it was sent to; NULL where it never was */
	char *backend_start; /* as PostgreSQL writes it */
} Step;

/* Ordered by version and number.  Zero-initialised it is empty. */
typedef struct StepLog
{
	Step *items;
	int count;
} StepLog;

/* The steps of one migration: a view into the log. */
typedef struct Steps
{
	const Step *items;
	int count;
} Steps;

/* Reads all steps of migrations that have begun and not ended; none where the table is missing. */
extern bool step_log_read(const Session *session, StepLog *log);
extern void step_log_free(StepLog *log);

extern Steps step_log_of(const StepLog *log, const char *version);

/* The first that isn't done; the count where all are. */
extern int steps_done(Steps steps);

extern const char *step_state_name(StepState state);

/* Replaces what is recorded of the version; in a transaction of the caller's. */
extern bool step_log_write(const Session *session, const char *version, Steps steps,
						   ServerError *error);

/* backend_pid and backend_start: of the session that the statement is sent to. */
extern bool step_record_running(const Session *session, const Step *step, ServerError *error);
extern bool step_record_done(const Session *session, const Step *step, ServerError *error);
extern bool step_record_failed(const Session *session, const Step *step, const char *message,
							   ServerError *error);

/* As if it had never begun: the next run sends it. */
extern bool step_record_pending(const Session *session, const Step *step, ServerError *error);

#endif /* HH_STEP_LOG_H */
