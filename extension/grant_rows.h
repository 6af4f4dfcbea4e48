/*
 * grant_rows.h
 *		What the privileges on one object mean to every role: rows without the object.
 *
 * Thousands of objects have the same owner and the same privileges, most of them the default ones.
 * What these mean is worked out once and remembered, within bounds.
 */
#ifndef HH_GRANT_ROWS_H
#define HH_GRANT_ROWS_H

#include "acl_object.h"
#include "role_graph.h"
#include "utils/acl.h"

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

/* A row of the result. The path is a Datum, for it is put into many tuples. */
typedef struct GrantRow
{
	int role;		 /* its number in the graph */
	int length;		 /* of the way */
	Oid grantor;	 /* invalid: nobody granted it */
	uint8 privilege; /* the number of its bit */
	uint8 via;
	bool grantable;
	Datum path;
} GrantRow;

typedef struct GrantRows
{
	int count;
	GrantRow *rows; /* by role, privilege, length of the way */
} GrantRows;

typedef struct GrantRowCache GrantRowCache;

extern GrantRowCache *MakeGrantRowCache(RouteMap *routes);

/* The rows stay until the next call. */
extern const GrantRows *GrantRowsOf(GrantRowCache *cache, const AclObject *object);

extern GrantRows DefaultGrantRows(RouteMap *map, Oid creator, Acl *acl);

#endif
