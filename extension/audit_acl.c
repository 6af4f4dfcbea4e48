/*
 * audit_acl.c
 *		The part of an audit about the privileges on one object.
 *
 * A REVOKE takes what its grantor gave and, with CASCADE, what hangs on it, in a
 * table's columns too.  So the statements are worked out on a copy of the object's
 * ACLs, with PostgreSQL's own functions: first the owner's grants that the policy
 * doesn't know, then those of whoever rightly holds a grant option.  What the policy
 * wants and isn't there in the end is missing, be it that it was so or that it hung
 * on a grant which has to go.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "audit_acl.h"
#include "compat.h"

typedef struct AclAudit
{
	Audit *audit;
	const AuditObject *object;
	Oid owner;
	const Expectation *expectations;
	int count;
	Acl *acl; /* the whole object's, as the remedies so far leave it */
} AclAudit;

/* A column, or NULL for the whole object. */
static Acl **
AclOf(AclAudit *acls, AuditColumn *column)
{
	return column != NULL ? &column->acl : &acls->acl;
}

/* What the policy gives a role there: privileges, or grant options. */
static AclMode
Allowed(const AclAudit *acls, const AuditColumn *column, Oid grantee, bool options)
{
	AttrNumber attnum = column != NULL ? column->attnum : 0;
	AclMode allowed = ACL_NO_RIGHTS;

	for (int i = 0; i < acls->count; i++)
	{
		const Expectation *expectation = &acls->expectations[i];

		if (expectation->grantee == grantee && expectation->attnum == attnum &&
			(expectation->grantable || !options))
			allowed |= expectation->privilege;
	}
	return allowed;
}

/* What a role holds by an ACL, whoever gave it. */
static AclMode
Held(const Acl *acl, Oid grantee, bool options)
{
	AclMode held = ACL_NO_RIGHTS;

	for (int i = 0; acl != NULL && i < ACL_NUM(acl); i++)
	{
		const AclItem *item = &ACL_DAT(acl)[i];

		if (item->ai_grantee == grantee)
			held |= options ? ACLITEM_GET_GOPTIONS(*item) : ACLITEM_GET_PRIVS(*item);
	}
	return held;
}

/* The rights of one entry, by grantee and grantor. */
static AclMode
EntryRights(const Acl *acl, const AclItem *entry)
{
	for (int i = 0; i < ACL_NUM(acl); i++)
	{
		const AclItem *item = &ACL_DAT(acl)[i];

		if (item->ai_grantee == entry->ai_grantee && item->ai_grantor == entry->ai_grantor)
			return ACLITEM_GET_RIGHTS(*item);
	}
	return ACL_NO_RIGHTS;
}

static const char *
PrivilegeOnColumn(AclMode privilege, const char *column)
{
	return column == NULL ? PrivilegeName(privilege)
						  : psprintf("%s (%s)", PrivilegeName(privilege), quote_identifier(column));
}

static Severity
ExcessSeverity(const AclAudit *acls, const AuditColumn *column, Oid grantee, AclMode privilege)
{
	if (grantee != ACL_ID_PUBLIC && superuser_arg(grantee))
		return SEVERITY_NOTE;
	if (column != NULL && (Allowed(acls, NULL, grantee, false) & privilege))
		return SEVERITY_NOTE;
	return SEVERITY_ERROR;
}

static void
AddExcess(const AclAudit *acls, const AuditColumn *column, const AclItem *entry, AclMode privilege,
		  bool option_only, const char *remedy)
{
	const PolicyImage *policy = &acls->audit->policy;
	const AuditObject *object = acls->object;
	bool is_known = entry->ai_grantee == ACL_ID_PUBLIC || FindPolicyRole(policy, entry->ai_grantee);
	const char *name = PrivilegeName(privilege);

	AddFinding(
		acls->audit,
		&(Finding){.phase = PHASE_REVOKE,
				   .verdict = is_known ? VERDICT_EXCESS : VERDICT_UNKNOWN_ROLE,
				   .severity = ExcessSeverity(acls, column, entry->ai_grantee, privilege),
				   .role = entry->ai_grantee,
				   .object_type = object->kind,
				   .object_schema = object->schema,
				   .object_name = object->name,
				   .column_name = column != NULL ? column->name : NULL,
				   .privilege = option_only ? psprintf("GRANT OPTION FOR %s", name) : name,
				   .path = object->has_default_acl
							   ? "by default"
							   : psprintf("granted by %s", RoleName(policy, entry->ai_grantor)),
				   .remedy = remedy});
}

