/*
 * deployment_read.c
 *		What stands in a database, read from the catalogs alone.
 */
#include "postgres_fe.h"

#include "acl_text.h"
#include "bound_query.h"
#include "deployment.h"
#include "identifier.h"
#include "pg_compat.h"
#include "queries.h"

#define DATA_SCHEMAS  4
#define POLICY_TABLES 4

/* The statements of queries/deployment.sql, one more, and their columns. */
typedef enum Look
{
	LOOK_SERVER,
	LOOK_TABLES,
	LOOK_SCHEMA, /* behind its tables, so that it is there where they are */
	LOOK_EXTENSIONS,
	LOOK_CALL,
	LOOK_DIMENSION,
	LOOK_UPDATES, /* queries/extension_updates.sql, where it decides something */
	LOOK_COUNT
} Look;

enum
{
	SERVER_IN_RECOVERY,
	SERVER_READ_ONLY,
	SERVER_REPLICATION_ROLE,
	SERVER_MAY_BECOME_HH_OWNER,
	SERVER_DATABASE,
	SERVER_DATA_SCHEMAS
};

enum
{
	SCHEMA_OWNER,
	SCHEMA_MAY_BECOME_OWNER,
	SCHEMA_ACL
};

enum
{
	TABLE_NAME,
	TABLE_RELKIND,
	TABLE_OWNER,
	TABLE_MAY_BECOME_OWNER,
	TABLE_OWNER_MAY_CREATE
};

enum
{
	EXTENSION_NAME,
	EXTENSION_VERSION,
	EXTENSION_OWNER,
	EXTENSION_MAY_BECOME_OWNER,
	EXTENSION_OWNER_MAY_CREATE,
	EXTENSION_SCHEMA
};

static bool
is_word(const Result *rows, int row, int column, const char *word)
{
	const char *value = result_value(rows, row, column);

	return value != NULL && strcmp(value, word) == 0;
}

/* Adds a word to a list with commas, which begins as NULL. */
static void
add_to_list(char **list, const char *word)
{
	char *longer = *list ? psprintf("%s, %s", *list, word) : pg_strdup(word);

	pg_free(*list);
	*list = longer;
}

static void
take_server(Deployment *deployment, const Result *row)
{
	deployment->in_recovery = result_is_true(row, 0, SERVER_IN_RECOVERY);
	deployment->read_only = is_word(row, 0, SERVER_READ_ONLY, "on");
	deployment->triggers_are_off = !is_word(row, 0, SERVER_REPLICATION_ROLE, "origin");
	deployment->may_become_hh_owner = result_is_true(row, 0, SERVER_MAY_BECOME_HH_OWNER);
	deployment->database = identifier_copy(result_value(row, 0, SERVER_DATABASE));
	for (int i = 0; i < DATA_SCHEMAS; i++)
	{
		const char *schema = result_value(row, 0, SERVER_DATA_SCHEMAS + i);

		if (schema == NULL)
			continue;
		add_to_list(&deployment->data_schemas, schema);
		deployment->data_schema_count++;
	}
}

static void
take_schema(Deployment *deployment, const Result *rows)
{
	if (result_rows(rows) == 0)
		return;
	deployment->schema_owner = result_value_copy(rows, 0, SCHEMA_OWNER);
	deployment->may_become_schema_owner = result_is_true(rows, 0, SCHEMA_MAY_BECOME_OWNER);
}

static void
take_extensions(Deployment *deployment, const Result *rows)
{
	for (int i = 0; i < result_rows(rows); i++)
	{
		if (is_word(rows, i, EXTENSION_NAME, "vector"))
			deployment->vector_schema = result_value_copy(rows, i, EXTENSION_SCHEMA);
		else if (is_word(rows, i, EXTENSION_NAME, "pgcrypto"))
			deployment->has_pgcrypto = true;
		else
		{
			deployment->extension_version = result_value_copy(rows, i, EXTENSION_VERSION);
			deployment->extension_owner = result_value_copy(rows, i, EXTENSION_OWNER);
			deployment->may_become_standing_owner =
				result_is_true(rows, i, EXTENSION_MAY_BECOME_OWNER);
			deployment->standing_owner_may_create =
				result_is_true(rows, i, EXTENSION_OWNER_MAY_CREATE);
		}
	}
}

static void
take_ledger(Deployment *deployment, const Result *rows, int row)
{
	deployment->ledger_exists = true;
	deployment->ledger_is_table = is_word(rows, row, TABLE_RELKIND, "r");
	deployment->ledger_owner = result_value_copy(rows, row, TABLE_OWNER);
	deployment->may_become_standing_owner = result_is_true(rows, row, TABLE_MAY_BECOME_OWNER);
	deployment->standing_owner_may_create = result_is_true(rows, row, TABLE_OWNER_MAY_CREATE);
}

