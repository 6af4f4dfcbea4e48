/*
 * runner.h
 *		Applies a plan.
 */
#ifndef HH_RUNNER_H
#define HH_RUNNER_H

#include "plan.h"
#include "policy.h"
#include "statement_observer.h"

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

typedef struct RunnerSettings
{
	int lock_retries;				   /* tries after the first, where a lock can't be had */
	const StatementObserver *observer; /* or NULL */
	const Policy *policy;			   /* for a plan that records one */
	const char *policy_origin;
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
