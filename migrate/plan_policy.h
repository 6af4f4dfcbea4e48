/*
 * plan_policy.h
 *		Whether the policy's image is to be replaced: pure, without a database.
 */
#ifndef HH_PLAN_POLICY_H
#define HH_PLAN_POLICY_H

#include "plan.h"

/* After the migrations have been planned, which may bring the image's tables. */
extern void plan_policy(Plan *plan, const PlanInput *input);

#endif /* HH_PLAN_POLICY_H */
