/*
 * stepwise.h
 *		Runs a migration that goes statement by statement, each recorded before and behind.
 */
#ifndef HH_STEPWISE_H
#define HH_STEPWISE_H

#include "attempt.h"
#include "step_log.h"

/*
 * Runs the attempt's change, or its revert part, from the first statement that
 * recorded, which may be empty, doesn't have as done.  Logs what went wrong and what
 * stands; what was done stands.
 */
extern bool stepwise_run(Attempt *attempt, Steps recorded);

#endif /* HH_STEPWISE_H */
