/*
 * runner.h
 *		Applies a plan.
 */
#ifndef HH_RUNNER_H
#define HH_RUNNER_H

#include "plan.h"

typedef enum OutcomeKind
{
	OUTCOME_NOT_RUN,
	OUTCOME_DONE,
	OUTCOME_FAILED
} OutcomeKind;

typedef struct Outcome
{
	OutcomeKind kind;
	int milliseconds;
} Outcome;

/*
 * Looks on as statements of migrations run.  number: of the statement, from 0.
 *
 * before() and after() are called around a statement, in the transaction that it
 * runs in, if it runs in one; sql is what is sent.  They log what goes wrong and
 * return false to have the migration fail.  failed() is told the server's error.
 */
typedef struct RunnerObserver
{
	void *context;
	bool (*before)(void *context, const Session *session, const Migration *migration, int number,
				   const char *sql);
	bool (*after)(void *context, const Session *session, const Migration *migration, int number);
	void (*failed)(void *context, const Migration *migration, int number, const ServerError *error);
} RunnerObserver;

typedef struct RunnerSettings
{
	int lock_retries;				/* tries after the first, where a lock can't be had */
	const RunnerObserver *observer; /* or NULL */
} RunnerSettings;

/* Called after each action that was run. */
typedef void (*ProgressCallback)(const Action *action, const Outcome *outcome);

/*
 * Runs the plan's actions in order and fills in outcomes, one an action.  Stops at
 * the first that fails, having logged why; what was done before stands.
 */
extern bool runner_apply(Database *database, const Deployment *deployment, const Plan *plan,
						 const RunnerSettings *settings, Outcome *outcomes,
						 ProgressCallback progress);

#endif /* HH_RUNNER_H */
