/*
 * privilege.h
 *		Kinds of objects and their privileges: words, bits, and how SQL names them.
 */
#ifndef HH_PRIVILEGE_H
#define HH_PRIVILEGE_H

#include "nodes/parsenodes.h"
#include "utils/acl.h"

/* The words of hh.policy.object_type, in the order in which an audit tells them. */
typedef enum ObjectKind
{
	KIND_DATABASE,
	KIND_SCHEMA,
	KIND_TABLE,
	KIND_SEQUENCE,
	KIND_FUNCTION,
	KIND_TYPE,
	KIND_ROLE
} ObjectKind;

/* "table"; and back, where false says that it is none. */
extern const char *ObjectKindName(ObjectKind kind);
extern bool ObjectKindByName(const char *name, ObjectKind *kind);

/* As ALTER DEFAULT PRIVILEGES calls them: "TABLES". */
extern const char *ObjectKindPlural(ObjectKind kind);

/* What acldefault() calls it. */
extern ObjectType ObjectKindType(ObjectKind kind);

/* Every privilege that there is on objects of the kind, or on their columns. */
extern AclMode AllPrivileges(ObjectKind kind, bool of_column);

/*
 * The bit of one privilege in upper case; 0 for one that this release does not have.
 * False where it is no privilege of the kind.
 */
extern bool PrivilegeByName(const char *name, ObjectKind kind, bool of_column, AclMode *privilege);

/* "SELECT", of one bit. */
extern const char *PrivilegeName(AclMode privilege);

#endif /* HH_PRIVILEGE_H */
