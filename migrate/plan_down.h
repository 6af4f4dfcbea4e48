/*
 * plan_down.h
 *		From what is applied to what is to be taken back: pure, without a database.
 */
#ifndef HH_PLAN_DOWN_H
#define HH_PLAN_DOWN_H

#include "plan.h"

/*
 * Plans to take back what is applied above input->to, newest first; without it,
 * the newest alone.  As plan_make(): with problems, nothing is to be run.
 */
extern void plan_make_down(Plan *plan, const PlanInput *input);

#endif /* HH_PLAN_DOWN_H */
