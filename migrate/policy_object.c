/*
 * policy_object.c
 *		What the statements of a policy name: objects of one kind.
 */
#include "postgres_fe.h"

#include "identifier.h"
#include "policy_object.h"

static const struct
{
	const char *word;
	ObjectType type;
} singulars[] =
	{
		{"database", OBJECT_DATABASE}, {"schema", OBJECT_SCHEMA},
		{"table", OBJECT_TABLE},	   {"sequence", OBJECT_SEQUENCE},
		{"function", OBJECT_FUNCTION}, {"procedure", OBJECT_FUNCTION},
		{"routine", OBJECT_FUNCTION},  {"type", OBJECT_TYPE},
		{"domain", OBJECT_TYPE},
},
  plurals[] = {
	  {"tables", OBJECT_TABLE},		 {"sequences", OBJECT_SEQUENCE}, {"functions", OBJECT_FUNCTION},
	  {"routines", OBJECT_FUNCTION}, {"types", OBJECT_TYPE},		 {"schemas", OBJECT_SCHEMA},
};

/* What SQL calls a type, and what the catalogs call it. */
static const struct
{
	const char *said;
	const char *shown;
} type_names[] = {
	{"int", "integer"},
	{"int4", "integer"},
	{"int8", "bigint"},
	{"int2", "smallint"},
	{"bool", "boolean"},
	{"float", "double precision"},
	{"float8", "double precision"},
	{"float4", "real"},
	{"decimal", "numeric"},
	{"varchar", "character varying"},
	{"char", "character"},
	{"varbit", "bit varying"},
	{"timestamp", "timestamp without time zone"},
	{"timestamptz", "timestamp with time zone"},
	{"time", "time without time zone"},
	{"timetz", "time with time zone"},
};

void
policy_objects_free(PolicyObjects *objects)
{
	pg_free(objects->names.items);
	memset(objects, 0, sizeof(*objects));
}

bool
policy_parse_plural(PolicyReader *reader, bool with_schemas, ObjectType *type)
{
	for (size_t i = 0; i < lengthof(plurals); i++)
	{
		if ((plurals[i].type != OBJECT_SCHEMA || with_schemas) &&
			reader_take_word(reader, plurals[i].word))
		{
			*type = plurals[i].type;
			return true;
		}
	}
	return reader_expected(reader, with_schemas ? "TABLES, SEQUENCES, FUNCTIONS, TYPES or SCHEMAS"
												: "TABLES, SEQUENCES, FUNCTIONS or TYPES");
}

/* The words of a type, with a blank between them. */
static bool
parse_type_words(PolicyReader *reader, PQExpBuffer type)
{
	const char *word;

	do
	{
		bool is_quoted = reader->token.kind == TOKEN_NAME;

		if (!reader_name(reader, "a type", &word))
			return false;
		if (type->len > 0)
			appendPQExpBufferChar(type, ' ');
		if (is_quoted)
			identifier_append(type, word);
		else
			appendPQExpBufferStr(type, word);
		if (reader_take_symbol(reader, '.'))
		{
			appendPQExpBufferChar(type, '.');
			if (!reader_name(reader, "a type", &word))
				return false;
			identifier_append(type, word);
		}
	} while (reader->token.kind == TOKEN_WORD);
	return true;
}

/* One argument's type, as regprocedure shows it. */
static bool
parse_type(PolicyReader *reader, PQExpBuffer signature)
{
	PQExpBuffer type = createPQExpBuffer();
	bool parsed = parse_type_words(reader, type);
	const char *shown = type->data;

	for (size_t i = 0; i < lengthof(type_names); i++)
	{
		if (strcmp(type->data, type_names[i].said) == 0)
			shown = type_names[i].shown;
	}
	appendPQExpBufferStr(signature, strncmp(shown, "pg_catalog.", 11) == 0 ? shown + 11 : shown);
	while (parsed && reader_take_symbol(reader, '['))
	{
		parsed = reader_expect_symbol(reader, ']');
		appendPQExpBufferStr(signature, "[]");
	}
	destroyPQExpBuffer(type);
	return parsed;
}

static bool
parse_arguments(PolicyReader *reader, PQExpBuffer signature)
{
	if (!reader_expect_symbol(reader, '('))
		return false;
	appendPQExpBufferChar(signature, '(');
	if (!reader_is_symbol(reader, ')'))
	{
		while (parse_type(reader, signature) && reader_take_symbol(reader, ','))
			appendPQExpBufferChar(signature, ',');
	}
	appendPQExpBufferChar(signature, ')');
	return reader->error->message == NULL && reader_expect_symbol(reader, ')');
}

/* schema.name(types), with commas between them. */
static bool
parse_functions(PolicyReader *reader, PolicyNameList *functions)
{
	bool parsed;

	do
	{
		PolicyName function = {.token = reader->token};
		PQExpBuffer signature = createPQExpBuffer();

		parsed = reader_name(reader, "a schema", &function.schema) &&
				 reader_expect_symbol(reader, '.') &&
				 reader_name(reader, "a function", &function.name);
		if (parsed)
		{
			identifier_append(signature, function.name);
			parsed = parse_arguments(reader, signature);
			function.name = text_pool_keep(&reader->policy->pool, pg_strdup(signature->data));
			policy_name_add(functions, function);
		}
		destroyPQExpBuffer(signature);
	} while (parsed && reader_take_symbol(reader, ','));
	return parsed && reader->error->message == NULL;
}

/* ALL plural IN SCHEMA a, b */
static bool
parse_all(PolicyReader *reader, PolicyObjects *objects)
{
	if (reader_is_word(reader, "privileges"))
		return reader_expected(reader, "TABLES, SEQUENCES, FUNCTIONS or TYPES");
	if (!policy_parse_plural(reader, false, &objects->type) || !reader_expect_word(reader, "in") ||
		!reader_expect_word(reader, "schema") ||
		!reader_names(reader, "a schema", false, &objects->names))
		return false;
	for (int i = 0; i < objects->names.count; i++)
	{
		objects->names.items[i].schema = objects->names.items[i].name;
		objects->names.items[i].name = NULL;
	}
	return true;
}

static bool
parse_named(PolicyReader *reader, PolicyObjects *objects)
{
	PolicyName database = {.token = reader->token};

	switch (objects->type)
	{
		case OBJECT_DATABASE:
			policy_name_add(&objects->names, database);
			return reader_expect_word(reader, "current");
		case OBJECT_SCHEMA:
			return reader_names(reader, "a schema", false, &objects->names);
		case OBJECT_FUNCTION:
			return parse_functions(reader, &objects->names);
		case OBJECT_TABLE:
		case OBJECT_SEQUENCE:
		case OBJECT_TYPE:
		case OBJECT_ROLE:
			break;
	}
	return reader_names(reader, "a name", true, &objects->names);
}

bool
policy_parse_objects(PolicyReader *reader, PolicyObjects *objects)
{
	if (reader_take_word(reader, "all"))
		return parse_all(reader, objects);
	for (size_t i = 0; i < lengthof(singulars); i++)
	{
		if (reader_take_word(reader, singulars[i].word))
		{
			objects->type = singulars[i].type;
			return parse_named(reader, objects);
		}
	}
	return reader_expected(reader, "DATABASE, SCHEMA, TABLE, SEQUENCE, FUNCTION, TYPE or ALL");
}
