/*
 * policy_grant.c
 *		The statements of a policy's text on privileges, owners and memberships.
 */
#include "postgres_fe.h"

#include "policy_grant.h"
#include "policy_object.h"

#define ON_TABLES	 (1 << OBJECT_TABLE)
#define ON_SEQUENCES (1 << OBJECT_SEQUENCE)

/* Each privilege, on what it exists, and whether on columns. */
static const struct
{
	const char *word;
	const char *name;
	int objects;
	bool of_columns;
} privileges[] = {
	{"select", "SELECT", ON_TABLES | ON_SEQUENCES, true},
	{"insert", "INSERT", ON_TABLES, true},
	{"update", "UPDATE", ON_TABLES | ON_SEQUENCES, true},
	{"delete", "DELETE", ON_TABLES, false},
	{"truncate", "TRUNCATE", ON_TABLES, false},
	{"references", "REFERENCES", ON_TABLES, true},
	{"trigger", "TRIGGER", ON_TABLES, false},
	{"maintain", "MAINTAIN", ON_TABLES, false},
	{"usage", "USAGE", 1 << OBJECT_SCHEMA | ON_SEQUENCES | 1 << OBJECT_TYPE, false},
	{"create", "CREATE", 1 << OBJECT_DATABASE | 1 << OBJECT_SCHEMA, false},
	{"connect", "CONNECT", 1 << OBJECT_DATABASE, false},
	{"temporary", "TEMPORARY", 1 << OBJECT_DATABASE, false},
	{"temp", "TEMPORARY", 1 << OBJECT_DATABASE, false},
	{"execute", "EXECUTE", 1 << OBJECT_FUNCTION, false},
};

#define NO_PRIVILEGE (-1)

/* What stands between GRANT and ON or TO: privileges with columns, or roles. */
typedef struct GrantItem
{
	PolicyName name;
	PolicyNameList columns;
} GrantItem;

typedef struct Grant
{
	GrantItem *items;
	int item_count;
	PolicyObjects objects;
	PolicyNameList grantees;
	bool grantable;
	const char *creator; /* of a default */
} Grant;

static void
grant_free(Grant *grant)
{
	for (int i = 0; i < grant->item_count; i++)
		pg_free(grant->items[i].columns.items);
	pg_free(grant->items);
	policy_objects_free(&grant->objects);
	pg_free(grant->grantees.items);
}

static void
add_entry(PolicyReader *reader, PolicyEntry entry)
{
	Policy *policy = reader->policy;

	entry.place = reader->place;
	policy->entries =
		pg_realloc(policy->entries, sizeof(PolicyEntry) * (size_t) (policy->entry_count + 1));
	policy->entries[policy->entry_count++] = entry;
}

static bool
parse_item(PolicyReader *reader, Grant *grant)
{
	GrantItem *item;

	grant->items = pg_realloc(grant->items, sizeof(GrantItem) * (size_t) (grant->item_count + 1));
	item = &grant->items[grant->item_count++];
	*item = (GrantItem){.name.token = reader->token};
	if (reader_is_word(reader, "all"))
		return reader_refuse(reader, &reader->token, pg_strdup("ALL is refused"),
							 pg_strdup("Name the privileges that are needed."));
	if (!reader_name(reader, "a privilege or a role", &item->name.name))
		return false;
	if (!reader_take_symbol(reader, '('))
		return true;
	return reader_names(reader, "a column", false, &item->columns) &&
		   reader_expect_symbol(reader, ')');
}

static bool
parse_items(PolicyReader *reader, Grant *grant)
{
	do
	{
		if (!parse_item(reader, grant))
			return false;
	} while (reader_take_symbol(reader, ','));
	return reader->error->message == NULL;
}

/* TRUE, FALSE or OPTION. */
static bool
parse_option_value(PolicyReader *reader, bool *value)
{
	*value = !reader_is_word(reader, "false");
	if (!reader_is_word(reader, "true") && !reader_is_word(reader, "false") &&
		!reader_is_word(reader, "option"))
		return reader_expected(reader, "TRUE, FALSE or OPTION");
	return reader_advance(reader);
}

