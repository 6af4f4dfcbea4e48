/*
 * role_member.c
 *		The part of a role plan about memberships.
 */
#include "postgres_fe.h"

#include "identifier.h"
#include "role_claims.h"
#include "role_member.h"

/* What the policy says of the membership, or NULL. */
static const PolicyEntry *
find_entry(const Policy *policy, const FoundMember *member)
{
	for (int i = 0; i < policy->entry_count; i++)
	{
		const PolicyEntry *entry = &policy->entries[i];

		if (entry->rule == RULE_MEMBER && strcmp(entry->object, member->role) == 0 &&
			strcmp(entry->role, member->member) == 0)
			return entry;
	}
	return NULL;
}

/*
 * REVOKE [option OPTION FOR] role FROM member.  What the member has granted on goes
 * with it, and comes again in the next round where the policy has it.
 */
static void
revoke(const RoleCatalog *catalog, const FoundMember *member, const char *option,
	   const char *reason, RoleChangeList *changes)
{
	PQExpBuffer statement = createPQExpBuffer();

	appendPQExpBuffer(statement, "REVOKE %s", option);
	identifier_append(statement, member->role);
	appendPQExpBufferStr(statement, " FROM ");
	identifier_append(statement, member->member);
	if (catalog->has_member_options)
	{
		appendPQExpBufferStr(statement, " GRANTED BY ");
		identifier_append(statement, member->grantor);
		if (member->admin && (option[0] == '\0' || option[0] == 'A'))
			appendPQExpBufferStr(statement, " CASCADE");
	}
	role_changes_add(changes, ROLE_REVOKE, member->member, statement, reason);
	role_changes_lock(changes, role_catalog_find(catalog, member->role));
}

/* What a membership has more than policies say. */
static void
revoke_options(const RoleCatalog *catalog, const FoundMember *member, const ClaimedMember *entry,
			   RoleChangeList *changes)
{
	const char *reason = "The policy has the membership without this option.";

	if (member->admin && !entry->admin)
		revoke(catalog, member, "ADMIN OPTION FOR ", reason, changes);
	if (!catalog->has_member_options)
		return;
	if (member->inherit && !entry->inherit)
		revoke(catalog, member, "INHERIT OPTION FOR ", reason, changes);
	if (member->set && !entry->set)
		revoke(catalog, member, "SET OPTION FOR ", reason, changes);
}

/* Who may create roles is an administrator, and is a member of what it has made. */
static void
revoke_unknown(const RoleCatalog *catalog, const FoundMember *member, RoleChangeList *changes)
{
	if (member->member_is_ours && member->role_is_ours)
		revoke(catalog, member, "", "The policy has no such membership.", changes);
	else if (member->role_is_ours && !member->member_is_administrator)
		revoke(catalog, member, "", "The policy doesn't know this member.", changes);
	else if (member->member_is_ours && !member->role_is_ours && member->danger != NULL)
	{
		char *reason = psprintf("It gives what the policy gives nobody: %s.", member->danger);

		revoke(catalog, member, "", reason, changes);
		pg_free(reason);
	}
}

void
role_plan_revokes(const Policy *policy, const RoleCatalog *catalog, RoleChangeList *changes)
{
	for (int i = 0; i < catalog->member_count; i++)
	{
		const FoundMember *member = &catalog->members[i];
		const PolicyEntry *entry = find_entry(policy, member);
		ClaimedMember said = {.name = ""};
		bool is_claimed;

		if (entry != NULL)
			said = (ClaimedMember){.admin = entry->grantable,
								   .inherit = entry->inherit_option,
								   .set = entry->set_option};
		is_claimed = role_claims_of_others(catalog, member->role, member->member, &said);
		if (entry != NULL || (is_claimed && member->role_is_ours))
			revoke_options(catalog, member, &said, changes);
		else if (!is_claimed)
			revoke_unknown(catalog, member, changes);
	}
}

void
role_plan_former_revokes(const RoleCatalog *catalog, const FoundRole *role, RoleChangeList *changes)
{
	for (int i = 0; i < catalog->member_count; i++)
	{
		const FoundMember *member = &catalog->members[i];
		ClaimedMember said = {.name = ""};

		if (strcmp(member->role, role->name) == 0 &&
			role_claims_of_own(catalog, role->name, member->member) &&
			!role_claims_of_others(catalog, role->name, member->member, &said))
			revoke(catalog, member, "", "A former policy of this database gave it.", changes);
	}
}

