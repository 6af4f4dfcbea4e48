/*
 * audit_finding.h
 *		What hh.audit() finds: differences between policy and catalogs.
 */
#ifndef HH_AUDIT_FINDING_H
#define HH_AUDIT_FINDING_H

#include "policy_image.h"

typedef enum Verdict
{
	VERDICT_MISSING,
	VERDICT_EXCESS,
	VERDICT_WRONG_OWNER,
	VERDICT_WRONG_DEFAULT,
	VERDICT_WRONG_ATTRIBUTE,
	VERDICT_WRONG_MEMBERSHIP,
	VERDICT_UNKNOWN_ROLE
} Verdict;

typedef enum Severity
{
	SEVERITY_ERROR, /* somebody can do more than the policy says, or less */
	SEVERITY_WARNING, /* so it will be with what is made next, or a role isn't quite as it should be */
	SEVERITY_NOTE	  /* it makes no difference as things are */
} Severity;

/*
 * What is to be mended before what: every remedy can be run when those of the phases
 * before it have been.
 */
typedef enum Phase
{
	PHASE_CREATE_ROLE,
	PHASE_ATTRIBUTE,
	PHASE_REVOKE_MEMBERSHIP,
	PHASE_GRANT_MEMBERSHIP,
	PHASE_OWNER,
	PHASE_GRANT_SCHEMA, /* on schemas and the database: who grants in a schema must reach into it */
	PHASE_REVOKE,
	PHASE_GRANT,
	PHASE_REVOKE_SCHEMA,
	PHASE_DEFAULT,
	PHASE_REVOKE_FORMER /* memberships by which owners could still be changed */
} Phase;

#define PHASE_COUNT (PHASE_REVOKE_FORMER + 1)

/* Strings are borrowed, and NULL where there is nothing to say. */
typedef struct Finding
{
	Phase phase;
	Verdict verdict;
	Severity severity;
	Oid role;		/* ACL_ID_PUBLIC for PUBLIC */
	Oid other_role; /* whom it concerns too; InvalidOid if nobody */
	ObjectKind object_type;
	const char *object_schema;
	const char *object_name;
	const char *column_name;
	const char *privilege;
	const char *path;
	const char *remedy;
	int line; /* of the policy's file; 0: none */
} Finding;

/* The database or a schema, as what stands in it needs to know. */
typedef struct Container
{
	const char *schema; /* NULL: the database */
	const char *target; /* "SCHEMA search" */
	Oid owner;			/* when the findings about owners have been mended */
	const Acl *acl;		/* the same, before anything is revoked */
} Container;

/* What the parts of an audit share. */
typedef struct Audit
{
	List *containers; /* of Container, those whose turn was */
	PolicyImage policy;
	Finding *findings;
	int count;
	int capacity;
} Audit;

extern void AddFinding(Audit *audit, const Finding *finding);

/*
 * A statement about an object in a schema (NULL: none) that only the role can make, as the
 * session user would have to send it.  What a superuser says of an object counts as
 * its owner's word.  A role that can't reach into the schema gets the right for a moment.
 */
extern const char *StatementAsOwner(const Audit *audit, const char *schema, Oid owner,
									const char *statement);
extern const char *StatementAsRole(const Audit *audit, const char *schema, Oid role,
								   const char *statement);

/* ALTER ... OWNER: who is no superuser can give a thing only to a role that may create there. */
extern const char *OwnerStatement(const Audit *audit, const char *schema, Oid owner,
								  const char *statement);

/* Roles: whether they are there, their attributes, their settings in this database. */
extern void AuditRoles(Audit *audit);

/* Memberships of the policy's roles, and in them. */
extern void AuditMembers(Audit *audit);

/* Owners of, and privileges on the database and what stands in the policy's schemas. */
extern void AuditObjects(Audit *audit);

/* Default privileges of the policy's roles. */
extern void AuditDefaults(Audit *audit);

#endif /* HH_AUDIT_FINDING_H */
