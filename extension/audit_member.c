/*
 * audit_member.c
 *		The part of an audit about memberships.
 *
 * Three kinds of membership are of concern: among the policy's roles; of others in the
 * policy's roles; and of the policy's roles in others, where that gives what the
 * policy gives nobody, or where a former policy gave it.  What else a role is a member of is
 * another database's business, for roles are the cluster's; and so is what another
 * database claims.  Each grantor's grant is looked at by itself, for only its grantor's
 * REVOKE takes it back: the role graph has the sum of them.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/pg_auth_members.h"
#include "catalog/pg_authid.h"
#include "miscadmin.h"
#include "utils/rel.h"
#include "utils/builtins.h"
#include "utils/syscache.h"

#include "audit_claim.h"
#include "audit_finding.h"
#include "compat.h"

typedef struct Membership
{
	Oid group;
	Oid member;
	Oid grantor;
	bool admin;
	bool inherit;
	bool set;
	bool rooted; /* it stands whatever becomes of its grantor's membership */
	bool gone;	 /* when the remedies so far have been run */
} Membership;

typedef struct MembershipList
{
	Membership *items;
	int count;
} MembershipList;

/* Who is in one of them can read or write what no privilege of the policy covers. */
static const char *const dangerous_roles[] = {
	"cloudsqlsuperuser",		 "pg_read_all_data",
	"pg_write_all_data",		 "pg_maintain",
	"pg_read_server_files",		 "pg_write_server_files",
	"pg_execute_server_program", "pg_signal_backend",
	"pg_create_subscription",
};

/* A copy of a role's row; false where there is none. */
static bool
ReadRole(Oid role, FormData_pg_authid *row)
{
	HeapTuple tuple = SearchSysCache1(AUTHOID, ObjectIdGetDatum(role));

	if (!HeapTupleIsValid(tuple))
		return false;
	memcpy(row, GETSTRUCT(tuple), sizeof(*row));
	ReleaseSysCache(tuple);
	return true;
}

static MembershipList
ReadMemberships(void)
{
	Relation catalog = table_open(AuthMemRelationId, AccessShareLock);
	SysScanDesc scan = systable_beginscan(catalog, InvalidOid, false, NULL, 0, NULL);
	MembershipList list = {.items = palloc(sizeof(Membership))};
	HeapTuple tuple;

	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		Form_pg_auth_members form = (Form_pg_auth_members) GETSTRUCT(tuple);
		FormData_pg_authid member;

		CHECK_FOR_INTERRUPTS();
		if (!ReadRole(form->member, &member))
			continue;
		list.items = repalloc(list.items, (list.count + 1) * sizeof(Membership));
		list.items[list.count++] =
			(Membership){.group = form->roleid,
						 .member = form->member,
						 .grantor = form->grantor,
						 .admin = form->admin_option,
						 .inherit = MembershipInherits(form, member.rolinherit),
						 .set = MembershipAllowsSet(form)};
	}
	systable_endscan(scan);
	table_close(catalog, AccessShareLock);
	return list;
}

static int
CompareMemberships(const void *a, const void *b)
{
	const Membership *left = a;
	const Membership *right = b;

	if (left->group != right->group)
		return left->group < right->group ? -1 : 1;
	if (left->member != right->member)
		return left->member < right->member ? -1 : 1;
	return left->grantor < right->grantor ? -1 : left->grantor > right->grantor;
}

static const PolicyRule *
FindMemberRule(const PolicyImage *policy, Oid group, Oid member)
{
	for (int i = 0; i < policy->rule_count; i++)
	{
		const PolicyRule *rule = &policy->rules[i];

		if (rule->rule == RULE_MEMBER && rule->group == group && rule->role == member)
			return rule;
	}
	return NULL;
}

/* What makes a role dangerous in itself, or NULL. */
static const char *
OwnDanger(Oid role)
{
	FormData_pg_authid row;

	if (!ReadRole(role, &row))
		return NULL;
	for (size_t i = 0; i < lengthof(dangerous_roles); i++)
	{
		if (strcmp(NameStr(row.rolname), dangerous_roles[i]) == 0)
			return pstrdup(NameStr(row.rolname));
	}
	return row.rolsuper			? "SUPERUSER"
		   : row.rolcreaterole	? "CREATEROLE"
		   : row.rolreplication ? "REPLICATION"
		   : row.rolbypassrls	? "BYPASSRLS"
								: NULL;
}

/*
 * What makes a role dangerous, itself or one that it can become.  The policy's own roles
 * on the way are looked at for themselves.
 */
static const char *
Danger(const Audit *audit, const MembershipList *list, Oid role, List **visited)
{
	const char *danger = OwnDanger(role);

	*visited = lappend_oid(*visited, role);
	for (int i = 0; danger == NULL && i < list->count; i++)
	{
		const Membership *membership = &list->items[i];

		if (membership->member == role && !list_member_oid(*visited, membership->group) &&
			!IsDeclaredRole(&audit->policy, membership->group))
			danger = Danger(audit, list, membership->group, visited);
	}
	return danger;
}

