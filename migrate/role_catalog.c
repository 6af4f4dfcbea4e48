/*
 * role_catalog.c
 *		The policy's roles as the cluster has them.
 */
#include "postgres_fe.h"

#include "json.h"
#include "pg_compat.h"
#include "queries.h"
#include "role_catalog.h"

static char *
role_names_as_json(const Policy *policy)
{
	PQExpBuffer json = createPQExpBuffer();
	char *copy;

	appendPQExpBufferChar(json, '[');
	for (int i = 0; i < policy->role_count; i++)
	{
		if (i > 0)
			appendPQExpBufferChar(json, ',');
		json_append_string(json, policy->roles[i].name);
	}
	appendPQExpBufferChar(json, ']');
	copy = pg_strdup(json->data);
	destroyPQExpBuffer(json);
	return copy;
}

static const char *
kept_value(RoleCatalog *catalog, const Result *rows, int row, int column)
{
	const char *value = result_value(rows, row, column);

	return value ? text_pool_keep(&catalog->pool, pg_strdup(value)) : NULL;
}

static bool
read_roles(Database *database, const char *names, RoleCatalog *catalog)
{
	const char *needs_admin =
		CREATEROLE_NEEDS_ADMIN(database_server_version(database)) ? "true" : "false";
	Result *rows = database_query(database, query_role_catalog_roles, PARAMS(names, needs_admin));

	if (rows == NULL)
		return false;
	catalog->role_count = result_rows(rows);
	catalog->roles = pg_malloc0(sizeof(FoundRole) * (size_t) Max(catalog->role_count, 1));
	for (int row = 0; row < catalog->role_count; row++)
		catalog->roles[row] = (FoundRole){
			.name = kept_value(catalog, rows, row, 0),
			.is_superuser = result_is_true(rows, row, 1),
			.can_login = result_is_true(rows, row, 2),
			.inherit = result_is_true(rows, row, 3),
			.create_db = result_is_true(rows, row, 4),
			.create_role = result_is_true(rows, row, 5),
			.replication = result_is_true(rows, row, 6),
			.bypass_rls = result_is_true(rows, row, 7),
			.connection_limit = atoi(result_value(rows, row, 8)),
			.comment = kept_value(catalog, rows, row, 9),
			.may_comment = result_is_true(rows, row, 10),
		};
	result_free(rows);
	return true;
}

static bool
read_members(Database *database, const char *names, RoleCatalog *catalog)
{
	Result *rows = database_query(database, query_role_catalog_members, PARAMS(names));

	if (rows == NULL)
		return false;
	catalog->member_count = result_rows(rows);
	catalog->members = pg_malloc0(sizeof(FoundMember) * (size_t) Max(catalog->member_count, 1));
	for (int row = 0; row < catalog->member_count; row++)
		catalog->members[row] = (FoundMember){
			.role = kept_value(catalog, rows, row, 0),
			.member = kept_value(catalog, rows, row, 1),
			.grantor = kept_value(catalog, rows, row, 2),
			.admin = result_is_true(rows, row, 3),
			.inherit = result_is_true(rows, row, 4),
			.set = result_is_true(rows, row, 5),
			.member_is_ours = result_is_true(rows, row, 6),
			.role_is_ours = result_is_true(rows, row, 7),
			.member_is_administrator = result_is_true(rows, row, 8),
			.danger = kept_value(catalog, rows, row, 9),
		};
	result_free(rows);
	return true;
}

static bool
read_settings(Database *database, const char *names, RoleCatalog *catalog)
{
	Result *rows = database_query(database, query_role_catalog_settings, PARAMS(names));

	if (rows == NULL)
		return false;
	catalog->setting_count = result_rows(rows);
	catalog->settings = pg_malloc0(sizeof(FoundSetting) * (size_t) Max(catalog->setting_count, 1));
	for (int row = 0; row < catalog->setting_count; row++)
		catalog->settings[row] = (FoundSetting){.role = kept_value(catalog, rows, row, 0),
												.name = kept_value(catalog, rows, row, 1),
												.value = kept_value(catalog, rows, row, 2)};
	result_free(rows);
	return true;
}

static bool
read_databases(Database *database, RoleCatalog *catalog)
{
	Result *rows = database_query(database, query_role_catalog_databases, NO_PARAMS);

	if (rows == NULL)
		return false;
	catalog->database_count = result_rows(rows);
	catalog->databases = pg_malloc0(sizeof(char *) * (size_t) Max(catalog->database_count, 1));
	for (int row = 0; row < catalog->database_count; row++)
		catalog->databases[row] = kept_value(catalog, rows, row, 0);
	result_free(rows);
	return true;
}

static bool
read_reach(Database *database, const char *owner, RoleCatalog *catalog)
{
	const char *set = SET_ROLE_PRIVILEGE(database_server_version(database));
	const char *inherit = catalog->has_member_options ? "USAGE" : set;
	Result *row;

	if (owner == NULL)
		return true;
	row = database_query(database, query_role_reach, PARAMS(owner, set, inherit));
	if (row == NULL)
		return false;
	catalog->may_deploy = result_rows(row) > 0 && result_is_true(row, 0, 0);
	catalog->owner_may_create = result_rows(row) > 0 && result_is_true(row, 0, 1);
	result_free(row);
	return true;
}

bool
role_catalog_read(Database *database, const Policy *policy, RoleCatalog *catalog)
{
	char *names = role_names_as_json(policy);
	bool done;

	memset(catalog, 0, sizeof(*catalog));
	catalog->user = database_user(database);
	catalog->database = database_name(database);
	catalog->has_member_options = database_server_version(database) >= MEMBER_OPTIONS_VERSION;
	/*
	 * Members first: what another database gives it also claims, in one transaction, and a
	 * membership without its claim would be revoked.
	 */
	done = read_members(database, names, catalog) && read_roles(database, names, catalog) &&
		   read_settings(database, names, catalog) && read_databases(database, catalog) &&
		   read_reach(database, policy_owner(policy), catalog);
	pg_free(names);
	return done;
}

void
role_catalog_free(RoleCatalog *catalog)
{
	pg_free(catalog->roles);
	pg_free(catalog->members);
	pg_free(catalog->settings);
	pg_free(catalog->databases);
	text_pool_free(&catalog->pool);
	memset(catalog, 0, sizeof(*catalog));
}

const FoundRole *
role_catalog_find(const RoleCatalog *catalog, const char *name)
{
	for (int i = 0; i < catalog->role_count; i++)
	{
		if (strcmp(catalog->roles[i].name, name) == 0)
			return &catalog->roles[i];
	}
	return NULL;
}