/* After the extensions: the ledger's owner goes before theirs. */
static void
take_tables(Deployment *deployment, const Result *rows)
{
	int policy_tables = 0;

	for (int i = 0; i < result_rows(rows); i++)
	{
		if (is_word(rows, i, TABLE_NAME, "migration"))
			take_ledger(deployment, rows, i);
	}
	for (int i = 0; i < result_rows(rows) && deployment->ledger_exists; i++)
	{
		if (!is_word(rows, i, TABLE_RELKIND, "r") ||
			!is_word(rows, i, TABLE_OWNER, deployment->ledger_owner))
			continue;
		if (is_word(rows, i, TABLE_NAME, "snapshot"))
			deployment->has_snapshot_table = true;
		else if (!is_word(rows, i, TABLE_NAME, "migration"))
			policy_tables++;
	}
	deployment->has_policy_tables = policy_tables == POLICY_TABLES;
}

static void
take_looks(Deployment *deployment, Result *const *looks)
{
	Assert(result_columns(looks[LOOK_SERVER]) == SERVER_DATA_SCHEMAS + DATA_SCHEMAS);
	Assert(result_columns(looks[LOOK_TABLES]) == TABLE_OWNER_MAY_CREATE + 1);
	Assert(result_columns(looks[LOOK_SCHEMA]) == SCHEMA_ACL + 1);
	Assert(result_columns(looks[LOOK_EXTENSIONS]) == EXTENSION_SCHEMA + 1);
	take_server(deployment, looks[LOOK_SERVER]);
	take_schema(deployment, looks[LOOK_SCHEMA]);
	take_extensions(deployment, looks[LOOK_EXTENSIONS]);
	take_tables(deployment, looks[LOOK_TABLES]);
	deployment->can_execute_as_owner = result_rows(looks[LOOK_CALL]) > 0;
	if (result_rows(looks[LOOK_DIMENSION]) > 0)
		deployment->dimensions = Max(atoi(result_value(looks[LOOK_DIMENSION], 0, 0)), 0);
}

/* To have the server take the ACL apart in any case would take as long as half of the other looks. */
static bool
read_creators(Database *database, Deployment *deployment, const Result *schema)
{
	const char *acl = result_rows(schema) > 0 ? result_value(schema, 0, SCHEMA_ACL) : NULL;
	Result *row;

	if (acl == NULL || !acl_text_may_have_creators(acl, deployment->schema_owner))
		return true;
	row = database_query(database, query_schema_creators, NO_PARAMS);
	if (row != NULL)
		deployment->schema_creators = result_value_copy(row, 0, 0);
	result_free(row);
	return row != NULL;
}

/* What the server could install, where that decides something. */
static bool
read_available(Database *database, Deployment *deployment, bool is_wanted)
{
	Result *rows;

	if (!is_wanted && deployment->vector_schema != NULL)
		return true;
	rows = database_query(database, query_extension_available, NO_PARAMS);
	for (int i = 0; rows != NULL && i < result_rows(rows); i++)
	{
		bool is_vector = is_word(rows, i, 0, "vector");

		if (is_vector && deployment->vector_schema == NULL)
			deployment->vector_available = result_value_copy(rows, i, 1);
		else if (!is_vector && is_wanted)
			deployment->extension_available = result_value_copy(rows, i, 1);
	}
	result_free(rows);
	return rows != NULL;
}

/* How many looks there were; 0 on failure. */
static int
look(Database *database, bool for_updates, Result **looks)
{
	const char *privilege = SET_ROLE_PRIVILEGE(database_server_version(database));
	PQExpBuffer message = createPQExpBuffer();
	int count = for_updates ? LOOK_COUNT : LOOK_UPDATES;

	bound_query_append(database, message, query_deployment, PARAMS(privilege));
	if (for_updates)
		appendPQExpBufferStr(message, query_extension_updates);
	if (!database_query_each(database, message->data, looks, count))
		count = 0;
	destroyPQExpBuffer(message);
	return count;
}

bool
deployment_read(Database *database, Deployment *deployment, bool with_available)
{
	Result *looks[LOOK_COUNT];
	int count = look(database, !with_available, looks);
	bool read = count > 0;

	memset(deployment, 0, sizeof(*deployment));
	if (read)
	{
		bool is_wanted = with_available || result_rows(looks[LOOK_UPDATES]) > 0;

		take_looks(deployment, looks);
		is_wanted |= deployment->extension_version == NULL;
		read = read_creators(database, deployment, looks[LOOK_SCHEMA]) &&
			   read_available(database, deployment, is_wanted);
	}
	for (int i = 0; i < count; i++)
		result_free(looks[i]);
	return read;
}
