/*
 * founding.h
 *		The ledger of a database whose schemas were there before it.
 */
#ifndef HH_FOUNDING_H
#define HH_FOUNDING_H

#include "deployment.h"
#include "migration_set.h"

/*
 * Applies and records the migration that makes the ledger's table.  Logs and returns
 * false on failure.
 */
extern bool founding_run(Database *database, const Deployment *deployment,
						 const Migration *migration);

#endif /* HH_FOUNDING_H */
