/*
 * grant_rows.h
 *		What the privileges on one object mean to every role: rows without the object.
 *
 * Thousands of objects have the same owner and the same privileges, most of them the default ones.
 * What these mean is worked out once and remembered, within bounds.
 */
#ifndef HH_GRANT_ROWS_H
#define HH_GRANT_ROWS_H

#include "access/tupdesc.h"

#include "acl_object.h"
#include "role_graph.h"

typedef struct GrantRows
{
	int count;
	Datum *rows; /* composites; by role, privilege, length of the way */
} GrantRows;

typedef struct GrantRowCache GrantRowCache;

extern GrantRowCache *MakeGrantRowCache(RouteMap *routes, TupleDesc columns);

/* The rows stay until the next call. */
extern const GrantRows *GrantRowsOf(GrantRowCache *cache, const AclObject *object);

#endif
