/*
 * scratch_database.h
 *		A database that is made for a while, and dropped.
 */
#ifndef HH_SCRATCH_DATABASE_H
#define HH_SCRATCH_DATABASE_H

#include "deployment.h"

/* Zero-initialised it is none. */
typedef struct ScratchDatabase
{
	char *name;
	char *drop_command;
	char *dropping_role; /* to be set for that; NULL: the session user drops it */
} ScratchDatabase;

/*
 * Makes one that belongs to the deployment's owner, in the target's encoding and
 * locale.  Logs what is missing.
 */
extern bool scratch_database_create(Database *target, const Deployment *deployment,
									ScratchDatabase *made);

/* Drops it, and frees what it holds.  Logs where it can't.  Signals are to be deferred. */
extern void scratch_database_drop(Database *target, ScratchDatabase *made);

/* Drops those of runs that were killed, and names those that it may not drop. */
extern void scratch_database_sweep(Database *target);

#endif /* HH_SCRATCH_DATABASE_H */
