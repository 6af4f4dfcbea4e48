/*
 * role_plan.h
 *		From a policy's roles and those of the cluster to statements: pure, without a
 *		database.
 */
#ifndef HH_ROLE_PLAN_H
#define HH_ROLE_PLAN_H

#include "role_catalog.h"

/* In the order in which they are run. */
typedef enum RoleChangeKind
{
	ROLE_CREATE,
	ROLE_ATTRIBUTE,
	ROLE_REVOKE,
	ROLE_GRANT,
	ROLE_SETTING,
	ROLE_CLAIM
} RoleChangeKind;

typedef struct RoleChange
{
	RoleChangeKind kind;
	const char *role; /* borrowed from the planner's input */
	char *statement;
	char *reason;
	char *lock; /* a statement that keeps other databases' runs off what it is about; or NULL */
} RoleChange;

/* Zero-initialised it is empty. */
typedef struct RoleChangeList
{
	RoleChange *items;
	int count;
} RoleChangeList;

/*
 * Adds what is to be done about attributes, memberships and settings.  additive: nothing
 * is taken away.  What another database's policy gives is left, as are memberships in
 * roles that the policy doesn't know, unless they give what it gives nobody.
 */
extern void role_plan(const Policy *policy, const RoleCatalog *catalog, bool additive,
					  RoleChangeList *changes);

/*
 * Adds what is to be taken away that a former policy of this database has given, in roles
 * that this one doesn't know.  It comes after owners and privileges, which may be given
 * back by it.
 */
extern void role_plan_former(const Policy *policy, const RoleCatalog *catalog,
							 RoleChangeList *changes);
extern void role_changes_free(RoleChangeList *changes);

extern const char *role_change_name(RoleChangeKind kind);

#endif /* HH_ROLE_PLAN_H */
