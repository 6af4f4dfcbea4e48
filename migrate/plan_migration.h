/*
 * plan_migration.h
 *		What to do about each migration.
 */
#ifndef HH_PLAN_MIGRATION_H
#define HH_PLAN_MIGRATION_H

#include "plan.h"

/* Plans what is pending up to input->to; code_version: that the migrations will find, or NULL. */
extern void plan_migrations(Plan *plan, const PlanInput *input, const char *code_version);

/* Refuses where a variable that it declares has no value, or can't be filled in. */
extern void plan_check_variables(Plan *plan, const Migration *migration);

/* Refuses a file that is not the one that was applied. */
extern void plan_refuse_changed(Plan *plan, const Migration *migration, const LedgerRow *row);

#endif /* HH_PLAN_MIGRATION_H */
