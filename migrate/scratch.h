/*
 * scratch.h
 *		A scratch database: what is applied to the target, built anew beside it.
 */
#ifndef HH_SCRATCH_H
#define HH_SCRATCH_H

#include "options.h"
#include "plan.h"
#include "runner.h"
#include "scratch_database.h"
#include "session.h"
#include "survey.h"

/* Zero-initialised it is none.  database and deployment are for the caller to use. */
typedef struct Scratch
{
	Database *database;	   /* connected to it, holding its deployment lock */
	Deployment deployment; /* its own, which belongs to the target's owner */
	Database *target;	   /* borrowed */
	ScratchDatabase made;  /* none where --scratch-dbname names one */
	char *kept_extensions; /* of one that was named: an array of names */
} Scratch;

/*
 * Makes a scratch database, or takes the one that --scratch-dbname names, which
 * must be empty, with the extensions vector, pgcrypto and headhunter in it in the
 * target's versions.  survey is the target's.  Logs what is wrong.  To be closed whatever
 * it returns, before the target's connection is.
 */
extern bool scratch_open(Scratch *scratch, const Options *options, Database *target,
						 const Survey *survey);

/* Runs a plan's migrations in it, without a line a step; plan_rebuild.h makes one. */
extern bool scratch_apply(Scratch *scratch, const Options *options, const Plan *plan);

/* The same while somebody looks on. */
extern bool scratch_apply_observed(Scratch *scratch, const Options *options, const Plan *plan,
								   const StatementObserver *observer);

/* How to run statements in it in the owner's name. */
extern Session scratch_session(const Scratch *scratch);

/* Drops it, or empties the one that was named, also after an error or a signal. */
extern void scratch_close(Scratch *scratch);

#endif /* HH_SCRATCH_H */
