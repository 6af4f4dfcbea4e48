/*
 * policy.c
 *		What a policy's file says of roles, privileges and services.
 */
#include "postgres_fe.h"

#include "mb/pg_wchar.h"

#include "policy.h"
#include "policy_check.h"
#include "policy_parser.h"

/* What a file without CREATE PROFILE has. */
#define ONLY_PROFILE "strict"

const char *
policy_object_name(ObjectType type)
{
	static const char *const names[] = {"database", "schema", "table", "sequence",
										"function", "type",	  "role"};

	return names[type];
}

const char *
policy_rule_name(PolicyRule rule)
{
	static const char *const names[] = {"privilege", "default", "owner", "member"};

	return names[rule];
}

bool
policy_fail(PolicyError *error, int line, int column, char *message, char *hint)
{
	if (error->message == NULL)
		*error = (PolicyError){line, column, message, hint};
	else
	{
		pg_free(message);
		pg_free(hint);
	}
	return false;
}

void
policy_error_free(PolicyError *error)
{
	pg_free(error->message);
	pg_free(error->hint);
	memset(error, 0, sizeof(*error));
}

/* Refuses what the database could not hold. */
static bool
check_bytes(const char *text, size_t length, PolicyError *error)
{
	int line = 1;
	int column = 1;

	for (size_t at = 0; at < length;)
	{
		const unsigned char *here = (const unsigned char *) text + at;
		int size = pg_utf_mblen(here);

		if (*here == '\0')
			return policy_fail(error, line, column, pg_strdup("the file holds a NUL byte"), NULL);
		if (at + (size_t) size > length || !pg_utf8_islegal(here, size))
			return policy_fail(error, line, column, pg_strdup("the file is not in UTF-8"), NULL);
		column++;
		if (*here == '\n')
		{
			line++;
			column = 1;
		}
		at += (size_t) size;
	}
	return true;
}

/* A problem of the caller's choice, not of the file's. */
static bool
refuse_profile(const Policy *policy, const char *profile, PolicyError *error)
{
	char *names = pg_strdup(policy->profile_count == 0 ? ONLY_PROFILE : "");
	char *hint;

	for (int i = 0; i < policy->profile_count; i++)
	{
		char *longer = psprintf("%s%s%s", names, i > 0 ? ", " : "", policy->profiles[i].name);

		pg_free(names);
		names = longer;
	}
	hint = psprintf("It has: %s.", names);
	pg_free(names);
	return policy_fail(error, 0, 0, psprintf("the policy has no profile \"%s\"", profile), hint);
}

/* The number of the profile to keep; EVERY_PROFILE where the file names none. */
static bool
find_profile(Policy *policy, const char *profile, int *number, PolicyError *error)
{
	*number = EVERY_PROFILE;
	for (int i = 0; i < policy->profile_count; i++)
	{
		if (profile ? strcmp(policy->profiles[i].name, profile) == 0
					: policy->profiles[i].is_default)
		{
			*number = i;
			policy->profile = policy->profiles[i].name;
			return true;
		}
	}
	policy->profile = ONLY_PROFILE;
	if (policy->profile_count == 0 && (profile == NULL || strcmp(profile, ONLY_PROFILE) == 0))
		return true;
	return refuse_profile(policy, profile, error);
}

static bool
holds(const PolicyPlace *place, int profile)
{
	return place->profile == EVERY_PROFILE || place->profile == profile;
}

#define KEEP_PROFILE(items, count, profile)                                                        \
	do                                                                                             \
	{                                                                                              \
		int kept = 0;                                                                              \
                                                                                                   \
		for (int i = 0; i < (count); i++)                                                          \
		{                                                                                          \
			if (holds(&(items)[i].place, profile))                                                 \
				(items)[kept++] = (items)[i];                                                      \
		}                                                                                          \
		(count) = kept;                                                                            \
	} while (0)

static bool
keep_profile(Policy *policy, const char *profile, PolicyError *error)
{
	int number;

	if (!find_profile(policy, profile, &number, error))
		return false;
	KEEP_PROFILE(policy->roles, policy->role_count, number);
	KEEP_PROFILE(policy->settings, policy->setting_count, number);
	KEEP_PROFILE(policy->entries, policy->entry_count, number);
	KEEP_PROFILE(policy->services, policy->service_count, number);
	return true;
}

bool
policy_read(Policy *policy, const char *bytes, size_t length, const char *profile,
			PolicyError *error)
{
	size_t normal_length;
	char *text = text_pool_keep(&policy->pool, checksum_normalise(bytes, length, &normal_length));

	return check_bytes(text, normal_length, error) &&
		   checksum_compute(text, normal_length, policy->checksum) &&
		   policy_parse(policy, text, error) && policy_check(policy, error) &&
		   keep_profile(policy, profile, error);
}

void
policy_free(Policy *policy)
{
	pg_free(policy->profiles);
	pg_free(policy->roles);
	pg_free(policy->settings);
	pg_free(policy->entries);
	pg_free(policy->services);
	text_pool_free(&policy->pool);
	memset(policy, 0, sizeof(*policy));
}

const PolicyRole *
policy_find_role(const Policy *policy, const char *name)
{
	for (int i = 0; i < policy->role_count; i++)
	{
		if (strcmp(policy->roles[i].name, name) == 0)
			return &policy->roles[i];
	}
	return NULL;
}

const char *
policy_owner(const Policy *policy)
{
	for (int i = 0; i < policy->entry_count; i++)
	{
		const PolicyEntry *entry = &policy->entries[i];

		if (entry->rule == RULE_OWNER && entry->object_type == OBJECT_SCHEMA &&
			strcmp(entry->object, "hh") == 0)
			return entry->role;
	}
	return NULL;
}