/* WITH ADMIN ..., INHERIT ..., SET ... */
static bool
parse_member_options(PolicyReader *reader, PolicyEntry *entry)
{
	if (!reader_take_word(reader, "with"))
		return reader->error->message == NULL;
	do
	{
		bool parsed;

		if (reader_take_word(reader, "admin"))
			parsed = parse_option_value(reader, &entry->grantable);
		else if (reader_take_word(reader, "inherit"))
		{
			entry->inherit_is_said = true;
			parsed = parse_option_value(reader, &entry->inherit_option);
		}
		else if (reader_take_word(reader, "set"))
			parsed = parse_option_value(reader, &entry->set_option);
		else
			return reader_expected(reader, "ADMIN, INHERIT or SET");
		if (!parsed)
			return false;
	} while (reader_take_symbol(reader, ','));
	return reader->error->message == NULL;
}

/* GRANT role TO role */
static bool
parse_membership(PolicyReader *reader, Grant *grant)
{
	PolicyEntry entry = {
		.rule = RULE_MEMBER, .object_type = OBJECT_ROLE, .privilege = "MEMBER", .set_option = true};

	for (int i = 0; i < grant->item_count; i++)
	{
		if (grant->items[i].columns.count > 0)
			return reader_refuse(reader, &grant->items[i].name.token,
								 pg_strdup("a role has no columns"), NULL);
	}
	if (!reader_roles(reader, false, &grant->grantees) || !parse_member_options(reader, &entry))
		return false;
	for (int i = 0; i < grant->item_count; i++)
	{
		for (int member = 0; member < grant->grantees.count; member++)
		{
			entry.object = grant->items[i].name.name;
			entry.role = grant->grantees.items[member].name;
			add_entry(reader, entry);
		}
	}
	return true;
}

static int
find_privilege(const GrantItem *item)
{
	for (size_t i = 0; item->name.token.kind == TOKEN_WORD && i < lengthof(privileges); i++)
	{
		if (strcmp(privileges[i].word, item->name.name) == 0)
			return (int) i;
	}
	return NO_PRIVILEGE;
}

/* The privileges of a kind of object, as a message says them; the caller frees it. */
static char *
privileges_in_words(ObjectType type)
{
	char *words = pg_strdup("");

	for (size_t i = 0; i < lengthof(privileges); i++)
	{
		char *longer;

		if ((privileges[i].objects & 1 << type) == 0 || strcmp(privileges[i].word, "temp") == 0)
			continue;
		longer = psprintf("%s%s%s", words, words[0] ? ", " : "", privileges[i].name);
		pg_free(words);
		words = longer;
	}
	return words;
}

static bool
check_item(PolicyReader *reader, const GrantItem *item, const PolicyObjects *objects)
{
	int number = find_privilege(item);
	bool has_columns = item->columns.count > 0;
	bool is_valid = number != NO_PRIVILEGE && (privileges[number].objects & 1 << objects->type);
	char *found;

	if (is_valid && has_columns && objects->type == OBJECT_TABLE &&
		objects->names.items[0].name == NULL)
		return reader_refuse(reader, &item->name.token,
							 pg_strdup("columns of all tables of a schema can't be granted"),
							 pg_strdup("Name the table."));
	if (is_valid &&
		(!has_columns || (privileges[number].of_columns && objects->type == OBJECT_TABLE)))
		return true;
	found = policy_token_in_words(&item->name.token);
	if (is_valid)
		reader_refuse(reader, &item->name.token,
					  psprintf("privilege %s has no columns here", found), NULL);
	else
	{
		char *words = privileges_in_words(objects->type);

		reader_refuse(reader, &item->name.token,
					  psprintf("found %s, which is no privilege of a %s", found,
							   policy_object_name(objects->type)),
					  psprintf("A %s has: %s.", policy_object_name(objects->type), words));
		pg_free(words);
	}
	pg_free(found);
	return false;
}

/* An entry a column, or one for the whole object. */
static void
add_columns(PolicyReader *reader, PolicyEntry entry, const PolicyNameList *columns)
{
	for (int i = 0; i < Max(columns->count, 1); i++)
	{
		entry.column_name = columns->count > 0 ? columns->items[i].name : NULL;
		add_entry(reader, entry);
	}
}

