/*
 * deployment.c
 *		What stands in a database and whose it is, read from the catalogs alone.
 */
#include "postgres_fe.h"

#include "common/logging.h"

#include "deployment.h"
#include "pg_compat.h"
#include "queries.h"

/* The columns of queries/deployment.sql. */
enum
{
	COLUMN_EXTENSION_VERSION,
	COLUMN_EXTENSION_OWNER,
	COLUMN_EXTENSION_AVAILABLE,
	COLUMN_VECTOR_SCHEMA,
	COLUMN_VECTOR_AVAILABLE,
	COLUMN_HAS_PGCRYPTO,
	COLUMN_SCHEMA_OWNER,
	COLUMN_MAY_BECOME_SCHEMA_OWNER,
	COLUMN_SCHEMA_CREATORS,
	COLUMN_LEDGER_RELKIND,
	COLUMN_LEDGER_OWNER,
	COLUMN_DIMENSIONS,
	COLUMN_DATA_SCHEMAS,
	COLUMN_DATA_SCHEMA_COUNT,
	COLUMN_MAY_BECOME_HH_OWNER,
	COLUMN_CAN_EXECUTE_AS_OWNER,
	COLUMN_IN_RECOVERY,
	COLUMN_READ_ONLY,
	COLUMN_DATABASE,
	COLUMN_TRIGGERS_ARE_OFF,
	COLUMN_MAY_BECOME_STANDING_OWNER,
	COLUMN_STANDING_OWNER_MAY_CREATE,
	COLUMN_MAKES_ROLES,
	COLUMN_COUNT
};

static char *
copied_value(const Result *row, int column)
{
	const char *value = result_value(row, 0, column);

	return value ? pg_strdup(value) : NULL;
}

static int
number(const Result *row, int column)
{
	const char *value = result_value(row, 0, column);

	return value ? Max(atoi(value), 0) : 0;
}

bool
deployment_read(Database *database, Deployment *deployment, bool with_available)
{
	const char *privilege = SET_ROLE_PRIVILEGE(database_server_version(database));
	Result *row =
		database_query(database, query_deployment, PARAMS(privilege, with_available ? "t" : "f"));
	const char *relkind;

	if (row == NULL)
		return false;
	Assert(result_columns(row) == COLUMN_COUNT && result_rows(row) == 1);
	memset(deployment, 0, sizeof(*deployment));
	relkind = result_value(row, 0, COLUMN_LEDGER_RELKIND);
	deployment->extension_version = copied_value(row, COLUMN_EXTENSION_VERSION);
	deployment->extension_owner = copied_value(row, COLUMN_EXTENSION_OWNER);
	deployment->extension_available = copied_value(row, COLUMN_EXTENSION_AVAILABLE);
	deployment->vector_schema = copied_value(row, COLUMN_VECTOR_SCHEMA);
	deployment->vector_available = copied_value(row, COLUMN_VECTOR_AVAILABLE);
	deployment->has_pgcrypto = result_is_true(row, 0, COLUMN_HAS_PGCRYPTO);
	deployment->schema_owner = copied_value(row, COLUMN_SCHEMA_OWNER);
	deployment->may_become_schema_owner = result_is_true(row, 0, COLUMN_MAY_BECOME_SCHEMA_OWNER);
	deployment->schema_creators = copied_value(row, COLUMN_SCHEMA_CREATORS);
	deployment->ledger_exists = relkind != NULL;
	deployment->ledger_is_table = relkind != NULL && strcmp(relkind, "r") == 0;
	deployment->ledger_owner = copied_value(row, COLUMN_LEDGER_OWNER);
	deployment->dimensions = number(row, COLUMN_DIMENSIONS);
	deployment->data_schemas = copied_value(row, COLUMN_DATA_SCHEMAS);
	deployment->data_schema_count = number(row, COLUMN_DATA_SCHEMA_COUNT);
	deployment->may_become_hh_owner = result_is_true(row, 0, COLUMN_MAY_BECOME_HH_OWNER);
	deployment->can_execute_as_owner = result_is_true(row, 0, COLUMN_CAN_EXECUTE_AS_OWNER);
	deployment->in_recovery = result_is_true(row, 0, COLUMN_IN_RECOVERY);
	deployment->database = copied_value(row, COLUMN_DATABASE);
	deployment->read_only = result_is_true(row, 0, COLUMN_READ_ONLY);
	deployment->triggers_are_off = result_is_true(row, 0, COLUMN_TRIGGERS_ARE_OFF);
	deployment->may_become_standing_owner =
		result_is_true(row, 0, COLUMN_MAY_BECOME_STANDING_OWNER);
	deployment->standing_owner_may_create =
		result_is_true(row, 0, COLUMN_STANDING_OWNER_MAY_CREATE);
	deployment->makes_roles = result_is_true(row, 0, COLUMN_MAKES_ROLES);
	result_free(row);
	return true;
}

/* The role that a deployment which has been begun belongs to; else NULL. */
static const char *
standing_owner(const Deployment *deployment)
{
	return deployment->ledger_owner ? deployment->ledger_owner : deployment->extension_owner;
}

