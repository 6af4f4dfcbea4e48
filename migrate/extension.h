/*
 * extension.h
 *		The code that migrations build on: extension headhunter and what it needs.
 */
#ifndef HH_EXTENSION_H
#define HH_EXTENSION_H

#include "database.h"
#include "deployment.h"

/*
 * Creates vector or pgcrypto as the session user, in schema public; or headhunter
 * as the owner, without letting it deploy.
 */
extern bool extension_create(Database *database, const Deployment *deployment, const char *name);

/*
 * Creates an extension where migrations look for it, in a version if the server has
 * that, as a role (NULL: the session user), without letting it deploy.
 */
extern bool extension_create_version(Database *database, const char *role, const char *name,
									 const char *version);

/*
 * In a scratch database, where nobody grants anything later: lets the session user, who may act
 * as the owner and does not inherit from it, use schema hh.
 */
extern bool extension_let_in(Database *database, const char *owner);

/* Updates headhunter to the server's default version, as its owner. */
extern bool extension_update(Database *database, const Deployment *deployment);

#endif /* HH_EXTENSION_H */
