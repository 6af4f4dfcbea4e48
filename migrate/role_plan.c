/*
 * role_plan.c
 *		From a policy's roles and those of the cluster to statements.
 */
#include "postgres_fe.h"

#include "identifier.h"
#include "role_claims.h"
#include "role_member.h"
#include "role_plan.h"

/* An attribute's words, and where it stands. */
static const struct
{
	const char *on;
	const char *off;
	size_t wanted; /* in PolicyRole */
	size_t found;  /* in FoundRole */
} attributes[] = {
	{"LOGIN", "NOLOGIN", offsetof(PolicyRole, can_login), offsetof(FoundRole, can_login)},
	{"INHERIT", "NOINHERIT", offsetof(PolicyRole, inherit), offsetof(FoundRole, inherit)},
	{"CREATEDB", "NOCREATEDB", offsetof(PolicyRole, create_db), offsetof(FoundRole, create_db)},
	{"CREATEROLE", "NOCREATEROLE", offsetof(PolicyRole, create_role),
	 offsetof(FoundRole, create_role)},
	{"REPLICATION", "NOREPLICATION", offsetof(PolicyRole, replication),
	 offsetof(FoundRole, replication)},
	{"BYPASSRLS", "NOBYPASSRLS", offsetof(PolicyRole, bypass_rls), offsetof(FoundRole, bypass_rls)},
};

const char *
role_change_name(RoleChangeKind kind)
{
	static const char *const names[] = {"create role", "alter role", "revoke role",
										"grant role",  "set",		 "comment"};

	return names[kind];
}

void
role_changes_add(RoleChangeList *changes, RoleChangeKind kind, const char *role,
				 PQExpBuffer statement, const char *reason)
{
	changes->items = pg_realloc(changes->items, sizeof(RoleChange) * (size_t) (changes->count + 1));
	changes->items[changes->count++] =
		(RoleChange){kind, role, pg_strdup(statement->data), pg_strdup(reason), NULL};
	destroyPQExpBuffer(statement);
}

/* It changes nothing, and whoever does the same waits and then fails. */
void
role_changes_lock(RoleChangeList *changes, const FoundRole *role)
{
	PQExpBuffer statement = createPQExpBuffer();

	appendPQExpBufferStr(statement, "ALTER ROLE ");
	if (role != NULL && role->may_comment)
	{
		identifier_append(statement, role->name);
		changes->items[changes->count - 1].lock = pg_strdup(statement->data);
	}
	destroyPQExpBuffer(statement);
}

void
role_changes_free(RoleChangeList *changes)
{
	for (int i = 0; i < changes->count; i++)
	{
		pg_free(changes->items[i].statement);
		pg_free(changes->items[i].reason);
		pg_free(changes->items[i].lock);
	}
	pg_free(changes->items);
	memset(changes, 0, sizeof(*changes));
}

static PQExpBuffer
begin_statement(const char *words, const char *role)
{
	PQExpBuffer statement = createPQExpBuffer();

	appendPQExpBufferStr(statement, words);
	identifier_append(statement, role);
	return statement;
}

static bool
flag(const void *record, size_t offset)
{
	return *(const bool *) ((const char *) record + offset);
}

/* LOGIN is said in any case, for a reader; the others where they aren't the default. */
static void
create_role(const PolicyRole *role, RoleChangeList *changes)
{
	PQExpBuffer statement = begin_statement("CREATE ROLE ", role->name);
	const FoundRole defaults = {.inherit = true};

	for (size_t i = 0; i < lengthof(attributes); i++)
	{
		bool wanted = flag(role, attributes[i].wanted);

		if (i == 0 || wanted != flag(&defaults, attributes[i].found))
			appendPQExpBuffer(statement, " %s", wanted ? attributes[i].on : attributes[i].off);
	}
	if (role->connection_limit != -1)
		appendPQExpBuffer(statement, " CONNECTION LIMIT %d", role->connection_limit);
	role_changes_add(changes, ROLE_CREATE, role->name, statement, role->place.reason);
}

/* Whether the policy's limit takes something away. */
static bool
is_lower(int limit, int than)
{
	return limit != -1 && (than == -1 || limit < than);
}

/* With what other databases' policies say of it. */
static PolicyRole
shared_role(const PolicyRole *role, const RoleCatalog *catalog, const FoundRole *found)
{
	ClaimedAttributes sum = {role->can_login,		role->inherit,	   role->create_db,
							 role->create_role,		role->replication, role->bypass_rls,
							 role->connection_limit};
	PolicyRole shared = *role;

	role_claims_add_attributes(catalog, found, &sum);
	shared.can_login = sum.can_login;
	shared.inherit = sum.inherit;
	shared.create_db = sum.create_db;
	shared.create_role = sum.create_role;
	shared.replication = sum.replication;
	shared.bypass_rls = sum.bypass_rls;
	shared.connection_limit = sum.connection_limit;
	return shared;
}

