/*
 * audit_acl.h
 *		The part of an audit about the privileges on one object.
 */
#ifndef HH_AUDIT_ACL_H
#define HH_AUDIT_ACL_H

#include "audit_catalog.h"
#include "audit_finding.h"

/* What the policy says of an object's privileges. */
typedef struct Expectation
{
	Oid grantee;
	AttrNumber attnum; /* 0: the whole object */
	const char *column_name;
	AclMode privilege; /* one bit */
	bool grantable;
	bool may_be_missing;
	int line;
} Expectation;

/*
 * Adds what differs.  owner is whose the object will be when the findings about
 * owners have been mended.  Columns' privileges are changed in place.
 */
extern void AuditAcl(Audit *audit, const AuditObject *object, Oid owner,
					 const Expectation *expectations, int count);

#endif /* HH_AUDIT_ACL_H */