/* Entries in the order of what was written: privileges, objects, grantees. */
static bool
add_privileges(PolicyReader *reader, const Grant *grant, PolicyEntry entry)
{
	entry.object_type = grant->objects.type;
	entry.grantable = grant->grantable;
	entry.creator = grant->creator;
	for (int i = 0; i < grant->item_count; i++)
	{
		if (!check_item(reader, &grant->items[i], &grant->objects))
			return false;
		entry.privilege = privileges[find_privilege(&grant->items[i])].name;
		for (int object = 0; object < grant->objects.names.count; object++)
		{
			entry.schema = grant->objects.names.items[object].schema;
			entry.object = grant->objects.names.items[object].name;
			for (int role = 0; role < grant->grantees.count; role++)
			{
				entry.role = grant->grantees.items[role].name;
				add_columns(reader, entry, &grant->items[i].columns);
			}
		}
	}
	return true;
}

/* TO roles [WITH GRANT OPTION] */
static bool
parse_grantees(PolicyReader *reader, Grant *grant)
{
	if (!reader_expect_word(reader, "to") || !reader_roles(reader, true, &grant->grantees))
		return false;
	if (reader_take_word(reader, "with"))
	{
		grant->grantable = true;
		return reader_expect_word(reader, "grant") && reader_expect_word(reader, "option");
	}
	return true;
}

static bool
parse_grant(PolicyReader *reader, Grant *grant)
{
	PolicyEntry entry = {.rule = RULE_PRIVILEGE};

	if (!parse_items(reader, grant))
		return false;
	if (reader_take_word(reader, "to"))
		return parse_membership(reader, grant);
	if (!reader_is_word(reader, "on"))
		return reader_expected(reader, "ON or TO");
	return reader_advance(reader) && policy_parse_objects(reader, &grant->objects) &&
		   parse_grantees(reader, grant) && add_privileges(reader, grant, entry);
}

bool
policy_parse_grant(PolicyReader *reader)
{
	Grant grant = {0};
	bool parsed = parse_grant(reader, &grant);

	grant_free(&grant);
	return parsed;
}

/* The schemas of a default, or one without a name: all. */
static bool
parse_default_schemas(PolicyReader *reader, Grant *grant)
{
	PolicyNameList *names = &grant->objects.names;

	if (!reader_take_word(reader, "in"))
	{
		policy_name_add(names, (PolicyName){.token = reader->token});
		return reader->error->message == NULL;
	}
	if (!reader_expect_word(reader, "schema") || !reader_names(reader, "a schema", false, names))
		return false;
	for (int i = 0; i < names->count; i++)
	{
		names->items[i].schema = names->items[i].name;
		names->items[i].name = NULL;
	}
	return true;
}

/* PRIVILEGES FOR ROLE r [IN SCHEMA s] GRANT privileges ON TABLES TO roles */
static bool
parse_default(PolicyReader *reader, Grant *grant)
{
	PolicyEntry entry = {.rule = RULE_DEFAULT};

	if (!reader_expect_word(reader, "privileges") || !reader_expect_word(reader, "for") ||
		!reader_expect_word(reader, "role") || !reader_name(reader, "a role", &grant->creator) ||
		!parse_default_schemas(reader, grant))
		return false;
	if (!reader_is_word(reader, "grant"))
		return reader_expected(reader, grant->objects.names.items[0].schema ? "GRANT"
																			: "IN SCHEMA or GRANT");
	if (!reader_advance(reader) || !parse_items(reader, grant) ||
		!reader_expect_word(reader, "on") ||
		!policy_parse_plural(reader, grant->objects.names.items[0].schema == NULL,
							 &grant->objects.type) ||
		!parse_grantees(reader, grant))
		return false;
	return add_privileges(reader, grant, entry);
}

bool
policy_parse_default(PolicyReader *reader)
{
	Grant grant = {0};
	bool parsed = parse_default(reader, &grant);

	grant_free(&grant);
	return parsed;
}

bool
policy_parse_owner(PolicyReader *reader)
{
	PolicyObjects objects = {0};
	PolicyEntry entry = {.rule = RULE_OWNER, .privilege = "OWNER"};
	bool parsed = policy_parse_objects(reader, &objects) && reader_expect_word(reader, "owner") &&
				  reader_expect_word(reader, "to") && reader_name(reader, "a role", &entry.role);

	entry.object_type = objects.type;
	for (int i = 0; i < objects.names.count && parsed; i++)
	{
		entry.schema = objects.names.items[i].schema;
		entry.object = objects.names.items[i].name;
		add_entry(reader, entry);
	}
	policy_objects_free(&objects);
	return parsed;
}
