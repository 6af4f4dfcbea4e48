/*
 * audit_revoke.c
 *		What of an object's privileges is to be revoked, and by which statements.
 *
 * A REVOKE takes what its grantor gave and, with CASCADE, what hangs on it, in a
 * table's columns too.  So the statements are worked out on a copy of the object's
 * ACLs, with PostgreSQL's own functions: first the owner's grants that the policy
 * doesn't know, then those of whoever rightly holds a grant option.
 *
 * Where CASCADE may stop half-way (audit_cascade.c), each grantor takes back its own.
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "audit_revoke.h"
#include "compat.h"

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

AclMode
HeldPrivileges(const Acl *acl, Oid grantee, bool options)
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

const char *
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
		&(Finding){.phase = object->kind <= KIND_SCHEMA ? PHASE_REVOKE_SCHEMA : PHASE_REVOKE,
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

/* Adds what is there in ACLs as they were, the whole object's first, and not any more. */
static void
AddLost(AclAudit *acls, Acl *const *before, const char *remedy)
{
	for (int number = -1; number < acls->object->column_count; number++)
	{
		AuditColumn *column = ColumnOrWhole(acls, number);
		const Acl *was = before[number + 1];
		const Acl *is = *AclOf(acls, column);

		for (int i = 0; was != is && i < ACL_NUM(was); i++)
		{
			const AclItem *entry = &ACL_DAT(was)[i];

			AddLostRights(acls, column, entry, EntryRights(is, entry), remedy);
		}
	}
}

/* The ACLs as they are, as AddLost() wants them; aclupdate() leaves the old ones alone. */
static Acl **
RememberAcls(AclAudit *acls)
{
	Acl **acl = palloc((acls->object->column_count + 1) * sizeof(Acl *));

	for (int number = -1; number < acls->object->column_count; number++)
		acl[number + 1] = *AclOf(acls, ColumnOrWhole(acls, number));
	return acl;
}

static void
AppendStatement(StringInfo statements, const char *statement)
{
	appendStringInfo(statements, "%s%s", statements->len > 0 ? "; " : "", statement);
}

/* REVOKE, as its grantor says it. */
static const char *
RevokeStatement(AclAudit *acls, const AuditColumn *column, Oid grantee, AclMode privilege,
				bool option_only, bool cascade)
{
	return psprintf("REVOKE %s%s ON %s FROM %s%s", option_only ? "GRANT OPTION FOR " : "",
					PrivilegeOnColumn(privilege, column != NULL ? column->name : NULL),
					acls->object->target, QuotedRole(&acls->audit->policy, grantee),
					cascade ? " CASCADE" : "");
}

/* Does to the ACLs what a REVOKE from the whole object or from a column does. */
static void
ApplyRevoke(AclAudit *acls, const AuditColumn *column, const AclItem *entry, AclMode privilege,
			bool option_only)
{
	AclItem change = {.ai_grantee = entry->ai_grantee, .ai_grantor = entry->ai_grantor};

	ACLITEM_SET_PRIVS_GOPTIONS(change, option_only ? ACL_NO_RIGHTS : privilege, privilege);
	for (int number = FirstNumber(acls, column); number < EndNumber(acls, column); number++)
	{
		Acl **acl = AclOf(acls, ColumnOrWhole(acls, number));

		*acl = aclupdate(*acl, &change, ACL_MODECHG_DEL, acls->owner, DROP_CASCADE);
	}
}

static void TakeBack(AclAudit *acls, AuditColumn *column, AclItem entry, AclMode privilege,
					 bool option_only, int depth, StringInfo statements);

/* An entry by which the grantor gave the privilege on the object or a column; false: none is left. */
static bool
FindDependent(AclAudit *acls, const AuditColumn *column, Oid grantor, AclMode privilege,
			  AuditColumn **found_column, AclItem *found)
{
	for (int number = FirstNumber(acls, column); number < EndNumber(acls, column); number++)
	{
		const Acl *acl = *AclOf(acls, ColumnOrWhole(acls, number));

		for (int i = 0; i < ACL_NUM(acl); i++)
		{
			*found = ACL_DAT(acl)[i];
			*found_column = ColumnOrWhole(acls, number);
			if (found->ai_grantor == grantor && found->ai_grantee != acls->owner &&
				(ACLITEM_GET_PRIVS(*found) & privilege))
				return true;
		}
	}
	return false;
}

