/*
 * audit_acl.c
 *		The part of an audit about the privileges on one object.
 *
 * First what is too much goes (audit_revoke.c).  What the policy wants and isn't there
 * then is missing, be it that it was so or that it hung on a grant which has to go.
 */
#include "postgres.h"

#include "utils/lsyscache.h"

#include "audit_revoke.h"
#include "compat.h"

static const AuditColumn *
FindColumn(const AuditObject *object, AttrNumber attnum)
{
	for (int i = 0; i < object->column_count; i++)
	{
		if (object->columns[i].attnum == attnum)
			return &object->columns[i];
	}
	return NULL;
}

/* What a role has of an expectation, by a column's ACL and the whole object's. */
static AclMode
Fulfilled(const Expectation *expectation, Oid owner, const Acl *whole, const Acl *column,
		  bool options)
{
	AclMode held = HeldPrivileges(whole, expectation->grantee, options) |
				   HeldPrivileges(column, expectation->grantee, options);

	/* Owners can always grant. */
	if (options && expectation->grantee == owner)
		return expectation->privilege;
	return held & expectation->privilege;
}

static void
AddMissing(const AclAudit *acls, const Expectation *expectation, const char *column_name,
		   bool option_only, bool was_there)
{
	const AuditObject *object = acls->object;
	const char *name = PrivilegeName(expectation->privilege);
	const char *statement =
		psprintf("GRANT %s ON %s TO %s%s", PrivilegeOnColumn(expectation->privilege, column_name),
				 object->target, QuotedRole(&acls->audit->policy, expectation->grantee),
				 expectation->grantable ? " WITH GRANT OPTION" : "");

	AddFinding(
		acls->audit,
		&(Finding){.phase = object->kind <= KIND_SCHEMA ? PHASE_GRANT_SCHEMA : PHASE_GRANT,
				   .verdict = VERDICT_MISSING,
				   .severity = was_there ? SEVERITY_NOTE : SEVERITY_ERROR,
				   .role = expectation->grantee,
				   .object_type = object->kind,
				   .object_schema = object->schema,
				   .object_name = object->name,
				   .column_name = column_name,
				   .privilege = option_only ? psprintf("GRANT OPTION FOR %s", name) : name,
				   .path = was_there ? "it goes with a grant that is to be revoked"
									 : "the policy gives it",
				   .remedy = StatementAsOwner(acls->audit, object->schema, acls->owner, statement),
				   .line = expectation->line});
}

/* Whether an expectation of the same privilege stands before this one. */
static bool
IsRepeated(const AclAudit *acls, int number)
{
	const Expectation *this = &acls->expectations[number];

	for (int i = 0; i < number; i++)
	{
		const Expectation *other = &acls->expectations[i];

		if (other->grantee == this->grantee && other->privilege == this->privilege &&
			(other->attnum == this->attnum || other->attnum == 0) &&
			(other->grantable || !this->grantable) && !other->may_be_missing)
			return true;
	}
	return false;
}

static void
AddMissingRights(const AclAudit *acls, const Acl *whole_before, const Acl *const *columns_before)
{
	for (int i = 0; i < acls->count; i++)
	{
		const Expectation *expectation = &acls->expectations[i];
		const AuditColumn *column = FindColumn(acls->object, expectation->attnum);
		const Acl *column_acl = column != NULL ? column->acl : NULL;
		const Acl *column_before =
			column != NULL ? columns_before[column - acls->object->columns] : NULL;
		bool lacks = !Fulfilled(expectation, acls->owner, acls->acl, column_acl, false);
		bool lacks_option = expectation->grantable &&
							!Fulfilled(expectation, acls->owner, acls->acl, column_acl, true);

		if ((!lacks && !lacks_option) || expectation->may_be_missing || IsRepeated(acls, i))
			continue;
		AddMissing(acls, expectation, expectation->column_name, !lacks,
				   Fulfilled(expectation, acls->owner, whole_before, column_before, !lacks) != 0);
	}
}

void
AuditAcl(Audit *audit, const AuditObject *object, Oid owner, const Expectation *expectations,
		 int count)
{
	AclAudit acls = {.audit = audit,
					 .object = object,
					 .owner = owner,
					 .expectations = expectations,
					 .count = count,
					 .acl = aclnewowner(object->acl, object->owner, owner)};
	const Acl *before = acls.acl;
	const Acl **columns_before = palloc((object->column_count + 1) * sizeof(Acl *));

	for (int i = 0; i < object->column_count; i++)
	{
		object->columns[i].acl = aclnewowner(object->columns[i].acl, object->owner, owner);
		columns_before[i] = object->columns[i].acl;
	}
	/* What another extension's script grants is not ours to revoke. */
	if (object->member != MEMBER_OF_ANOTHER)
		RevokeExcess(&acls);
	AddMissingRights(&acls, before, columns_before);
}