/* Superusers need no membership, and who may create roles is an administrator. */
static bool
IsAdministrator(Oid role)
{
	FormData_pg_authid row;

	return ReadRole(role, &row) && (row.rolsuper || row.rolcreaterole);
}

/* Whether the member has granted the group to others, which CASCADE then takes too. */
static bool
HasGrantedOn(const MembershipList *list, const Membership *membership)
{
	for (int i = 0; MEMBERSHIP_HAS_OPTIONS && membership->admin && i < list->count; i++)
	{
		if (list->items[i].group == membership->group &&
			list->items[i].grantor == membership->member)
			return true;
	}
	return false;
}

static void
AddMemberFinding(Audit *audit, const Membership *membership, Phase phase, Verdict verdict,
				 const char *privilege, const char *path, const char *remedy, int line)
{
	AddFinding(audit, &(Finding){.phase = phase,
								 .verdict = verdict,
								 .role = membership->member,
								 .other_role = membership->group,
								 .object_type = KIND_ROLE,
								 .object_name = RoleName(&audit->policy, membership->group),
								 .privilege = privilege,
								 .path = path,
								 .remedy = remedy,
								 .line = line});
}

/* option: "ADMIN OPTION FOR ", or nothing for the whole membership. */
static const char *
RevokeMembership(const Audit *audit, const MembershipList *list, const Membership *membership,
				 const char *option)
{
	const char *granted_by =
		MEMBERSHIP_HAS_OPTIONS
			? psprintf(" GRANTED BY %s", QuotedRole(&audit->policy, membership->grantor))
			: "";
	bool takes_admin = option[0] == '\0' || option[0] == 'A';

	return psprintf("REVOKE %s%s FROM %s%s%s", option,
					QuotedRole(&audit->policy, membership->group),
					QuotedRole(&audit->policy, membership->member), granted_by,
					takes_admin && HasGrantedOn(list, membership) ? " CASCADE" : "");
}

static const char *
GrantedBy(const Audit *audit, const Membership *membership)
{
	if (!MEMBERSHIP_HAS_OPTIONS)
		return "";
	return psprintf(", granted by %s", RoleName(&audit->policy, membership->grantor));
}

/* An option that the policy doesn't give. */
static void
RevokeOption(Audit *audit, const MembershipList *list, const Membership *membership,
			 const char *name, int line)
{
	AddMemberFinding(
		audit, membership, PHASE_REVOKE_MEMBERSHIP, VERDICT_WRONG_MEMBERSHIP,
		psprintf("%s OPTION", name), psprintf("it has the option%s", GrantedBy(audit, membership)),
		RevokeMembership(audit, list, membership, psprintf("%s OPTION FOR ", name)), line);
}

static void
JudgeOptions(Audit *audit, const MembershipList *list, Membership *membership,
			 const ClaimedMember *said, int line)
{
	if (membership->admin && !said->admin)
	{
		RevokeOption(audit, list, membership, "ADMIN", line);
		membership->admin = false;
	}
	if (!MEMBERSHIP_HAS_OPTIONS)
		return;
	if (membership->inherit && !said->inherit)
	{
		RevokeOption(audit, list, membership, "INHERIT", line);
		membership->inherit = false;
	}
	if (membership->set && !said->set)
	{
		RevokeOption(audit, list, membership, "SET", line);
		membership->set = false;
	}
}

/* Why a role should not be in one that the policy doesn't know, or NULL. */
static const char *
WhyNotInOther(const Audit *audit, const MembershipList *list, const Membership *membership,
			  Phase *phase)
{
	List *visited = NIL;
	const char *danger = IsDeclaredRole(&audit->policy, membership->member)
							 ? Danger(audit, list, membership->group, &visited)
							 : NULL;

	if (danger != NULL)
		return psprintf("it gives what the policy gives nobody: %s", danger);
	*phase = PHASE_REVOKE_FORMER;
	return IsClaimedHere(membership->group, membership->member)
			   ? "a former policy of this database gave it"
			   : NULL;
}

/* A membership that no policy speaks of. */
static void
JudgeUnknown(Audit *audit, const MembershipList *list, Membership *membership)
{
	bool member_is_ours = IsDeclaredRole(&audit->policy, membership->member);
	const char *path = "the policy has no such membership";
	Verdict verdict = VERDICT_WRONG_MEMBERSHIP;
	Phase phase = PHASE_REVOKE_MEMBERSHIP;

	if (!IsDeclaredRole(&audit->policy, membership->group))
		path = WhyNotInOther(audit, list, membership, &phase);
	else if (!member_is_ours)
	{
		verdict = VERDICT_UNKNOWN_ROLE;
		path = IsAdministrator(membership->member) ? NULL : "the policy doesn't know this role";
	}
	if (path == NULL)
		return;
	AddMemberFinding(audit, membership, phase, verdict,
					 membership->admin ? "MEMBER, ADMIN OPTION" : "MEMBER",
					 psprintf("%s%s", path, GrantedBy(audit, membership)),
					 RevokeMembership(audit, list, membership, ""), 0);
	membership->gone = true;
}

