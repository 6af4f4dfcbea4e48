/*
 * convergence.h
 *		Brings roles and privileges to what the policy says.
 *
 * Roles come from the policy alone; owners and privileges from hh.audit(), where the
 * database has it.
 */
#ifndef HH_CONVERGENCE_H
#define HH_CONVERGENCE_H

#include "change.h"
#include "policy.h"
#include "session.h"

/* All is borrowed. */
typedef struct Convergence
{
	Database *database;
	const Policy *policy;
	const char *origin;		/* of the policy, for its image; NULL: that is only looked at */
	const Session *session; /* NULL: owners and privileges are left alone */
	bool leaves_roles;
	bool leaves_former; /* what a former policy gave: it goes when owners are as they should be */
	bool additive;
} Convergence;

/* How it went. */
typedef enum Converged
{
	CONVERGED,		/* all of it */
	CONVERGED_PART, /* something is left, which was logged */
	CONVERGED_NOT	/* nothing was changed, and why was logged */
} Converged;

/*
 * Whether the session can bring privileges to the policy: there is the extension's
 * hh.audit(), and tables for the image.  Logs and returns false on failure.
 */
extern bool convergence_look(const Session *session, bool *can_audit);

/* Adds what there is to do, and changes nothing.  Logs and returns false on failure. */
extern bool convergence_plan(const Convergence *convergence, ChangeList *changes);

/*
 * Does it, in one transaction, and reads it back.  Adds what was done.  Another database of
 * the cluster may be doing the same.
 */
extern Converged convergence_run(const Convergence *convergence, ChangeList *changes);

#endif /* HH_CONVERGENCE_H */
