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
	ROLE_SETTING
} RoleChangeKind;

typedef struct RoleChange
{
	RoleChangeKind kind;
	const char *role; /* borrowed from the planner's input */
	char *statement;
	char *reason;
} RoleChange;

/* Zero-initialised it is empty. */
typedef struct RoleChangeList
{
	RoleChange *items;
	int count;
} RoleChangeList;

/*
 * Adds what is to be done about attributes, memberships and settings.  additive: nothing
 * is taken away.  Memberships in roles that the policy doesn't know are left alone,
 * unless they give what it gives nobody: another database's policy may own them.
 */
extern void role_plan(const Policy *policy, const RoleCatalog *catalog, bool additive,
					  RoleChangeList *changes);
extern void role_changes_free(RoleChangeList *changes);

extern const char *role_change_name(RoleChangeKind kind);

#endif /* HH_ROLE_PLAN_H */
