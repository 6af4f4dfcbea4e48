/*
 * role_claims.c
 *		The part of a role plan about what databases claim: their lines in roles' comments.
 */
#include "postgres_fe.h"

#include "identifier.h"
#include "role_claims.h"
#include "role_member.h"

#define WHY "So that other databases of the cluster leave the role what this one's policy gives it."

/* A role's comment, or "". */
static const char *
comment_of(const FoundRole *role)
{
	return role != NULL && role->comment != NULL ? role->comment : "";
}

static bool
is_own(const RoleCatalog *catalog, const RoleClaim *claim)
{
	return strcmp(claim->database, catalog->database) == 0;
}

/* What a database that is gone has claimed, nobody wants any more. */
static bool
is_other(const RoleCatalog *catalog, const RoleClaim *claim)
{
	if (claim->database[0] == '\0' || is_own(catalog, claim))
		return false;
	for (int i = 0; i < catalog->database_count; i++)
	{
		if (strcmp(catalog->databases[i], claim->database) == 0)
			return true;
	}
	return false;
}

void
role_claims_add_attributes(const RoleCatalog *catalog, const FoundRole *role,
						   ClaimedAttributes *sum)
{
	const char *comment = comment_of(role);
	RoleClaim claim;

	while (role_claim_next(&comment, &claim))
	{
		ClaimedAttributes said = role_claim_attributes(&claim);

		if (is_other(catalog, &claim))
			claimed_attributes_add(sum, &said);
	}
}

bool
role_claims_of_others(const RoleCatalog *catalog, const char *role, const char *member,
					  ClaimedMember *found)
{
	const char *comment = comment_of(role_catalog_find(catalog, role));
	RoleClaim claim;
	bool has = false;

	while (role_claim_next(&comment, &claim))
	{
		if (is_other(catalog, &claim))
			has |= role_claim_has_member(&claim, member, found);
	}
	return has;
}

/* This database's line in a role's comment. */
static bool
find_own(const RoleCatalog *catalog, const FoundRole *role, RoleClaim *claim)
{
	const char *comment = comment_of(role);

	while (role_claim_next(&comment, claim))
	{
		if (is_own(catalog, claim))
			return true;
	}
	return false;
}

bool
role_claims_of_own(const RoleCatalog *catalog, const char *role, const char *member)
{
	ClaimedMember found = {.admin = false};
	RoleClaim claim;

	return find_own(catalog, role_catalog_find(catalog, role), &claim) &&
		   role_claim_has_member(&claim, member, &found);
}

bool
role_claims_know(const RoleCatalog *catalog, const FoundRole *role)
{
	RoleClaim claim;

	return find_own(catalog, role, &claim);
}

static void
append_name(PQExpBuffer line, const char *name)
{
	appendPQExpBufferChar(line, '"');
	for (; *name; name++)
	{
		if (*name == '"' || *name == '\\')
			appendPQExpBufferChar(line, '\\');
		if (*name == '\n')
			appendPQExpBufferStr(line, "\\n");
		else
			appendPQExpBufferChar(line, *name);
	}
	appendPQExpBufferChar(line, '"');
}

static void
append_member(PQExpBuffer line, const char *name, bool admin, bool inherit, bool set)
{
	appendPQExpBufferStr(line, " MEMBER ");
	append_name(line, name);
	appendPQExpBuffer(line, "%s%s%s", admin ? " ADMIN" : "", inherit ? " INHERIT" : "",
					  set ? " SET" : "");
}

static bool
has_member(const Policy *policy, const char *role, const char *member)
{
	for (int i = 0; i < policy->entry_count; i++)
	{
		const PolicyEntry *entry = &policy->entries[i];

		if (entry->rule == RULE_MEMBER && strcmp(entry->object, role) == 0 &&
			strcmp(entry->role, member) == 0)
			return true;
	}
	return false;
}