/* Whether what stands, of all grantors together, gives what the entry says. */
static bool
is_granted(const RoleCatalog *catalog, const PolicyEntry *entry)
{
	FoundMember sum = {0};
	bool found = false;

	for (int i = 0; i < catalog->member_count; i++)
	{
		const FoundMember *member = &catalog->members[i];

		if (strcmp(entry->object, member->role) != 0 || strcmp(entry->role, member->member) != 0)
			continue;
		found = true;
		sum.admin |= member->admin;
		sum.inherit |= member->inherit;
		sum.set |= member->set;
	}
	return found && (sum.admin || !entry->grantable) &&
		   (!catalog->has_member_options ||
			((sum.inherit || !entry->inherit_option) && (sum.set || !entry->set_option)));
}

static const char *
truth(bool value)
{
	return value ? "TRUE" : "FALSE";
}

static void
grant(const RoleCatalog *catalog, const PolicyEntry *entry, RoleChangeList *changes)
{
	PQExpBuffer statement = createPQExpBuffer();

	appendPQExpBufferStr(statement, "GRANT ");
	identifier_append(statement, entry->object);
	appendPQExpBufferStr(statement, " TO ");
	identifier_append(statement, entry->role);
	if (catalog->has_member_options)
		appendPQExpBuffer(statement, " WITH ADMIN %s, INHERIT %s, SET %s", truth(entry->grantable),
						  truth(entry->inherit_option), truth(entry->set_option));
	else if (entry->grantable)
		appendPQExpBufferStr(statement, " WITH ADMIN OPTION");
	role_changes_add(changes, ROLE_GRANT, entry->role, statement, entry->place.reason);
}

/*
 * Who makes the roles and is no superuser: only a member can give things to the owner
 * and deploy in its name.  By inheritance it has USAGE on schema hh, where the calls are
 * bound before there are privileges; of its own it would be more than the policy gives.
 */
static void
grant_owner(const Policy *policy, const RoleCatalog *catalog, RoleChangeList *changes)
{
	const char *owner = policy_owner(policy);
	const FoundRole *user = role_catalog_find(catalog, catalog->user);
	PolicyEntry entry = {.object = owner,
						 .role = catalog->user,
						 .inherit_option = true,
						 .set_option = true,
						 .place.reason = "Who deploys must be able to act as the owner."};

	if (owner == NULL || user == NULL || user->is_superuser || !user->create_role ||
		catalog->may_deploy || policy_find_role(policy, catalog->user) != NULL)
		return;
	grant(catalog, &entry, changes);
}

/*
 * The first deployment makes schemas in the owner's name, before there is an audit to
 * say what the owner lacks.
 */
static void
grant_create(const Policy *policy, const RoleCatalog *catalog, RoleChangeList *changes)
{
	const char *owner = policy_owner(policy);

	for (int i = 0; i < policy->entry_count && owner != NULL && !catalog->owner_may_create; i++)
	{
		const PolicyEntry *entry = &policy->entries[i];
		PQExpBuffer statement;

		if (entry->rule != RULE_PRIVILEGE || entry->object_type != OBJECT_DATABASE ||
			strcmp(entry->privilege, "CREATE") != 0 || entry->role == NULL ||
			strcmp(entry->role, owner) != 0)
			continue;
		statement = createPQExpBuffer();
		appendPQExpBufferStr(statement, "GRANT CREATE ON DATABASE ");
		identifier_append(statement, catalog->database);
		appendPQExpBufferStr(statement, " TO ");
		identifier_append(statement, owner);
		role_changes_add(changes, ROLE_GRANT, entry->role, statement, entry->place.reason);
	}
}

void
role_plan_grants(const Policy *policy, const RoleCatalog *catalog, RoleChangeList *changes)
{
	for (int i = 0; i < policy->entry_count; i++)
	{
		const PolicyEntry *entry = &policy->entries[i];

		if (entry->rule == RULE_MEMBER && !is_granted(catalog, entry))
			grant(catalog, entry, changes);
	}
	grant_owner(policy, catalog, changes);
	grant_create(policy, catalog, changes);
}
