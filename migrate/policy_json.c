/*
 * policy_json.c
 *		A policy as the arrays of objects that queries/policy_add_*.sql take.
 */
#include "postgres_fe.h"

#include "json.h"
#include "policy_json.h"

static PQExpBuffer
begin_array(void)
{
	PQExpBuffer json = createPQExpBuffer();

	appendPQExpBufferChar(json, '[');
	return json;
}

static char *
end_array(PQExpBuffer json)
{
	char *copy;

	appendPQExpBufferChar(json, ']');
	copy = pg_strdup(json->data);
	destroyPQExpBuffer(json);
	return copy;
}

static void
begin_object(PQExpBuffer json, const char *key, const char *value)
{
	appendPQExpBuffer(json, "%s{\"%s\":", json->data[json->len - 1] == '}' ? "," : "", key);
	json_append_string(json, value);
}

/* A member that is NULL is left out, and so becomes NULL. */
static void
append_text(PQExpBuffer json, const char *key, const char *value)
{
	if (value == NULL)
		return;
	appendPQExpBuffer(json, ",\"%s\":", key);
	json_append_string(json, value);
}

static void
append_boolean(PQExpBuffer json, const char *key, bool value)
{
	appendPQExpBuffer(json, ",\"%s\":%s", key, value ? "true" : "false");
}

static void
append_number(PQExpBuffer json, const char *key, int value)
{
	appendPQExpBuffer(json, ",\"%s\":%d", key, value);
}

static void
end_object(PQExpBuffer json, const PolicyPlace *place)
{
	append_text(json, "reason", place->reason);
	append_number(json, "line", place->line);
	appendPQExpBufferChar(json, '}');
}

static void
append_settings(PQExpBuffer json, const Policy *policy, const PolicyRole *role)
{
	const char *separator = "";

	appendPQExpBufferStr(json, ",\"settings\":[");
	for (int i = 0; i < policy->setting_count; i++)
	{
		const PolicySetting *setting = &policy->settings[i];
		char *assignment;

		if (strcmp(setting->role, role->name) != 0)
			continue;
		assignment = psprintf("%s=%s", setting->name, setting->value);
		appendPQExpBufferStr(json, separator);
		json_append_string(json, assignment);
		pg_free(assignment);
		separator = ",";
	}
	appendPQExpBufferChar(json, ']');
}

char *
policy_roles_as_json(const Policy *policy)
{
	PQExpBuffer json = begin_array();

	for (int i = 0; i < policy->role_count; i++)
	{
		const PolicyRole *role = &policy->roles[i];

		begin_object(json, "role_name", role->name);
		append_boolean(json, "can_login", role->can_login);
		append_boolean(json, "inherit", role->inherit);
		append_boolean(json, "create_db", role->create_db);
		append_boolean(json, "create_role", role->create_role);
		append_boolean(json, "replication", role->replication);
		append_boolean(json, "bypass_rls", role->bypass_rls);
		append_number(json, "connection_limit", role->connection_limit);
		append_settings(json, policy, role);
		end_object(json, &role->place);
	}
	return end_array(json);
}

char *
policy_entries_as_json(const Policy *policy)
{
	PQExpBuffer json = begin_array();

	for (int i = 0; i < policy->entry_count; i++)
	{
		const PolicyEntry *entry = &policy->entries[i];

		begin_object(json, "rule", policy_rule_name(entry->rule));
		append_number(json, "id", i + 1);
		append_text(json, "role_name", entry->role);
		append_text(json, "object_type", policy_object_name(entry->object_type));
		append_text(json, "object_schema", entry->schema);
		append_text(json, "object_name", entry->object);
		append_text(json, "column_name", entry->column_name);
		append_text(json, "privilege", entry->privilege);
		append_boolean(json, "grantable", entry->grantable);
		if (entry->rule == RULE_MEMBER)
		{
			append_boolean(json, "inherit_option", entry->inherit_option);
			append_boolean(json, "set_option", entry->set_option);
		}
		append_text(json, "creator", entry->creator);
		end_object(json, &entry->place);
	}
	return end_array(json);
}

char *
policy_services_as_json(const Policy *policy)
{
	PQExpBuffer json = begin_array();

	for (int i = 0; i < policy->service_count; i++)
	{
		const PolicyService *service = &policy->services[i];

		begin_object(json, "service_name", service->name);
		append_text(json, "role_name", service->role);
		append_text(json, "mode", service->mode);
		end_object(json, &service->place);
	}
	return end_array(json);
}
