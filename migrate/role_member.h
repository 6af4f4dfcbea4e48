/*
 * role_member.h
 *		The part of a role plan about memberships.
 */
#ifndef HH_ROLE_MEMBER_H
#define HH_ROLE_MEMBER_H

#include "pqexpbuffer.h"

#include "role_plan.h"

extern void role_plan_revokes(const Policy *policy, const RoleCatalog *catalog,
							  RoleChangeList *changes);
extern void role_plan_grants(const Policy *policy, const RoleCatalog *catalog,
							 RoleChangeList *changes);

/* Memberships in a role that the policy doesn't know, which this database gave. */
extern void role_plan_former_revokes(const RoleCatalog *catalog, const FoundRole *role,
									 RoleChangeList *changes);

/* Takes over the statement; role is borrowed. */
extern void role_changes_add(RoleChangeList *changes, RoleChangeKind kind, const char *role,
							 PQExpBuffer statement, const char *reason);

/* The change that was added last is to be run when other databases are kept off the role. */
extern void role_changes_lock(RoleChangeList *changes, const FoundRole *role);

#endif /* HH_ROLE_MEMBER_H */
