/*
 * variables.c
 *		The values of variables that migrations declare in "-- hh: vars".
 */
#include "postgres_fe.h"

#include "common/logging.h"
#include "mb/pg_wchar.h"

#include "json.h"
#include "variables.h"

static Variable *
find(const VariableList *list, const char *name, size_t name_length)
{
	for (int i = 0; i < list->count; i++)
	{
		if (strlen(list->items[i].name) == name_length &&
			memcmp(list->items[i].name, name, name_length) == 0)
			return &list->items[i];
	}
	return NULL;
}

static void
free_string(const char *string)
{
	pg_free(unconstify(char *, string));
}

void
variables_set(VariableList *list, const char *name, size_t name_length, const char *value)
{
	Variable *variable = find(list, name, name_length);

	if (variable == NULL)
	{
		list->items = pg_realloc(list->items, sizeof(Variable) * (size_t) (list->count + 1));
		variable = &list->items[list->count++];
		variable->name = pnstrdup(name, name_length);
	}
	else
		free_string(variable->value);
	variable->value = value ? pg_strdup(value) : NULL;
}

bool
variables_set_assignment(VariableList *list, const char *assignment)
{
	const char *equals = strchr(assignment, '=');
	size_t length = equals ? (size_t) (equals - assignment) : strlen(assignment);

	if (equals == NULL || !variable_name_is_valid(assignment, length))
	{
		pg_log_error("invalid value \"%s\" for --set", assignment);
		pg_log_error_hint("It must be NAME=VALUE; the name is letters, digits and underscores.");
		return false;
	}
	if (length == strlen(DIMENSIONS_VARIABLE) &&
		memcmp(assignment, DIMENSIONS_VARIABLE, length) == 0)
	{
		pg_log_error("--set does not take variable \"%s\"", DIMENSIONS_VARIABLE);
		pg_log_error_hint("It is the database's own; --embedding-dimensions decides it at the "
						  "first deployment.");
		return false;
	}
	variables_set(list, assignment, length, equals + 1);
	return true;
}

const char *
variables_find(const VariableList *list, const char *name)
{
	const Variable *variable = find(list, name, strlen(name));

	return variable ? variable->value : NULL;
}

static bool
is_declared(const MigrationSet *migrations, const char *name)
{
	for (int i = 0; i < migrations->count; i++)
	{
		if (migration_file_declares(&migrations->items[i].file, name, strlen(name)))
			return true;
	}
	return false;
}

/* Adds what the environment says of a migration's variables that have no value yet. */
static void
add_environment(VariableList *values, const Migration *migration)
{
	TextSlice rest = migration->file.vars;
	TextSlice name;

	while (migration_file_next_variable(&rest, &name))
	{
		char *key;
		const char *value;

		if (find(values, name.data, name.length) != NULL)
			continue;
		key = psprintf("%s%.*s", VARIABLE_ENVIRONMENT, (int) name.length, name.data);
		value = getenv(key);
		if (value != NULL)
			variables_set(values, name.data, name.length, value);
		pg_free(key);
	}
}

static bool
check_value(const Variable *variable)
{
	int length = (int) strlen(variable->value);

	if (pg_encoding_verifymbstr(PG_UTF8, variable->value, length) == length)
		return true;
	pg_log_error("the value of variable \"%s\" is not valid UTF-8", variable->name);
	return false;
}

bool
variables_gather(VariableList *values, const VariableList *settings, const MigrationSet *migrations)
{
	for (int i = 0; i < settings->count; i++)
	{
		const Variable *setting = &settings->items[i];

		if (!is_declared(migrations, setting->name))
		{
			pg_log_error("no migration declares variable \"%s\", which --set gives", setting->name);
			pg_log_error_hint("A migration declares it with \"-- hh: vars %s\" in the comment at "
							  "its head.",
							  setting->name);
			return false;
		}
		variables_set(values, setting->name, strlen(setting->name), setting->value);
	}
	for (int i = 0; i < migrations->count; i++)
		add_environment(values, &migrations->items[i]);
	for (int i = 0; i < values->count; i++)
	{
		if (!check_value(&values->items[i]))
			return false;
	}
	return true;
}

VariableList
variables_of(const Migration *migration, const VariableList *values)
{
	VariableList own = {0};
	TextSlice rest = migration->file.vars;
	TextSlice name;

	while (migration_file_next_variable(&rest, &name))
	{
		const Variable *variable = find(values, name.data, name.length);

		variables_set(&own, name.data, name.length, variable ? variable->value : NULL);
	}
	return own;
}

char *
variables_as_json(const VariableList *list)
{
	PQExpBuffer json = createPQExpBuffer();
	const char *separator = "";
	char *copy;

	appendPQExpBufferChar(json, '{');
	for (int i = 0; i < list->count; i++)
	{
		if (list->items[i].value == NULL)
			continue;
		appendPQExpBufferStr(json, separator);
		json_append_string(json, list->items[i].name);
		appendPQExpBufferStr(json, ": ");
		json_append_string(json, list->items[i].value);
		separator = ", ";
	}
	appendPQExpBufferChar(json, '}');
	copy = pg_strdup(json->data);
	destroyPQExpBuffer(json);
	return copy;
}

static int
hex_digit(char c)
{
	const char *digits = "0123456789abcdef";
	const char *found = c != '\0' ? strchr(digits, c) : NULL;

	return found ? (int) (found - digits) : -1;
}

/* Takes bytes in hexadecimal up to a blank or the end off *at; NULL if they aren't. */
static char *
decode_hex(const char **at)
{
	size_t length = strcspn(*at, " ");
	char *bytes = pg_malloc(length / 2 + 1);

	for (size_t i = 0; i < length; i += 2)
	{
		int high = hex_digit((*at)[i]);
		int low = high >= 0 ? hex_digit((*at)[i + 1]) : -1;

		if (low < 0)
		{
			pg_free(bytes);
			return NULL;
		}
		bytes[i / 2] = (char) (high * 16 + low);
	}
	bytes[length / 2] = '\0';
	*at += length;
	return bytes;
}

bool
variables_decode(VariableList *list, const char *encoded)
{
	const char *at = encoded ? encoded : "";

	while (*at != '\0')
	{
		const char *name = at;
		size_t name_length = strcspn(at, "= ");
		char *value;

		at += name_length;
		if (*at != '=' || !variable_name_is_valid(name, name_length))
			return false;
		at++;
		value = decode_hex(&at);
		if (value == NULL)
			return false;
		variables_set(list, name, name_length, value);
		pg_free(value);
		if (*at == ' ')
			at++;
	}
	return true;
}

void
variables_free(VariableList *list)
{
	for (int i = 0; i < list->count; i++)
	{
		free_string(list->items[i].name);
		free_string(list->items[i].value);
	}
	pg_free(list->items);
	memset(list, 0, sizeof(*list));
}
