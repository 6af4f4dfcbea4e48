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

#endif /* HH_COMPAT_H */
