/*
 * owner_session.h
 *		A session for commands that change what a deployment has made.
 */
#ifndef HH_OWNER_SESSION_H
#define HH_OWNER_SESSION_H

#include "deployment.h"
#include "session.h"

/*
 * Reads what is deployed, and makes a session that acts as its owner.  Logs and returns false
 * where nothing is deployed, nothing can be written, or the connected role may not act as
 * the owner.  *deployment is to be freed whatever it returns.
 */
extern bool owner_session_open(Database *database, Deployment *deployment, Session *session);

#endif /* HH_OWNER_SESSION_H */
