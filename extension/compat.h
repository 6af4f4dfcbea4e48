/*
 * compat.h
 *		What differs between the supported versions of PostgreSQL, 15 to 18.
 */
#ifndef HH_COMPAT_H
#define HH_COMPAT_H

#if PG_VERSION_NUM < 150000
#error "headhunter needs PostgreSQL 15 or newer"
#endif

#include "utils/acl.h"
#if PG_VERSION_NUM >= 160000
#include "varatt.h"
#endif

/*
 * Whether a role may SET ROLE to another; superusers may to all.  Before 16
 * every membership allowed it.
 */
#if PG_VERSION_NUM >= 160000
#define CanSetRole(member, role) member_can_set_role(member, role)
#else
#define CanSetRole(member, role) is_member_of_role(member, role)
#endif

/*
 * From 16 a membership has a row for each of its grantors, with options of its
 * own, and REVOKE takes the row of the grantor it names.  Before, there is one row, the
 * member's own attribute says whether it inherits, every membership allows SET ROLE, and
 * CREATEROLE grants itself any role but a superuser's: that which runs programs on the
 * server, too.  Of a row of pg_auth_members, or of the database's owner.
 */
#if PG_VERSION_NUM >= 160000
#define MEMBERSHIP_HAS_OPTIONS					  true
#define MembershipInherits(form, member_inherits) ((form)->inherit_option)
#define MembershipAllowsSet(form)				  ((form)->set_option)
#define DatabaseOwnerInherits(member_inherits)	  true
#define CREATEROLE_IS_SUPERUSER					  false
#else
#define MEMBERSHIP_HAS_OPTIONS					  false
#define MembershipInherits(form, member_inherits) (member_inherits)
#define MembershipAllowsSet(form)				  true
#define DatabaseOwnerInherits(member_inherits)	  (member_inherits)
#define CREATEROLE_IS_SUPERUSER					  true
#endif

#if PG_VERSION_NUM >= 160000
#define HasFunctionRight(function, role, right)                                                    \
	(object_aclcheck(ProcedureRelationId, function, role, right) == ACLCHECK_OK)
#define HasSchemaRight(schema, role, right)                                                        \
	(object_aclcheck(NamespaceRelationId, schema, role, right) == ACLCHECK_OK)
#else
#define HasFunctionRight(function, role, right)                                                    \
	(pg_proc_aclcheck(function, role, right) == ACLCHECK_OK)
#define HasSchemaRight(schema, role, right)                                                        \
	(pg_namespace_aclcheck(schema, role, right) == ACLCHECK_OK)
#endif

/* Before 17 there is no such privilege: a word that stands for no bit. */
#ifndef ACL_MAINTAIN
#define ACL_MAINTAIN	 ((AclMode) 0)
#define ROLE_PG_MAINTAIN InvalidOid
#endif

/* From 17 a multirange has its range type's privileges, and none of its own. */
#if PG_VERSION_NUM >= 170000
#define HasOwnPrivileges(type) (!IsTrueArrayType(type) && (type)->typtype != TYPTYPE_MULTIRANGE)
#else
#define HasOwnPrivileges(type) (!IsTrueArrayType(type))
#endif

/* Large objects have default privileges from 18. */
#if PG_VERSION_NUM >= 180000
#define HH_DEFACLOBJ_LARGEOBJECT DEFACLOBJ_LARGEOBJECT
#else
#define HH_DEFACLOBJ_LARGEOBJECT 'L'
#endif

#endif /* HH_COMPAT_H */
