/*
 * acl_object.h
 *		The kinds of objects that privileges are granted on, and all objects of a kind.
 */
#ifndef HH_ACL_OBJECT_H
#define HH_ACL_OBJECT_H

#include "access/htup.h"
#include "nodes/parsenodes.h"

/* Privileges as bits: the numbers of AclMode, and one for what only an owner may. */
#define PRIVILEGE_OWNER_BIT 20
#define PRIVILEGE_OWNER		(1u << PRIVILEGE_OWNER_BIT)
#define PRIVILEGE_BITS		(PRIVILEGE_OWNER_BIT + 1)

/* What a predefined role may do to all objects of a kind, without a grant on any. */
typedef struct PredefinedPrivileges
{
	Oid role;
	uint32 privileges;
} PredefinedPrivileges;

#define MAX_PREDEFINED 3

struct AclScan;
struct AclObject;

typedef struct AclObjectKind
{
	const char *type; /* as GRANT calls it, in lower case */
	Oid catalog;
	AttrNumber name;
	AttrNumber schema; /* 0: stands in none */
	AttrNumber owner;  /* 0: none */
	AttrNumber acl;
	ObjectType defaults; /* of acldefault() */
	uint32 privileges;
	bool no_implied; /* an owner's and a superuser's rights are those on another object */
	PredefinedPrivileges predefined[MAX_PREDEFINED];
	/* Adds what is particular to the kind; false: the row is not an object of it. */
	bool (*describe)(struct AclScan *scan, struct AclObject *object, HeapTuple tuple);
} AclObjectKind;

/* An object, as long as its visitor runs. */
typedef struct AclObject
{
	const AclObjectKind *kind;
	Oid owner;
	bool is_system; /* a system catalog: only a superuser writes to it */
	bool has_acl;	/* else kind->defaults apply */
	Datum acl;
	const NameData *schema; /* or NULL */
	Datum name;				/* a text */
	const NameData *column; /* or NULL */
} AclObject;

typedef void (*AclObjectVisitor)(const AclObject *object, void *argument);

extern const AclObjectKind acl_object_kinds[];

/* Not of objects: the last kind is that of default privileges. */
#define ACL_DEFAULTS_KIND 13

extern const AclObjectKind *FindAclObjectKind(int number);
extern const char *PrivilegeBitName(int bit);
extern bool HasTableRights(char relkind);

extern void VisitAclObjects(const AclObjectKind *kind, AclObjectVisitor visitor, void *argument);

#endif