/* Where nothing is taken away, a member stays that the policy no longer has. */
static void
append_former_members(PQExpBuffer line, const Policy *policy, const RoleCatalog *catalog,
					  const FoundRole *found)
{
	const char *words;
	ClaimedMember member;
	RoleClaim claim;

	if (!find_own(catalog, found, &claim))
		return;
	words = claim.words;
	while (role_claim_next_member(&claim, &words, &member))
	{
		if (!has_member(policy, found->name, member.name))
			append_member(line, member.name, member.admin, member.inherit, member.set);
	}
}

/* What the policy says of the role. */
static void
append_claim(PQExpBuffer line, const Policy *policy, const RoleCatalog *catalog,
			 const PolicyRole *role)
{
	appendPQExpBufferStr(line, "hh-migrate ");
	append_name(line, catalog->database);
	appendPQExpBuffer(
		line, "%s%s%s%s%s%s", role->can_login ? " LOGIN" : "", role->inherit ? " INHERIT" : "",
		role->create_db ? " CREATEDB" : "", role->create_role ? " CREATEROLE" : "",
		role->replication ? " REPLICATION" : "", role->bypass_rls ? " BYPASSRLS" : "");
	if (role->connection_limit != -1)
		appendPQExpBuffer(line, " LIMIT %d", role->connection_limit);
	for (int i = 0; i < policy->entry_count; i++)
	{
		const PolicyEntry *entry = &policy->entries[i];

		if (entry->rule == RULE_MEMBER && strcmp(entry->object, role->name) == 0)
			append_member(line, entry->role, entry->grantable, entry->inherit_option,
						  entry->set_option);
	}
}

/* COMMENT ON ROLE, with people's own lines and other databases' as they are. */
static void
comment(const RoleCatalog *catalog, const char *role, const FoundRole *found, const char *own,
		RoleChangeList *changes)
{
	PQExpBuffer statement = createPQExpBuffer();
	PQExpBuffer text = createPQExpBuffer();
	const char *rest = comment_of(found);
	RoleClaim claim;

	while (role_claim_next(&rest, &claim))
	{
		if (claim.database[0] != '\0' && !is_other(catalog, &claim))
			continue;
		if (text->len > 0)
			appendPQExpBufferChar(text, '\n');
		appendBinaryPQExpBuffer(text, claim.line, claim.length);
	}
	appendPQExpBuffer(text, "%s%s", text->len > 0 && own[0] != '\0' ? "\n" : "", own);
	appendPQExpBufferStr(statement, "COMMENT ON ROLE ");
	identifier_append(statement, role);
	appendPQExpBufferStr(statement, " IS ");
	if (text->len > 0)
		literal_append(statement, text->data);
	else
		appendPQExpBufferStr(statement, "NULL");
	role_changes_add(changes, ROLE_CLAIM, role, statement, WHY);
	role_changes_lock(changes, found);
	destroyPQExpBuffer(text);
}

void
role_plan_claims(const Policy *policy, const RoleCatalog *catalog, bool additive,
				 RoleChangeList *changes)
{
	for (int i = 0; i < policy->role_count; i++)
	{
		const PolicyRole *role = &policy->roles[i];
		const FoundRole *found = role_catalog_find(catalog, role->name);
		PQExpBuffer line = createPQExpBuffer();
		RoleClaim claim;

		append_claim(line, policy, catalog, role);
		if (additive)
			append_former_members(line, policy, catalog, found);
		/* Who may not write there leaves it to an administrator. */
		if ((found == NULL || found->may_comment) &&
			!(find_own(catalog, found, &claim) && claim.length == line->len &&
			  memcmp(claim.line, line->data, line->len) == 0))
			comment(catalog, role->name, found, line->data, changes);
		destroyPQExpBuffer(line);
	}
}

void
role_plan_withdrawal(const RoleCatalog *catalog, const FoundRole *role, RoleChangeList *changes)
{
	comment(catalog, role->name, role, "", changes);
}
