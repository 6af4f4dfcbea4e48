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

/* Adds what is too much, and leaves the ACLs as they will be then. */
extern void RevokeExcess(AclAudit *acls);

/* What a role holds by an ACL, which may be NULL, whoever gave it: privileges or grant options. */
extern AclMode HeldPrivileges(const Acl *acl, Oid grantee, bool options);

/* "SELECT", or "SELECT (name)" where a column is given. */
extern const char *PrivilegeOnColumn(AclMode privilege, const char *column);

#endif /* HH_AUDIT_REVOKE_H */
