/*
 * plan_code.c
 *		What migrations stand on: rights, schemas, the extension.
 */
#include "postgres_fe.h"

#include "plan_code.h"

static void
add_action(Plan *plan, ActionKind kind, const char *name, const char *version, const char *reason)
{
	plan_add_action(plan,
					(Action){.kind = kind, .object = name, .version = version, .reason = reason});
}

void
plan_check_rights(Plan *plan, const Deployment *deployment)
{
	const WriteRefusal *refusal = deployment_write_refusal(deployment);

	if (refusal)
		plan_add_problem(plan, pg_strdup(refusal->message), pg_strdup(refusal->detail),
						 pg_strdup(refusal->hint));
	if (!deployment->may_become_owner)
		plan_add_problem(plan,
						 psprintf("the deployment belongs to role \"%s\", and you can't act for it",
								  deployment->owner),
						 NULL,
						 psprintf("Connect as \"%s\", or as a role that may SET ROLE to it.",
								  deployment->owner));
	else if (!deployment->may_use_code)
		plan_add_problem(
			plan,
			psprintf("the first deployment for role \"%s\" is an administrator's",
					 deployment->owner),
			pg_strdup("You don't inherit from that role, and have USAGE on its schema \"hh\" only "
					  "once privileges are granted there."),
			pg_strdup("A superuser, or a role with CREATEROLE, runs \"hh-migrate up\" once."));
	else if (!deployment->owner_may_create &&
			 (deployment->extension_version == NULL || deployment->data_schema_count == 0))
		plan_add_problem(
			plan,
			psprintf("role \"%s\" may not create schemas in this database", deployment->owner),
			NULL,
			psprintf("As the database's owner or an administrator: GRANT CREATE ON DATABASE %s TO "
					 "%s;",
					 deployment->database, deployment->owner_quoted));
}

static void
plan_required_extensions(Plan *plan, const Deployment *deployment)
{
	if (deployment->vector_schema == NULL && deployment->vector_available == NULL)
		plan_add_problem(plan, pg_strdup("extension \"vector\" is not available on the server"),
						 NULL,
						 pg_strdup("Install pgvector there first, for instance the package "
								   "postgresql-NN-pgvector."));
	else if (deployment->vector_schema == NULL)
		add_action(plan, ACTION_CREATE_EXTENSION, "vector", deployment->vector_available,
				   "not installed");
	else if (strcmp(deployment->vector_schema, "public") != 0)
		plan_add_problem(
			plan, psprintf("extension \"vector\" is in schema \"%s\"", deployment->vector_schema),
			pg_strdup("Headhunter needs it in schema \"public\"."),
			pg_strdup("ALTER EXTENSION vector SET SCHEMA public;"));
	if (!deployment->has_pgcrypto)
		add_action(plan, ACTION_CREATE_EXTENSION, "pgcrypto", NULL, "not installed");
}

static TextSlice
slice(const char *text)
{
	return (TextSlice){text, strlen(text)};
}

const char *
plan_extension(Plan *plan, const Deployment *deployment)
{
	const char *installed = deployment->extension_version;
	const char *available = deployment->extension_available;

	if (installed == NULL && available == NULL)
	{
		plan_add_problem(plan, pg_strdup("extension \"headhunter\" is not available on the server"),
						 NULL,
						 pg_strdup("Install it there (\"make install\" in Headhunter's sources). "
								   "Servers that load no C code are not served yet."));
		return NULL;
	}
	if (installed == NULL)
	{
		plan_required_extensions(plan, deployment);
		add_action(plan, ACTION_CREATE_EXTENSION, "headhunter", available, "not installed");
		return available;
	}
	if (available && version_compare(slice(installed), slice(available)) < 0)
	{
		add_action(plan, ACTION_UPDATE_EXTENSION, "headhunter", available,
				   "an older version is installed");
		return available;
	}
	return installed;
}

const char *
plan_without_extension(Plan *plan, const Deployment *deployment)
{
	if (deployment->extension_version == NULL)
		plan_add_problem(plan, pg_strdup("extension \"headhunter\" is not installed"),
						 pg_strdup("Migrations build on it, and --only leaves it out."),
						 pg_strdup("Run \"hh-migrate up\" without --only, or with --only=code "
								   "first."));
	return deployment->extension_version;
}

void
plan_check_data_schemas(Plan *plan, const PlanInput *input)
{
	const Deployment *deployment = input->deployment;
	bool has_team = input->migrations->directory != NULL;

	if (!deployment_has_lost_ledger(deployment))
		return;
	if (deployment->data_schema_count < 4)
		plan_add_problem(
			plan, pg_strdup("some of Headhunter's schemas exist, others don't"),
			psprintf("Existing: %s; there is no ledger hh.migration.", deployment->data_schemas),
			pg_strdup("Drop or rename them."));
	else
		plan_add_problem(
			plan, pg_strdup("Headhunter's schemas exist, but not the ledger hh.migration"),
			pg_strdup("What made them, and how, is not known."),
			psprintf(
				"\"hh-migrate baseline %s\"%s adopts them, if they are what the migrations make; "
				"or "
				"restore the table hh.migration, or drop schemas %s to deploy anew.",
				has_team ? "--dir=DIRECTORY VERSION" : migration_set_last_own(input->migrations),
				has_team ? ", with the last that was applied," : "", deployment->data_schemas));
}

void
plan_check_required_version(Plan *plan, const Migration *migration, const char *code_version)
{
	if (code_version && migration->requires_extension &&
		version_compare(slice(code_version), slice(migration->requires_extension)) < 0)
		plan_add_problem(plan,
						 psprintf("migration %s needs version %s of extension \"headhunter\"",
								  migration->label, migration->requires_extension),
						 psprintf("The server has version %s.", code_version),
						 pg_strdup("Install a newer headhunter on the server first."));
}