/* Whether the grantor has the group's admin option by what still stands. */
static bool
GrantorIsAdmin(const MembershipList *list, const Membership *membership)
{
	for (int i = 0; i < list->count; i++)
	{
		const Membership *other = &list->items[i];

		if (!other->gone && other->admin && other->group == membership->group &&
			other->member == membership->grantor)
			return true;
	}
	return false;
}

/* What stands only by the grant of somebody who loses the right to it goes with CASCADE. */
static void
FollowCascades(MembershipList *list)
{
	bool changed = MEMBERSHIP_HAS_OPTIONS;

	while (changed)
	{
		changed = false;
		for (int i = 0; i < list->count; i++)
		{
			Membership *membership = &list->items[i];

			if (!membership->gone && !membership->rooted && !GrantorIsAdmin(list, membership))
				membership->gone = changed = true;
		}
	}
}

static const char *
GrantMembership(const Audit *audit, const PolicyRule *rule)
{
	const char *options = rule->grantable ? " WITH ADMIN OPTION" : "";

	if (MEMBERSHIP_HAS_OPTIONS)
		options =
			psprintf(" WITH ADMIN %s, INHERIT %s, SET %s", rule->grantable ? "TRUE" : "FALSE",
					 rule->inherit_option ? "TRUE" : "FALSE", rule->set_option ? "TRUE" : "FALSE");
	return psprintf("GRANT %s TO %s%s", QuotedRole(&audit->policy, rule->group),
					QuotedRole(&audit->policy, rule->role), options);
}

/* A membership of the policy that isn't there, or has not all its options. */
static void
JudgeRule(Audit *audit, const MembershipList *list, const PolicyRule *rule)
{
	Membership has = {.group = rule->group, .member = rule->role, .gone = true};
	const char *lacks = NULL;

	for (int i = 0; i < list->count; i++)
	{
		const Membership *membership = &list->items[i];

		if (membership->gone || membership->group != rule->group ||
			membership->member != rule->role)
			continue;
		has.gone = false;
		has.admin |= membership->admin;
		has.inherit |= membership->inherit;
		has.set |= membership->set;
	}
	if (has.gone)
		lacks = "MEMBER";
	else if (rule->grantable && !has.admin)
		lacks = "ADMIN OPTION";
	else if (MEMBERSHIP_HAS_OPTIONS && rule->inherit_option && !has.inherit)
		lacks = "INHERIT OPTION";
	else if (MEMBERSHIP_HAS_OPTIONS && rule->set_option && !has.set)
		lacks = "SET OPTION";
	if (lacks != NULL)
		AddMemberFinding(audit, &has, PHASE_GRANT_MEMBERSHIP, VERDICT_WRONG_MEMBERSHIP, lacks,
						 "the policy gives it", GrantMembership(audit, rule), rule->line);
}

/* One grant of a membership. */
static void
JudgeMembership(Audit *audit, const MembershipList *list, Membership *membership)
{
	const PolicyRule *rule = FindMemberRule(&audit->policy, membership->group, membership->member);
	ClaimedMember said = {.admin = false};
	bool is_claimed;

	if (rule != NULL)
	{
		said.admin = rule->grantable;
		said.inherit = rule->inherit_option;
		said.set = rule->set_option;
	}
	is_claimed = IsClaimedElsewhere(membership->group, membership->member, &said);
	if (rule != NULL || (is_claimed && IsDeclaredRole(&audit->policy, membership->group)))
		JudgeOptions(audit, list, membership, &said, rule != NULL ? rule->line : 0);
	else if (!is_claimed)
		JudgeUnknown(audit, list, membership);
}

void
AuditMembers(Audit *audit)
{
	const PolicyImage *policy = &audit->policy;
	MembershipList list = ReadMemberships();

	qsort(list.items, list.count, sizeof(Membership), CompareMemberships);
	for (int i = 0; i < list.count; i++)
		list.items[i].rooted = !GrantorIsAdmin(&list, &list.items[i]);
	for (int i = 0; i < list.count; i++)
		JudgeMembership(audit, &list, &list.items[i]);
	FollowCascades(&list);
	for (int i = 0; i < policy->rule_count; i++)
	{
		if (policy->rules[i].rule == RULE_MEMBER)
			JudgeRule(audit, &list, &policy->rules[i]);
	}
}