/* Whatever of one entry is gone and not the policy's was too much. */
static void
AddLostRights(const AclAudit *acls, const AuditColumn *column, const AclItem *entry, AclMode after,
			  const char *remedy)
{
	AclMode lost = ACLITEM_GET_RIGHTS(*entry) & ~after;
	AclMode allowed = Allowed(acls, column, entry->ai_grantee, false);
	AclMode options = Allowed(acls, column, entry->ai_grantee, true);

	if (entry->ai_grantee == acls->owner)
		return;
	for (int bit = 0; bit < N_ACL_RIGHTS; bit++)
	{
		AclMode privilege = (AclMode) 1 << bit;

		if (lost & privilege & ~allowed)
			AddExcess(acls, column, entry, privilege, false, remedy);
		else if (ACL_OPTION_TO_PRIVS(lost) & privilege & allowed & ~options)
			AddExcess(acls, column, entry, privilege, true, remedy);
	}
}

static void
AddLost(const AclAudit *acls, const AuditColumn *column, const Acl *before, const Acl *after,
		const char *remedy)
{
	for (int i = 0; i < ACL_NUM(before); i++)
	{
		const AclItem *entry = &ACL_DAT(before)[i];

		AddLostRights(acls, column, entry, EntryRights(after, entry), remedy);
	}
}

/* Does to an ACL what the statement will do. */
static void
Apply(AclAudit *acls, AuditColumn *column, const AclItem *change, const char *remedy)
{
	Acl **acl = AclOf(acls, column);
	Acl *before = *acl;

	*acl = aclupdate(before, change, ACL_MODECHG_DEL, acls->owner, DROP_CASCADE);
	AddLost(acls, column, before, *acl, remedy);
}

/* Whether a role has granted on what it holds. */
static bool
HasGrantedOn(const Acl *acl, Oid grantor, AclMode privilege)
{
	for (int i = 0; i < ACL_NUM(acl); i++)
	{
		const AclItem *item = &ACL_DAT(acl)[i];

		if (item->ai_grantor == grantor && (ACLITEM_GET_PRIVS(*item) & privilege))
			return true;
	}
	return false;
}

/* The same in what a REVOKE from the whole object or from a column reaches. */
static bool
NeedsCascade(AclAudit *acls, AuditColumn *column, Oid grantee, AclMode privilege)
{
	if (HasGrantedOn(*AclOf(acls, column), grantee, privilege))
		return true;
	for (int i = 0; column == NULL && i < acls->object->column_count; i++)
	{
		if (HasGrantedOn(acls->object->columns[i].acl, grantee, privilege))
			return true;
	}
	return false;
}

/* Has the entry's grantor take back one privilege, or the grant option alone. */
static void
RevokeEntry(AclAudit *acls, AuditColumn *column, const AclItem *entry, AclMode privilege,
			bool option_only)
{
	const PolicyImage *policy = &acls->audit->policy;
	const char *statement =
		psprintf("REVOKE %s%s ON %s FROM %s%s", option_only ? "GRANT OPTION FOR " : "",
				 PrivilegeOnColumn(privilege, column != NULL ? column->name : NULL),
				 acls->object->target, QuotedRole(policy, entry->ai_grantee),
				 NeedsCascade(acls, column, entry->ai_grantee, privilege) ? " CASCADE" : "");
	const char *remedy = entry->ai_grantor == acls->owner
							 ? StatementAsOwner(acls->audit, acls->owner, statement)
							 : StatementAsRole(acls->audit, entry->ai_grantor, statement);
	AclItem change = {.ai_grantee = entry->ai_grantee, .ai_grantor = entry->ai_grantor};

	ACLITEM_SET_PRIVS_GOPTIONS(change, option_only ? ACL_NO_RIGHTS : privilege, privilege);
	Apply(acls, column, &change, remedy);
	/* A table's REVOKE takes the columns' privileges, too. */
	for (int i = 0; column == NULL && i < acls->object->column_count; i++)
	{
		if (privilege & ACL_ALL_RIGHTS_COLUMN)
			Apply(acls, &acls->object->columns[i], &change, remedy);
	}
}

static AclMode
LowestBit(AclMode bits)
{
	return bits & ~(bits - 1);
}

/*
 * Takes back the first thing too much that the grantor gave of what it may take back;
 * false where there is no more.
 */
static bool
RevokeNext(AclAudit *acls, AuditColumn *column, Oid grantor, AclMode may_revoke)
{
	const Acl *acl = *AclOf(acls, column);

	for (int i = 0; i < ACL_NUM(acl); i++)
	{
		AclItem entry = ACL_DAT(acl)[i];
		AclMode allowed = Allowed(acls, column, entry.ai_grantee, false);
		AclMode options = Allowed(acls, column, entry.ai_grantee, true);
		AclMode excess = ACLITEM_GET_PRIVS(entry) & ~allowed & may_revoke;
		AclMode excess_options = ACLITEM_GET_GOPTIONS(entry) & allowed & ~options & may_revoke;

		if (entry.ai_grantor != grantor || entry.ai_grantee == acls->owner)
			continue;
		if (excess != ACL_NO_RIGHTS)
			RevokeEntry(acls, column, &entry, LowestBit(excess), false);
		else if (excess_options != ACL_NO_RIGHTS)
			RevokeEntry(acls, column, &entry, LowestBit(excess_options), true);
		else
			continue;
		return true;
	}
	return false;
}

