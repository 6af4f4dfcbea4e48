/*
 * carry_out.h
 *		Runs a plan, or shows it, and prints what became of it.
 */
#ifndef HH_CARRY_OUT_H
#define HH_CARRY_OUT_H

#include <stdio.h>

#include "options.h"
#include "plan.h"
#include "policy.h"
#include "survey.h"

/* Logs a plan's problems. */
extern void carry_out_refuse(const Plan *plan);

/* One line an action, as a dry run prints them. */
extern void carry_out_show(const Plan *plan, FILE *stream);

/*
 * Runs the plan, or shows it with --dry-run, and prints what there is to print.
 * policy: NULL for a plan that records none.
 */
extern bool carry_out(const Options *options, Database *database, const Survey *survey,
					  const Plan *plan, const Policy *policy);

#endif /* HH_CARRY_OUT_H */
