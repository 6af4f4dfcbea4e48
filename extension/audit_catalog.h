/*
 * audit_catalog.h
 *		The objects that a policy speaks of, with their owners and privileges.
 */
#ifndef HH_AUDIT_CATALOG_H
#define HH_AUDIT_CATALOG_H

#include "access/attnum.h"

#include "policy_image.h"

typedef struct AuditColumn
{
	AttrNumber attnum;
	const char *name;
	Acl *acl;
} AuditColumn;

/* Whose an object is that an extension's script has made. */
typedef enum ExtensionMember
{
	MEMBER_OF_NONE,
	MEMBER_OF_OURS,
	MEMBER_OF_ANOTHER
} ExtensionMember;

typedef struct AuditObject
{
	ObjectKind kind;
	Oid oid;
	const char *schema; /* NULL for a database and a schema */
	const char *name;	/* a function's with its argument types */
	const char *target; /* "TABLE search.tenants", as GRANT wants it */
	const char *alter;	/* "ALTER VIEW search.v", for its owner */
	Oid owner;
	Acl *acl; /* its default, where none is stored */
	bool has_default_acl;
	ExtensionMember member;
	Oid owning_table;		  /* of a sequence that follows its column's table */
	bool needs_no_privileges; /* an identity column's sequence */
	AuditColumn *columns;	  /* those with privileges of their own */
	int column_count;
} AuditObject;

typedef struct AuditObjectList
{
	AuditObject *items;
	int count;
	int capacity;
} AuditObjectList;

/*
 * This database, the schemas that the policy names, and what has an owner and
 * privileges in them; ordered by kind, schema and name.  Row types and array types
 * have no privileges of their own, and aren't among them.
 */
extern AuditObjectList ReadAuditObjects(const PolicyImage *policy);

#endif /* HH_AUDIT_CATALOG_H */
