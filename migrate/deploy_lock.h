/*
 * deploy_lock.h
 *		One deployment at a time in a database.
 */
#ifndef HH_DEPLOY_LOCK_H
#define HH_DEPLOY_LOCK_H

#include "database.h"

/*
 * Takes the advisory lock for the session, waiting up to wait_seconds; says on
 * stderr who holds it.  end_orphan: ends a session of hh-migrate's that holds it and
 * works on though its client is gone.  Polls, and holds neither transaction nor snapshot between
 * two tries: a blocking wait would deadlock with a CREATE INDEX CONCURRENTLY of
 * the holder.
 */
extern bool deploy_lock_take(Database *database, int wait_seconds, bool end_orphan);
extern void deploy_lock_release(Database *database);

#endif /* HH_DEPLOY_LOCK_H */