/* Adds those to whom the ACL gives grant options. */
static List *
AddGrantors(List *grantors, const Acl *acl)
{
	for (int i = 0; i < ACL_NUM(acl); i++)
	{
		const AclItem *item = &ACL_DAT(acl)[i];

		if (ACLITEM_GET_GOPTIONS(*item) != ACL_NO_RIGHTS)
			grantors = list_append_unique_oid(grantors, item->ai_grantee);
	}
	return grantors;
}

/* What a role may take back: what it may grant, on the column or on all of the table. */
static AclMode
MayRevoke(AclAudit *acls, AuditColumn *column, Oid grantor)
{
	if (grantor == acls->owner)
		return AllPrivileges(acls->object->kind, column != NULL);
	return Held(acls->acl, grantor, true) | Held(*AclOf(acls, column), grantor, true);
}

/* From the owner down, so that nobody needs to revoke what falls with somebody else's grant. */
static void
RevokeByGrantors(AclAudit *acls, AuditColumn *column)
{
	List *grantors = list_make1_oid(acls->owner);

	for (int i = 0; i < list_length(grantors); i++)
	{
		Oid grantor = list_nth_oid(grantors, i);

		while (RevokeNext(acls, column, grantor, MayRevoke(acls, column, grantor)))
			CHECK_FOR_INTERRUPTS();
		grantors = AddGrantors(grantors, acls->acl);
		if (column != NULL)
			grantors = AddGrantors(grantors, column->acl);
	}
}

/*
 * A column's grant whose grantor had its grant option on the table, and has it no more:
 * the grantor can't take it back, and neither can the owner, unless the grantor gets
 * the option on the column for a moment.
 */
static void
RevokeOrphan(AclAudit *acls, AuditColumn *column, const AclItem *entry, AclMode privilege)
{
	Acl **acl = AclOf(acls, column);
	Acl *before = *acl;
	bool keeps = (Held(before, entry->ai_grantor, false) & privilege) != 0;
	const char *grantor = QuotedRole(&acls->audit->policy, entry->ai_grantor);
	const char *name = PrivilegeOnColumn(privilege, column != NULL ? column->name : NULL);
	const char *statement =
		psprintf("GRANT %s ON %s TO %s WITH GRANT OPTION; REVOKE %s%s ON %s FROM %s CASCADE", name,
				 acls->object->target, grantor, keeps ? "GRANT OPTION FOR " : "", name,
				 acls->object->target, grantor);
	AclItem change = {.ai_grantee = entry->ai_grantor, .ai_grantor = acls->owner};

	ACLITEM_SET_PRIVS_GOPTIONS(change, privilege, privilege);
	*acl = aclupdate(before, &change, ACL_MODECHG_ADD, acls->owner, DROP_CASCADE);
	ACLITEM_SET_PRIVS_GOPTIONS(change, keeps ? ACL_NO_RIGHTS : privilege, privilege);
	*acl = aclupdate(*acl, &change, ACL_MODECHG_DEL, acls->owner, DROP_CASCADE);
	AddLost(acls, column, before, *acl, StatementAsOwner(acls->audit, acls->owner, statement));
}

static bool
RevokeNextOrphan(AclAudit *acls, AuditColumn *column)
{
	const Acl *acl = *AclOf(acls, column);

	for (int i = 0; i < ACL_NUM(acl); i++)
	{
		AclItem entry = ACL_DAT(acl)[i];
		AclMode excess = ACLITEM_GET_PRIVS(entry) &
						 ~Allowed(acls, column, entry.ai_grantee, false) &
						 ~MayRevoke(acls, column, entry.ai_grantor);

		if (entry.ai_grantee == acls->owner || excess == ACL_NO_RIGHTS)
			continue;
		RevokeOrphan(acls, column, &entry, LowestBit(excess));
		return true;
	}
	return false;
}

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
	AclMode held =
		Held(whole, expectation->grantee, options) | Held(column, expectation->grantee, options);

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

	AddFinding(acls->audit,
			   &(Finding){.phase = PHASE_GRANT,
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
						  .remedy = StatementAsOwner(acls->audit, acls->owner, statement),
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
		AddMissing(
			acls, expectation,
			expectation->attnum != 0 ? get_attname(acls->object->oid, expectation->attnum, false)
									 : NULL,
			!lacks, Fulfilled(expectation, acls->owner, whole_before, column_before, !lacks) != 0);
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
	{
		RevokeByGrantors(&acls, NULL);
		while (RevokeNextOrphan(&acls, NULL))
			CHECK_FOR_INTERRUPTS();
		for (int i = 0; i < object->column_count; i++)
		{
			RevokeByGrantors(&acls, &object->columns[i]);
			while (RevokeNextOrphan(&acls, &object->columns[i]))
				CHECK_FOR_INTERRUPTS();
		}
	}
	AddMissingRights(&acls, before, columns_before);
}
