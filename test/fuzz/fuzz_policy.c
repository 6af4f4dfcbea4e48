/*
 * fuzz_policy.c
 *		A libFuzzer target for what reads a policy's text.
 *
 * Beside what the sanitizers see, it holds every text to this: what is refused has a
 * place and a message; what is accepted names declared roles and fits the catalogs'
 * names, and each statement has a reason.
 */
#include "postgres_fe.h"

#include "policy.h"

#define MUST(condition) ((condition) ? (void) 0 : __builtin_trap())

int LLVMFuzzerTestOneInput(const uint8 *data, size_t size);

static void
check_name(const char *name)
{
	MUST(name == NULL || (name[0] != '\0' && strlen(name) < NAMEDATALEN));
}

static void
check_place(const PolicyPlace *place)
{
	MUST(place->line >= 1 && place->column >= 1);
	MUST(place->reason != NULL && place->reason[0] != '\0');
}

static void
check_entry(const Policy *policy, const PolicyEntry *entry)
{
	check_place(&entry->place);
	check_name(entry->schema);
	check_name(entry->column_name);
	if (entry->object_type != OBJECT_FUNCTION)
		check_name(entry->object);
	MUST(entry->role == NULL || policy_find_role(policy, entry->role) != NULL);
	MUST((entry->creator != NULL) == (entry->rule == RULE_DEFAULT));
	MUST(entry->creator == NULL || policy_find_role(policy, entry->creator) != NULL);
	MUST(entry->rule != RULE_MEMBER || policy_find_role(policy, entry->object) != NULL);
	MUST(entry->privilege != NULL);
}

static void
check_policy(const Policy *policy)
{
	MUST(policy->profile != NULL);
	for (int i = 0; i < policy->role_count; i++)
	{
		check_place(&policy->roles[i].place);
		check_name(policy->roles[i].name);
		MUST(policy->roles[i].connection_limit >= -1);
	}
	for (int i = 0; i < policy->setting_count; i++)
		MUST(policy_find_role(policy, policy->settings[i].role) != NULL);
	for (int i = 0; i < policy->entry_count; i++)
		check_entry(policy, &policy->entries[i]);
	for (int i = 0; i < policy->service_count; i++)
	{
		check_place(&policy->services[i].place);
		MUST((policy->services[i].role == NULL) == (strcmp(policy->services[i].mode, "none") == 0));
	}
}

int
LLVMFuzzerTestOneInput(const uint8 *data, size_t size)
{
	Policy policy = {0};
	PolicyError error = {0};

	if (policy_read(&policy, (const char *) data, size, NULL, &error))
	{
		MUST(error.message == NULL);
		check_policy(&policy);
	}
	else
		MUST(error.message != NULL && error.line >= 1 && error.column >= 1);
	policy_error_free(&error);
	policy_free(&policy);
	return 0;
}
