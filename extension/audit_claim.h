/*
 * audit_claim.h
 *		What databases' policies say of a role, as far as an audit goes by it.
 */
#ifndef HH_AUDIT_CLAIM_H
#define HH_AUDIT_CLAIM_H

#include "role_claim.h"

/* Adds to *sum what other databases' policies say of the role. */
extern void AddClaimedAttributes(Oid role, ClaimedAttributes *sum);

/* Whether another database's policy has the membership; its options are added to *found. */
extern bool IsClaimedElsewhere(Oid group, Oid member, ClaimedMember *found);

/* Whether this database has recorded the membership, by this policy or a former one. */
extern bool IsClaimedHere(Oid group, Oid member);

#endif /* HH_AUDIT_CLAIM_H */