/* Has the grantor take back all that it gave, where CASCADE may not. */
static void
TakeBackDependents(AclAudit *acls, AuditColumn *column, Oid grantor, AclMode privilege, int depth,
				   StringInfo statements)
{
	AuditColumn *dependent_column;
	AclItem dependent;

	while (depth < LONGEST_CHAIN &&
		   FindDependent(acls, column, grantor, privilege, &dependent_column, &dependent))
		TakeBack(acls, dependent_column, dependent, privilege, false, depth + 1, statements);
}

/* Appends the statements by which an entry's grantor takes back a privilege, or its option alone. */
static void
TakeBack(AclAudit *acls, AuditColumn *column, AclItem entry, AclMode privilege, bool option_only,
		 int depth, StringInfo statements)
{
	const char *statement;

	CHECK_FOR_INTERRUPTS();
	if (!CascadeIsSure(acls, column, entry.ai_grantee, privilege))
		TakeBackDependents(acls, column, entry.ai_grantee, privilege, depth, statements);
	statement = RevokeStatement(acls, column, entry.ai_grantee, privilege, option_only,
								HasDependents(acls, column, entry.ai_grantee, privilege));
	AppendStatement(
		statements,
		entry.ai_grantor == acls->owner
			? StatementAsOwner(acls->audit, acls->object->schema, acls->owner, statement)
			: StatementAsRole(acls->audit, acls->object->schema, entry.ai_grantor, statement));
	ApplyRevoke(acls, column, &entry, privilege, option_only);
}

static void
RevokeEntry(AclAudit *acls, AuditColumn *column, const AclItem *entry, AclMode privilege,
			bool option_only)
{
	Acl **before = RememberAcls(acls);
	StringInfoData statements;

	initStringInfo(&statements);
	TakeBack(acls, column, *entry, privilege, option_only, 0, &statements);
	if (EntryRights(*AclOf(acls, column), entry) &
		(option_only ? ACL_GRANT_OPTION_FOR(privilege) : privilege))
		elog(ERROR, "could not work out how to revoke a privilege on %s", acls->object->target);
	AddLost(acls, before, statements.data);
	pfree(before);
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
	return HeldPrivileges(acls->acl, grantor, true) |
		   HeldPrivileges(*AclOf(acls, column), grantor, true);
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
 * A grant whose grantor has the grant option no more, or had it on the table and this is
 * a column's: the grantor can't take it back, and neither can the owner, unless the
 * grantor gets the option for a moment.
 */
static void
RevokeOrphan(AclAudit *acls, AuditColumn *column, const AclItem *entry, AclMode privilege)
{
	Acl **before = RememberAcls(acls);
	Acl **acl = AclOf(acls, column);
	Oid grantor = entry->ai_grantor;
	bool keeps = (HeldPrivileges(*acl, grantor, false) & privilege) != 0;
	const char *grant = psprintf("GRANT %s ON %s TO %s WITH GRANT OPTION",
								 PrivilegeOnColumn(privilege, column != NULL ? column->name : NULL),
								 acls->object->target, QuotedRole(&acls->audit->policy, grantor));
	AclItem option = {.ai_grantee = grantor, .ai_grantor = acls->owner};
	StringInfoData statements;

	initStringInfo(&statements);
	AppendStatement(&statements,
					StatementAsOwner(acls->audit, acls->object->schema, acls->owner, grant));
	ACLITEM_SET_PRIVS_GOPTIONS(option, privilege, privilege);
	*acl = aclupdate(*acl, &option, ACL_MODECHG_ADD, acls->owner, DROP_CASCADE);
	TakeBack(acls, column, option, privilege, keeps, 0, &statements);
	if (EntryRights(*acl, entry) & privilege)
		elog(ERROR, "could not work out how to revoke a privilege on %s", acls->object->target);
	AddLost(acls, before, statements.data);
	pfree(before);
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

void
RevokeExcess(AclAudit *acls)
{
	for (int number = -1; number < acls->object->column_count; number++)
	{
		AuditColumn *column = ColumnOrWhole(acls, number);

		do
			RevokeByGrantors(acls, column);
		while (RevokeNextOrphan(acls, column));
	}
}
