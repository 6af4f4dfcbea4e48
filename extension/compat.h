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

/* Before 17 there is no such privilege: a word that stands for no bit. */
#ifndef ACL_MAINTAIN
#define ACL_MAINTAIN ((AclMode) 0)
#endif

/*
 * From 16 a membership has a row for each of its grantors, with options of its
 * own, and REVOKE takes the row of the grantor it names.  Before, there is one row,
 * and CREATEROLE grants itself any role but a superuser's: that which runs programs
 * on the server, too.
 */
#if PG_VERSION_NUM >= 160000
#define MEMBERSHIP_HAS_OPTIONS						  true
#define MembershipInherits(membership, role_inherits) ((membership)->inherit_option)
#define MembershipSets(membership)					  ((membership)->set_option)
#define CREATEROLE_IS_SUPERUSER						  false
#else
#define MEMBERSHIP_HAS_OPTIONS						  false
#define MembershipInherits(membership, role_inherits) (role_inherits)
#define MembershipSets(membership)					  true
#define CREATEROLE_IS_SUPERUSER						  true
#endif

#endif /* HH_COMPAT_H */
