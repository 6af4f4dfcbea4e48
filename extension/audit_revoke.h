/*
 * audit_revoke.h
 *		What of an object's privileges is to be revoked, and by which statements.
 */
#ifndef HH_AUDIT_REVOKE_H
#define HH_AUDIT_REVOKE_H

#include "audit_acl.h"

typedef struct AclAudit
{
	Audit *audit;
	const AuditObject *object; /* its columns' ACLs change as acl does */
	Oid owner;
	const Expectation *expectations;
	int count;
	Acl *acl; /* the whole object's, as the remedies so far leave it */
} AclAudit;

/* Longer chains of grants are taken for loops. */
#define LONGEST_CHAIN 64

/* The ACL of a column, or of the whole object where column is NULL. */
extern Acl **AclOf(AclAudit *acls, AuditColumn *column);

/*
 * All ACLs have numbers: the columns' from 0, and -1 for the whole object's.  A REVOKE from
 * a column reaches its own, one from the object all: from the first number to before
 * the end.
 */
extern AuditColumn *ColumnOrWhole(const AclAudit *acls, int number);
extern int FirstNumber(const AclAudit *acls, const AuditColumn *column);
extern int EndNumber(const AclAudit *acls, const AuditColumn *column);

/* Whether the role has granted the privilege on, as far as a REVOKE from it reaches. */
extern bool HasDependents(AclAudit *acls, const AuditColumn *column, Oid grantor,
						  AclMode privilege);

/*
 * Whether CASCADE is sure to take all that hangs on what the role has granted, as
 * memberships are and as the policy has them: they change between two remedies.
 */
extern bool CascadeIsSure(AclAudit *acls, const AuditColumn *column, Oid grantor,
						  AclMode privilege);

/* Adds what is too much, and leaves the ACLs as they will be then. */
extern void RevokeExcess(AclAudit *acls);

/* What a role holds by an ACL, which may be NULL, whoever gave it: privileges or grant options. */
extern AclMode HeldPrivileges(const Acl *acl, Oid grantee, bool options);

/* "SELECT", or "SELECT (name)" where a column is given. */
extern const char *PrivilegeOnColumn(AclMode privilege, const char *column);

#endif /* HH_AUDIT_REVOKE_H */
