/*
 * bundled.h
 *		Applying the migrations compiled into the library.
 */
#ifndef HH_BUNDLED_H
#define HH_BUNDLED_H

#include "deployment.h"
#include "utils/tuplestore.h"

typedef struct Application
{
	const Deployment *deployment;
	int dimensions; /* of the embedding column to make */
	int count;		/* how many migrations were applied */

	/* Receives (version, name, action) for each; both NULL where nobody asks. */
	Tuplestorestate *results;
	TupleDesc result_desc;
} Application;

/*
 * Applies what is pending, as the current user, each migration with its row in
 * the ledger.  To be called by RunAsOwner() with an Application, holding the
 * deployment lock.  Raises 55000 where the ledger and the library disagree.
 */
extern void ApplyBundled(void *application);

#endif /* HH_BUNDLED_H */
