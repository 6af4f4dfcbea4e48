/*
 * lock_watch.h
 *		Who is in the way of a migration, and when to try it again.
 */
#ifndef HH_LOCK_WATCH_H
#define HH_LOCK_WATCH_H

#include "database.h"

/* Zero-initialised, it has seen nothing. */
typedef struct LockWatch
{
	Database *database; /* borrowed: the one that migrates */
	Database *beside;	/* opened when first there is something to look at */
	bool is_blind;		/* no second connection could be had */
	int pid;			/* of the backend that migrates */
	char *blockers;		/* seen last; NULL where none was */
} LockWatch;

/*
 * Watches what the connection runs, from a second one: once a lock_timeout has
 * struck, the server no longer tells who was in the way.  What is seen is shown
 * (display.h), until the watch stops.
 */
extern bool lock_watch_start(LockWatch *watch, Database *database);
extern void lock_watch_stop(LockWatch *watch);

/* Forgets what was seen. */
extern void lock_watch_reset(LockWatch *watch);

/* Whether the statement failed for want of a lock: by lock_timeout, NOWAIT or a deadlock. */
extern bool lock_is_missing(const ServerError *error);

/* How long to wait before a try, from 1: longer each time, and never quite as long as others do. */
extern int lock_retry_pause_ms(int retry);

#endif /* HH_LOCK_WATCH_H */
