/*
 * plan_code.h
 *		What migrations stand on: rights, schemas, the extension.
 */
#ifndef HH_PLAN_CODE_H
#define HH_PLAN_CODE_H

#include "plan.h"

extern void plan_check_rights(Plan *plan, const Deployment *deployment);

/* The schemas that a deployment makes must not be somebody else's. */
extern void plan_check_data_schemas(Plan *plan, const PlanInput *input);

/* Plans the code, and returns the version of it that the migrations will find. */
extern const char *plan_extension(Plan *plan, const Deployment *deployment);

/* Where the code is left as it is, it has to be there. */
extern const char *plan_without_extension(Plan *plan, const Deployment *deployment);

/* code_version: that the migration will find, or NULL. */
extern void plan_check_required_version(Plan *plan, const Migration *migration,
										const char *code_version);

#endif /* HH_PLAN_CODE_H */