static void
alter_role(const PolicyRole *role, const FoundRole *found, bool additive, RoleChangeList *changes)
{
	PQExpBuffer statement = begin_statement("ALTER ROLE ", role->name);
	size_t unchanged = statement->len;

	if (found->is_superuser && !additive)
		appendPQExpBufferStr(statement, " NOSUPERUSER");
	for (size_t i = 0; i < lengthof(attributes); i++)
	{
		bool wanted = flag(role, attributes[i].wanted);

		if (wanted != flag(found, attributes[i].found) && (wanted || !additive))
			appendPQExpBuffer(statement, " %s", wanted ? attributes[i].on : attributes[i].off);
	}
	if (role->connection_limit != found->connection_limit &&
		!(additive && is_lower(role->connection_limit, found->connection_limit)))
		appendPQExpBuffer(statement, " CONNECTION LIMIT %d", role->connection_limit);
	if (statement->len == unchanged)
	{
		destroyPQExpBuffer(statement);
		return;
	}
	role_changes_add(changes, ROLE_ATTRIBUTE, role->name, statement, role->place.reason);
	role_changes_lock(changes, found);
}

/* A setting's name, which may have a prefix. */
static void
append_setting_name(PQExpBuffer statement, const char *name)
{
	const char *dot = strchr(name, '.');
	char *prefix;

	if (dot == NULL)
	{
		identifier_append(statement, name);
		return;
	}
	prefix = pnstrdup(name, (size_t) (dot - name));
	identifier_append(statement, prefix);
	appendPQExpBufferChar(statement, '.');
	append_setting_name(statement, dot + 1);
	pg_free(prefix);
}

/* ALTER ROLE role IN DATABASE this SET or RESET setting */
static PQExpBuffer
begin_setting(const RoleCatalog *catalog, const char *role, const char *verb, const char *name)
{
	PQExpBuffer statement = begin_statement("ALTER ROLE ", role);

	appendPQExpBufferStr(statement, " IN DATABASE ");
	identifier_append(statement, catalog->database);
	appendPQExpBuffer(statement, " %s ", verb);
	append_setting_name(statement, name);
	return statement;
}

static const FoundSetting *
find_setting(const RoleCatalog *catalog, const PolicySetting *setting)
{
	for (int i = 0; i < catalog->setting_count; i++)
	{
		if (strcmp(catalog->settings[i].role, setting->role) == 0 &&
			pg_strcasecmp(catalog->settings[i].name, setting->name) == 0)
			return &catalog->settings[i];
	}
	return NULL;
}

static bool
is_wanted(const Policy *policy, const FoundSetting *found)
{
	for (int i = 0; i < policy->setting_count; i++)
	{
		if (strcmp(found->role, policy->settings[i].role) == 0 &&
			pg_strcasecmp(found->name, policy->settings[i].name) == 0)
			return true;
	}
	return false;
}

static void
plan_settings(const Policy *policy, const RoleCatalog *catalog, bool additive,
			  RoleChangeList *changes)
{
	for (int i = 0; i < policy->setting_count; i++)
	{
		const PolicySetting *setting = &policy->settings[i];
		const FoundSetting *found = find_setting(catalog, setting);
		PQExpBuffer statement;

		if (found != NULL && (additive || strcmp(found->value, setting->value) == 0))
			continue;
		statement = begin_setting(catalog, setting->role, "SET", setting->name);
		appendPQExpBufferStr(statement, " TO ");
		literal_append(statement, setting->value);
		role_changes_add(changes, ROLE_SETTING, setting->role, statement, setting->place.reason);
	}
	for (int i = 0; i < catalog->setting_count && !additive; i++)
	{
		const FoundSetting *found = &catalog->settings[i];

		if (!is_wanted(policy, found))
			role_changes_add(changes, ROLE_SETTING, found->role,
							 begin_setting(catalog, found->role, "RESET", found->name),
							 "The policy has no such setting.");
	}
}

void
role_plan(const Policy *policy, const RoleCatalog *catalog, bool additive, RoleChangeList *changes)
{
	for (int i = 0; i < policy->role_count; i++)
	{
		if (role_catalog_find(catalog, policy->roles[i].name) == NULL)
			create_role(&policy->roles[i], changes);
	}
	for (int i = 0; i < policy->role_count; i++)
	{
		const FoundRole *found = role_catalog_find(catalog, policy->roles[i].name);
		PolicyRole role;

		if (found == NULL)
			continue;
		role = shared_role(&policy->roles[i], catalog, found);
		alter_role(&role, found, additive, changes);
	}
	if (!additive)
		role_plan_revokes(policy, catalog, changes);
	role_plan_grants(policy, catalog, changes);
	plan_settings(policy, catalog, additive, changes);
	role_plan_claims(policy, catalog, additive, changes);
}

void
role_plan_former(const Policy *policy, const RoleCatalog *catalog, RoleChangeList *changes)
{
	for (int i = 0; i < catalog->role_count; i++)
	{
		const FoundRole *role = &catalog->roles[i];
		int count = changes->count;

		if (policy_find_role(policy, role->name) != NULL || !role_claims_know(catalog, role))
			continue;
		role_plan_former_revokes(catalog, role, changes);
		if (role->may_comment || changes->count > count)
			role_plan_withdrawal(catalog, role, changes);
	}
}
