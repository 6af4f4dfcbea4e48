/*
 * policy_check.c
 *		A policy's statements against each other.
 */
#include "postgres_fe.h"

#include "policy_check.h"

/* Settings whose values are lists, which ALTER ROLE quotes in ways of its own. */
static const char *const list_settings[] = {
	"local_preload_libraries",	 "search_path",
	"session_preload_libraries", "temp_tablespaces",
	"shared_preload_libraries",	 "unix_socket_directories",
};

/* Takes over message and hint. */
static bool
refuse(PolicyError *error, const PolicyPlace *place, char *message, char *hint)
{
	return policy_fail(error, place->line, place->column, message, hint);
}

/* Whether there is a profile in which both hold. */
static bool
meet(const PolicyPlace *a, const PolicyPlace *b)
{
	return a->profile == EVERY_PROFILE || b->profile == EVERY_PROFILE || a->profile == b->profile;
}

static bool
same(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static bool
refuse_repetition(PolicyError *error, const PolicyPlace *place, const PolicyPlace *first)
{
	return refuse(error, place, psprintf("line %d says the same already", first->line), NULL);
}

static bool
check_profiles(const Policy *policy, PolicyError *error)
{
	const PolicyProfile *found = NULL;

	for (int i = 0; i < policy->profile_count; i++)
	{
		const PolicyProfile *profile = &policy->profiles[i];

		for (int before = 0; before < i; before++)
		{
			if (same(policy->profiles[before].name, profile->name))
				return refuse_repetition(error, &profile->place, &policy->profiles[before].place);
		}
		if (profile->is_default && found != NULL)
			return refuse(error, &profile->place,
						  psprintf("line %d has the default profile already", found->place.line),
						  NULL);
		if (profile->is_default)
			found = profile;
	}
	if (policy->profile_count > 0 && found == NULL)
		return refuse(error, &policy->profiles[0].place, pg_strdup("no profile is the default"),
					  pg_strdup("CREATE PROFILE name DEFAULT says which one is."));
	return true;
}

/* The role as it is where a statement holds, or NULL. */
static const PolicyRole *
find_role(const Policy *policy, const PolicyPlace *place, const char *name)
{
	for (int i = 0; i < policy->role_count; i++)
	{
		const PolicyRole *role = &policy->roles[i];

		if (same(role->name, name) &&
			(role->place.profile == EVERY_PROFILE || role->place.profile == place->profile))
			return role;
	}
	return NULL;
}

static bool
check_role(const Policy *policy, const PolicyPlace *place, const char *name, PolicyError *error)
{
	if (find_role(policy, place, name) != NULL)
		return true;
	return refuse(error, place, psprintf("role \"%s\" is not declared", name),
				  pg_strdup("CREATE ROLE declares it, in the same profile or in all."));
}

static bool
check_roles(const Policy *policy, PolicyError *error)
{
	for (int i = 0; i < policy->role_count; i++)
	{
		const PolicyRole *role = &policy->roles[i];

		for (int before = 0; before < i; before++)
		{
			const PolicyRole *other = &policy->roles[before];

			if (same(other->name, role->name) && meet(&other->place, &role->place))
				return refuse(
					error, &role->place,
					psprintf("line %d declares role \"%s\" already", other->place.line, role->name),
					NULL);
		}
	}
	return true;
}

static bool
check_setting(const Policy *policy, int number, PolicyError *error)
{
	const PolicySetting *setting = &policy->settings[number];

	for (size_t i = 0; i < lengthof(list_settings); i++)
	{
		if (strcmp(setting->name, list_settings[i]) == 0)
			return refuse(
				error, &setting->place,
				psprintf("setting \"%s\" is a list, which a policy does not take", setting->name),
				NULL);
	}
	for (int before = 0; before < number; before++)
	{
		const PolicySetting *other = &policy->settings[before];

		if (same(other->role, setting->role) && pg_strcasecmp(other->name, setting->name) == 0 &&
			meet(&other->place, &setting->place))
			return refuse(error, &setting->place,
						  psprintf("line %d sets \"%s\" already", other->place.line, setting->name),
						  NULL);
	}
	return check_role(policy, &setting->place, setting->role, error);
}

/* Whether both are about the same thing, whoever it is granted or given to. */
static bool
same_object(const PolicyEntry *a, const PolicyEntry *b)
{
	return a->rule == b->rule && a->object_type == b->object_type && same(a->schema, b->schema) &&
		   same(a->object, b->object) && meet(&a->place, &b->place);
}

static bool
check_repetition(const Policy *policy, int number, PolicyError *error)
{
	const PolicyEntry *entry = &policy->entries[number];

	for (int before = 0; before < number; before++)
	{
		const PolicyEntry *other = &policy->entries[before];

		if (!same_object(entry, other))
			continue;
		if (entry->rule == RULE_OWNER && !same(entry->role, other->role))
			return refuse(
				error, &entry->place,
				psprintf("line %d gives it to role \"%s\"", other->place.line, other->role),
				pg_strdup("An object has one owner."));
		if (same(entry->role, other->role) && same(entry->creator, other->creator) &&
			strcmp(entry->privilege, other->privilege) == 0 &&
			same(entry->column_name, other->column_name))
			return refuse_repetition(error, &entry->place, &other->place);
	}
	return true;
}

/* Follows memberships from a role; visited: one an entry, so that none is followed twice. */
static bool
leads_to(const Policy *policy, const PolicyPlace *place, const char *role, const char *of,
		 bool *visited)
{
	for (int i = 0; i < policy->entry_count; i++)
	{
		const PolicyEntry *entry = &policy->entries[i];

		if (visited[i] || entry->rule != RULE_MEMBER || !same(entry->role, role) ||
			!meet(&entry->place, place))
			continue;
		visited[i] = true;
		if (same(entry->object, of) || leads_to(policy, place, entry->object, of, visited))
			return true;
	}
	return false;
}

/* Whether a role is a member of another, itself or through others. */
static bool
is_member(const Policy *policy, const PolicyPlace *place, const char *role, const char *of)
{
	bool *visited = pg_malloc0(sizeof(bool) * (size_t) policy->entry_count);
	bool found = leads_to(policy, place, role, of, visited);

	pg_free(visited);
	return found;
}

static bool
check_membership(const Policy *policy, PolicyEntry *entry, PolicyError *error)
{
	if (same(entry->object, entry->role) ||
		is_member(policy, &entry->place, entry->object, entry->role))
		return refuse(error, &entry->place,
					  psprintf("role \"%s\" would be a member of itself", entry->role), NULL);
	if (!entry->inherit_is_said)
		entry->inherit_option = find_role(policy, &entry->place, entry->role)->inherit;
	return true;
}

static bool
check_entry(const Policy *policy, int number, PolicyError *error)
{
	PolicyEntry *entry = &policy->entries[number];

	if (entry->creator != NULL && !check_role(policy, &entry->place, entry->creator, error))
		return false;
	if (entry->role != NULL && !check_role(policy, &entry->place, entry->role, error))
		return false;
	if (entry->rule == RULE_MEMBER && !check_role(policy, &entry->place, entry->object, error))
		return false;
	if (entry->role == NULL && entry->grantable)
		return refuse(error, &entry->place,
					  pg_strdup("PUBLIC can't hold a privilege with grant option"), NULL);
	return check_repetition(policy, number, error) &&
		   (entry->rule != RULE_MEMBER || check_membership(policy, entry, error));
}

static bool
check_service(const Policy *policy, int number, PolicyError *error)
{
	const PolicyService *service = &policy->services[number];
	const PolicyRole *role;

	for (int before = 0; before < number; before++)
	{
		const PolicyService *other = &policy->services[before];

		if (same(other->name, service->name) && meet(&other->place, &service->place))
			return refuse(error, &service->place,
						  psprintf("line %d declares service \"%s\" already", other->place.line,
								   service->name),
						  NULL);
	}
	if (service->role == NULL)
		return true;
	if (!check_role(policy, &service->place, service->role, error))
		return false;
	role = find_role(policy, &service->place, service->role);
	if (!role->can_login)
		return refuse(error, &service->place,
					  psprintf("role \"%s\" of the service may not log in", service->role),
					  psprintf("Line %d declares it NOLOGIN.", role->place.line));
	return true;
}

bool
policy_check(Policy *policy, PolicyError *error)
{
	bool checked = check_profiles(policy, error) && check_roles(policy, error);

	for (int i = 0; i < policy->setting_count && checked; i++)
		checked = check_setting(policy, i, error);
	for (int i = 0; i < policy->entry_count && checked; i++)
		checked = check_entry(policy, i, error);
	for (int i = 0; i < policy->service_count && checked; i++)
		checked = check_service(policy, i, error);
	return checked;
}
