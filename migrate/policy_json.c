/*
 * policy_json.c
 *		A policy as the rows of its image in the database, each a JSON object.
 */
#include "postgres_fe.h"

#include "json.h"
#include "policy_json.h"

static void
begin_member(PQExpBuffer json, const char *key)
{
	appendPQExpBufferStr(json, json->len == 0 ? "{\"" : ",\"");
	appendPQExpBufferStr(json, key);
	appendPQExpBufferStr(json, "\":");
}

static void
append_text(PQExpBuffer json, const char *key, const char *value)
{
	begin_member(json, key);
	if (value)
		json_append_as_server(json, value);
	else
		appendPQExpBufferStr(json, "null");
}

static void
append_boolean(PQExpBuffer json, const char *key, bool value)
{
	begin_member(json, key);
	appendPQExpBufferStr(json, value ? "true" : "false");
}

static void
append_number(PQExpBuffer json, const char *key, int value)
{
	begin_member(json, key);
	appendPQExpBuffer(json, "%d", value);
}

static void
append_settings(PQExpBuffer json, const Policy *policy, const PolicyRole *role)
{
	const char *separator = "";

	begin_member(json, "settings");
	appendPQExpBufferChar(json, '[');
	for (int i = 0; i < policy->setting_count; i++)
	{
		const PolicySetting *setting = &policy->settings[i];
		char *assignment;

		if (strcmp(setting->role, role->name) != 0)
			continue;
		assignment = psprintf("%s=%s", setting->name, setting->value);
		appendPQExpBufferStr(json, separator);
		json_append_as_server(json, assignment);
		pg_free(assignment);
		separator = ",";
	}
	appendPQExpBufferChar(json, ']');
}

/* Ends a row, and leaves the buffer empty for the next. */
static void
end_row(PQExpBuffer json, const PolicyPlace *place, TextPool *rows)
{
	append_text(json, "reason", place->reason);
	append_number(json, "line", place->line);
	appendPQExpBufferChar(json, '}');
	text_pool_keep(rows, pg_strdup(json->data));
	resetPQExpBuffer(json);
}

void
policy_json_roles(const Policy *policy, TextPool *rows)
{
	PQExpBuffer json = createPQExpBuffer();

	for (int i = 0; i < policy->role_count; i++)
	{
		const PolicyRole *role = &policy->roles[i];

		append_text(json, "role_name", role->name);
		append_boolean(json, "can_login", role->can_login);
		append_boolean(json, "inherit", role->inherit);
		append_boolean(json, "create_db", role->create_db);
		append_boolean(json, "create_role", role->create_role);
		append_boolean(json, "replication", role->replication);
		append_boolean(json, "bypass_rls", role->bypass_rls);
		append_number(json, "connection_limit", role->connection_limit);
		append_settings(json, policy, role);
		end_row(json, &role->place, rows);
	}
	destroyPQExpBuffer(json);
}

static void
append_option(PQExpBuffer json, const char *key, const PolicyEntry *entry, bool value)
{
	if (entry->rule == RULE_MEMBER)
		append_boolean(json, key, value);
	else
		append_text(json, key, NULL);
}

void
policy_json_entries(const Policy *policy, TextPool *rows)
{
	PQExpBuffer json = createPQExpBuffer();

	for (int i = 0; i < policy->entry_count; i++)
	{
		const PolicyEntry *entry = &policy->entries[i];

		append_number(json, "id", i + 1);
		append_text(json, "rule", policy_rule_name(entry->rule));
		append_text(json, "role_name", entry->role);
		append_text(json, "object_type", policy_object_name(entry->object_type));
		append_text(json, "object_schema", entry->schema);
		append_text(json, "object_name", entry->object);
		append_text(json, "column_name", entry->column_name);
		append_text(json, "privilege", entry->privilege);
		append_boolean(json, "grantable", entry->grantable);
		append_option(json, "inherit_option", entry, entry->inherit_option);
		append_option(json, "set_option", entry, entry->set_option);
		append_text(json, "creator", entry->creator);
		end_row(json, &entry->place, rows);
	}
	destroyPQExpBuffer(json);
}

void
policy_json_services(const Policy *policy, TextPool *rows)
{
	PQExpBuffer json = createPQExpBuffer();

	for (int i = 0; i < policy->service_count; i++)
	{
		const PolicyService *service = &policy->services[i];

		append_text(json, "service_name", service->name);
		append_text(json, "role_name", service->role);
		append_text(json, "mode", service->mode);
		end_row(json, &service->place, rows);
	}
	destroyPQExpBuffer(json);
}

char *
policy_json_array(const TextPool *rows)
{
	PQExpBuffer json = createPQExpBuffer();
	char *copy;

	for (int i = 0; i < rows->count; i++)
		appendPQExpBuffer(json, "%c%s", i == 0 ? '[' : ',', rows->items[i]);
	appendPQExpBufferStr(json, rows->count == 0 ? "[]" : "]");
	copy = pg_strdup(json->data);
	destroyPQExpBuffer(json);
	return copy;
}
