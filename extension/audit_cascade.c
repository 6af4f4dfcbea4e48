/*
 * audit_cascade.c
 *		What hangs on a grant, and whether CASCADE takes it.
 *
 * CASCADE stops at a role that can still grant as a member of another: what it has
 * granted then stays, on nobody's authority.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "nodes/pg_list.h"
#include "utils/array.h"

#include "audit_revoke.h"
#include "compat.h"

Acl **
AclOf(AclAudit *acls, AuditColumn *column)
{
	return column != NULL ? &column->acl : &acls->acl;
}

AuditColumn *
ColumnOrWhole(const AclAudit *acls, int number)
{
	return number < 0 ? NULL : &acls->object->columns[number];
}

/* Whether a role has granted on what it holds, in an ACL. */
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

int
FirstNumber(const AclAudit *acls, const AuditColumn *column)
{
	return column == NULL ? -1 : (int) (column - acls->object->columns);
}

int
EndNumber(const AclAudit *acls, const AuditColumn *column)
{
	return column == NULL ? acls->object->column_count : FirstNumber(acls, column) + 1;
}

bool
HasDependents(AclAudit *acls, const AuditColumn *column, Oid grantor, AclMode privilege)
{
	for (int number = FirstNumber(acls, column); number < EndNumber(acls, column); number++)
	{
		if (HasGrantedOn(*AclOf(acls, ColumnOrWhole(acls, number)), grantor, privilege))
			return true;
	}
	return false;
}

/* Whether one role is a member of another as things are, or will be by the policy. */
static bool
CanReach(const PolicyImage *policy, Oid member, Oid group)
{
	List *reached = list_make1_oid(member);
	bool found = false;

	/* Each role once: the ways through a lattice of memberships are too many. */
	for (int next = 0; !found && next < list_length(reached); next++)
	{
		Oid role = list_nth_oid(reached, next);

		CHECK_FOR_INTERRUPTS();
		found = is_member_of_role(role, group);
		for (int i = 0; !found && i < policy->rule_count; i++)
		{
			const PolicyRule *rule = &policy->rules[i];

			if (rule->rule == RULE_MEMBER && is_member_of_role(role, rule->role))
				reached = list_append_unique_oid(reached, rule->group);
		}
	}
	list_free(reached);
	return found;
}

/* Whether a role may be able to grant though its own grant option is gone. */
static bool
MayStillGrant(AclAudit *acls, Oid role, AclMode privilege)
{
	const PolicyImage *policy = &acls->audit->policy;

	if (CanReach(policy, role, acls->owner))
		return true;
	for (int number = -1; number < acls->object->column_count; number++)
	{
		const Acl *acl = *AclOf(acls, ColumnOrWhole(acls, number));

		for (int i = 0; i < ACL_NUM(acl); i++)
		{
			const AclItem *item = &ACL_DAT(acl)[i];

			if (item->ai_grantee != role && (ACLITEM_GET_GOPTIONS(*item) & privilege) &&
				CanReach(policy, role, item->ai_grantee))
				return true;
		}
	}
	return false;
}

/* sure: of whom it is known already, for there may be too many ways from one to another. */
static bool
IsSure(AclAudit *acls, const AuditColumn *column, Oid grantor, AclMode privilege, int depth,
	   List **sure)
{
	CHECK_FOR_INTERRUPTS();
	if (list_member_oid(*sure, grantor) || !HasDependents(acls, column, grantor, privilege))
		return true;
	if (depth > LONGEST_CHAIN || MayStillGrant(acls, grantor, privilege))
		return false;
	for (int number = FirstNumber(acls, column); number < EndNumber(acls, column); number++)
	{
		const Acl *acl = *AclOf(acls, ColumnOrWhole(acls, number));

		for (int i = 0; i < ACL_NUM(acl); i++)
		{
			const AclItem *item = &ACL_DAT(acl)[i];

			if (item->ai_grantor == grantor && (ACLITEM_GET_GOPTIONS(*item) & privilege) &&
				!IsSure(acls, column, item->ai_grantee, privilege, depth + 1, sure))
				return false;
		}
	}
	*sure = lappend_oid(*sure, grantor);
	return true;
}

bool
CascadeIsSure(AclAudit *acls, const AuditColumn *column, Oid grantor, AclMode privilege)
{
	List *sure = NIL;
	bool is_sure = IsSure(acls, column, grantor, privilege, 0, &sure);

	list_free(sure);
	return is_sure;
}
