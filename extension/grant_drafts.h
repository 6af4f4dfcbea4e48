/*
 * grant_drafts.h
 *		What the privileges on one object mean to every role, worked out.
 */
#ifndef HH_GRANT_DRAFTS_H
#define HH_GRANT_DRAFTS_H

#include "acl_object.h"
#include "role_graph.h"

/* How a role comes by a privilege. */
typedef enum Via
{
	VIA_DIRECT,
	VIA_OWNER,
	VIA_MEMBER,
	VIA_PUBLIC,
	VIA_PREDEFINED,
	VIA_SUPERUSER,
	VIA_DEFAULT,
	VIA_SET_ROLE,
	VIA_ADMIN,
	VIA_COUNT
} Via;

/* A row before it is one. */
typedef struct Draft
{
	int role;
	int length; /* of the way */
	Oid grantor;
	int privilege; /* the number of its bit */
	Via via;
	bool grantable;
	text *path;
} Draft;

typedef struct Drafts
{
	int count;
	Draft *items;
} Drafts;

/* In the current memory context. */
extern Drafts DraftsOfObject(RouteMap *map, const AclObject *object);

#endif
