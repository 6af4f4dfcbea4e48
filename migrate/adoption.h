/*
 * adoption.h
 *		Whether a database has what migrations would have made in it.
 */
#ifndef HH_ADOPTION_H
#define HH_ADOPTION_H

#include "catalog_difference.h"
#include "options.h"
#include "plan.h"
#include "survey.h"

/*
 * Builds a scratch database from the ledger, applies the migrations up to input->to to
 * it, and adds where the catalog found is not like theirs: in what the versioned ones
 * make and change.  plan: of plan_make_baseline().  Logs and returns false where it
 * can't be told.
 */
extern bool adoption_compare(const Options *options, Database *target, const Survey *survey,
							 const PlanInput *input, const Plan *plan, const Catalog *found,
							 CatalogDifferenceList *differences);

#endif /* HH_ADOPTION_H */
