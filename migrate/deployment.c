/*
 * deployment.c
 *		Whose a deployment is, and what may be done in it.
 */
#include "postgres_fe.h"

#include "common/logging.h"

#include "deployment.h"
#include "pg_compat.h"
#include "queries.h"

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
deployment_makes_roles(Database *database, bool *makes_roles)
{
	Result *row;
	bool read;

	*makes_roles = database_user_is_superuser(database);
	if (*makes_roles)
		return true;
	row = database_query(database, query_makes_roles, NO_PARAMS);
	read = row != NULL;
	*makes_roles = read && result_rows(row) > 0 && result_is_true(row, 0, 0);
	result_free(row);
	return read;
}

bool
deployment_decide_owner(Database *database, Deployment *deployment, const OwnerWish *wish)
{
	const char *asked_for = wish ? wish->asked_for : NULL;
	const char *standing = standing_owner(deployment);
	const char *of_policy = NULL;
	const char *owner = standing ? standing : asked_for;
	bool makes_roles = false;
	bool coming;

	if (standing == NULL && wish && wish->of_policy &&
		!deployment_makes_roles(database, &makes_roles))
		return false;
	if (makes_roles)
		of_policy = wish->of_policy;
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

bool
deployment_has_lost_ledger(const Deployment *deployment)
{
	return !deployment->ledger_exists && deployment->data_schema_count > 0;
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
