/*
 * activity.h
 *		What the server does for a backend of ours, and who is in its way.
 */
#ifndef HH_ACTIVITY_H
#define HH_ACTIVITY_H

#include "database.h"

/* Strings are NULL where there is nothing, or where this role isn't shown it. */
typedef struct Blocker
{
	const char *pid; /* "0": a prepared transaction */
	const char *user;
	const char *application;
	const char *state;	 /* of pg_stat_activity; NULL: hidden */
	const char *seconds; /* since its query began */
	const char *query;
} Blocker;

/* Zero-initialised there is nothing.  To be freed with activity_free(). */
typedef struct Activity
{
	char *blockers; /* in words; NULL where there are none */
	char *phase;	/* of an index build; NULL outside of one */
	int percent;	/* of the phase; -1 where it isn't known */
} Activity;

/* A session in the way, in words on one line; the caller frees it. */
extern char *blocker_in_words(const Blocker *blocker);

/* How much of the whole is done, 0 to 100; -1 where that can't be said. */
extern int percent_done(const char *done, const char *total);

/*
 * Asks a second connection about the backend.  Says nothing and returns false where
 * there is no answer within a second: the connection is then to be closed.
 */
extern bool activity_ask(Activity *activity, Database *beside, int pid);
extern void activity_free(Activity *activity);

#endif /* HH_ACTIVITY_H */
