/*
 * role_claims.h
 *		The part of a role plan about what databases claim: their lines in roles' comments.
 */
#ifndef HH_ROLE_CLAIMS_H
#define HH_ROLE_CLAIMS_H

#include "role_claim.h"
#include "role_plan.h"

/* Adds to *sum what other databases' policies say of the role. */
extern void role_claims_add_attributes(const RoleCatalog *catalog, const FoundRole *role,
									   ClaimedAttributes *sum);

/* Whether another database's policy has the membership; its options are added to *found. */
extern bool role_claims_of_others(const RoleCatalog *catalog, const char *role, const char *member,
								  ClaimedMember *found);

/* Whether this database has recorded the membership, by this policy or a former one. */
extern bool role_claims_of_own(const RoleCatalog *catalog, const char *role, const char *member);

/* Whether this database has a line there at all. */
extern bool role_claims_know(const RoleCatalog *catalog, const FoundRole *role);

/* Records what the policy says of its roles. */
extern void role_plan_claims(const Policy *policy, const RoleCatalog *catalog, bool additive,
							 RoleChangeList *changes);

/* Takes back what a former policy said of a role that this one doesn't know. */
extern void role_plan_withdrawal(const RoleCatalog *catalog, const FoundRole *role,
								 RoleChangeList *changes);

#endif /* HH_ROLE_CLAIMS_H */
