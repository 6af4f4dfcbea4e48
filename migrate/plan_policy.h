/*
 * plan_policy.h
 *		Whether the policy's image is to be replaced: pure, without a database.
 */
#ifndef HH_PLAN_POLICY_H
#define HH_PLAN_POLICY_H

#include "plan.h"

/* After the migrations have been planned, which may bring the image's tables. */
extern void plan_policy(Plan *plan, const PlanInput *input);

/* Refuses --only=roles or privileges where the deployment is not the policy's owner's. */
extern void plan_check_convergence(Plan *plan, const PlanInput *input);

/* Before everything else. */
extern void plan_roles(Plan *plan, const PlanInput *input);

/* After everything else, which may have made what there are privileges on. */
extern void plan_privileges(Plan *plan, const PlanInput *input);

#endif /* HH_PLAN_POLICY_H */
