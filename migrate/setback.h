/*
 * setback.h
 *		What a try at changing roles failed by, and whether another one may help.
 */
#ifndef HH_SETBACK_H
#define HH_SETBACK_H

#include "database.h"

/* Zero-initialised it is empty. */
typedef struct Setback
{
	char *statement;
	ServerError error;
} Setback;

extern void setback_clear(Setback *setback);

/* Takes over the error. */
extern void setback_note(Setback *setback, const char *statement, ServerError *error);

/*
 * Roles are the cluster's, and advisory locks a database's: another one may have changed
 * the same role just now.  That a thing is there already, or not there, is then no longer
 * so in a new plan: the same statement failing by it again is in vain, as is one that
 * sets what the server doesn't know.
 */
extern bool setback_is_passing(const Setback *before, const char *statement,
							   const ServerError *error);

#endif /* HH_SETBACK_H */