static bool
check_owner(const Deployment *deployment, const char *owner, const char *asked_for)
{
	if (asked_for && strcmp(owner, asked_for) != 0)
	{
		pg_log_error("this database's deployment belongs to role \"%s\", not \"%s\"", owner,
					 asked_for);
		pg_log_error_hint("Leave --owner out: it decides at the first deployment only.");
		return false;
	}
	if (standing_owner(deployment) == NULL && deployment->schema_owner &&
		strcmp(owner, deployment->schema_owner) != 0)
	{
		pg_log_error("schema \"hh\" belongs to role \"%s\", not to \"%s\"",
					 deployment->schema_owner, owner);
		pg_log_error_detail("What is deployed into it would be in that role's hands.");
		pg_log_error_hint("Drop the schema; or deploy for that role with --owner=%s.",
						  deployment->schema_owner);
		return false;
	}
	return true;
}

/*
 * What the session user may do with a role that nothing belongs to yet, and the role itself;
 * coming: the run makes it, or makes the session user its member.
 */
static bool
read_rights(Database *database, Deployment *deployment, const char *owner, bool coming)
{
	const char *privilege = SET_ROLE_PRIVILEGE(database_server_version(database));
	Result *rights = database_query(database, query_role_rights, PARAMS(owner, privilege));
	bool exists = rights != NULL && result_rows(rights) > 0;

	if (exists)
	{
		deployment->may_become_owner = coming || result_is_true(rights, 0, 0);
		deployment->owner_may_create = result_is_true(rights, 0, 1);
		deployment->may_use_code = coming || result_is_true(rights, 0, 2);
	}
	else if (rights != NULL && coming)
		deployment->may_become_owner = deployment->may_use_code = true;
	else if (rights != NULL)
		pg_log_error("role \"%s\" does not exist", owner);
	result_free(rights);
	return exists || (rights != NULL && coming);
}

bool
deployment_decide_owner(Database *database, Deployment *deployment, const OwnerWish *wish)
{
	const char *asked_for = wish ? wish->asked_for : NULL;
	const char *of_policy = wish && deployment->makes_roles ? wish->of_policy : NULL;
	const char *standing = standing_owner(deployment);
	const char *owner = standing;
	bool coming;

	if (owner == NULL)
		owner = asked_for;
	if (owner == NULL)
		owner = deployment->may_become_hh_owner ? "hh_owner" : of_policy;
	if (owner == NULL)
		owner = database_user(database);
	coming = of_policy != NULL && strcmp(owner, of_policy) == 0;
	if (!check_owner(deployment, owner, asked_for))
		return false;
	deployment->may_become_owner = deployment->may_become_standing_owner;
	deployment->owner_may_create = deployment->standing_owner_may_create;
	deployment->may_use_code = true;
	if (standing == NULL && !read_rights(database, deployment, owner, coming))
		return false;
	deployment->owner = pg_strdup(owner);
	deployment->owner_quoted = database_quote_identifier(database, owner);
	return true;
}

bool
deployment_check_schema(const Database *database, const Deployment *deployment, bool for_writing)
{
	if (deployment->schema_owner && for_writing && !deployment->may_become_schema_owner)
	{
		pg_log_error("schema \"hh\" belongs to role \"%s\"", deployment->schema_owner);
		pg_log_error_detail("Role \"%s\" may not SET ROLE to it, so what stands in the schema "
							"can't be trusted.",
							database_user(database));
		pg_log_error_hint("Connect as that role or a member of it, or drop the schema.");
		return false;
	}
	if (deployment->schema_creators)
	{
		pg_log_error("%s may create objects in schema \"hh\"", deployment->schema_creators);
		pg_log_error_detail("Only its owner may: others would run what is planted there.");
		pg_log_error_hint("REVOKE CREATE ON SCHEMA hh FROM %s, and look through the schema.",
						  deployment->schema_creators);
		return false;
	}
	if (deployment->ledger_exists && !deployment->ledger_is_table)
	{
		pg_log_error("\"hh.migration\" is not a table");
		pg_log_error_detail("The ledger of migrations must be an ordinary table.");
		return false;
	}
	return true;
}

const WriteRefusal *
deployment_write_refusal(const Deployment *deployment)
{
	static const WriteRefusal standby = {
		"the server is a standby", "pg_is_in_recovery() is true.",
		"Connect to the primary; in a conninfo with several hosts, "
		"target_session_attrs=read-write finds it."};
	static const WriteRefusal read_only = {
		"the server takes no changes", "transaction_read_only is on in this session.",
		"The server's configuration sets default_transaction_read_only, often for want of disk "
		"space: once the reason is gone, switch it off there."};
	static const WriteRefusal triggers_are_off = {
		"no trigger or foreign key would be heeded in this session",
		"session_replication_role is not \"origin\".",
		"ALTER ROLE or ALTER DATABASE has set it: as a superuser, RESET session_replication_role "
		"there."};

	if (deployment->in_recovery)
		return &standby;
	if (deployment->read_only)
		return &read_only;
	return deployment->triggers_are_off ? &triggers_are_off : NULL;
}

void
deployment_free(Deployment *deployment)
{
	pg_free(deployment->database);
	pg_free(deployment->extension_version);
	pg_free(deployment->extension_owner);
	pg_free(deployment->extension_available);
	pg_free(deployment->vector_schema);
	pg_free(deployment->vector_available);
	pg_free(deployment->schema_owner);
	pg_free(deployment->schema_creators);
	pg_free(deployment->ledger_owner);
	pg_free(deployment->data_schemas);
	pg_free(deployment->owner);
	pg_free(deployment->owner_quoted);
	memset(deployment, 0, sizeof(*deployment));
}
