/*
 * plan_baseline.c
 *		From what is there already to what is to be recorded: pure, without a database.
 */
#include "postgres_fe.h"

#include "plan_baseline.h"
#include "plan_migration.h"

#define LEDGER_VERSION "0000"

/* Migrations that make tables in schema hh, which nobody but a deployment has. */
static const struct
{
	const char *version;
	const char *table; /* one of them */
} control_migrations[] = {
	{LEDGER_VERSION, "table hh.migration"},
	{"0001", "table hh.embedding_model"},
	{"0008", "table hh.snapshot"},
	{"0009", "table hh.policy"},
};

/* The table of a migration that makes one in schema hh; else NULL. */
static const char *
control_table(const Migration *migration)
{
	for (size_t i = 0; i < lengthof(control_migrations); i++)
	{
		if (strcmp(control_migrations[i].version, migration->version) == 0)
			return control_migrations[i].table;
	}
	return NULL;
}

bool
plan_action_is_control(const Action *action)
{
	return action->migration != NULL && action->kind != ACTION_BASELINE &&
		   control_table(action->migration) != NULL;
}

static ActionKind
kind_of(const PlanInput *input, const Migration *migration, const Catalog *found)
{
	const char *table = control_table(migration);

	if (table == NULL || catalog_find_named(found, table) != NULL)
		return ACTION_BASELINE;
	return strcmp(migration->version, LEDGER_VERSION) == 0 &&
				   input->deployment->data_schema_count > 0
			   ? ACTION_FOUND
			   : ACTION_APPLY;
}

static void
plan_pending(Plan *plan, const PlanInput *input, const Migration *migration, const Catalog *found)
{
	ActionKind kind = kind_of(input, migration, found);

	if (migration->file.repeatable)
		return;
	plan_check_variables(plan, migration);
	plan_add_action(plan,
					(Action){.kind = kind,
							 .object = migration->label,
							 .version = migration->version,
							 .reason = kind == ACTION_BASELINE ? "taken as applied" : "not applied",
							 .migration = migration});
}

static void
plan_migration(Plan *plan, const PlanInput *input, const Migration *migration, const Catalog *found)
{
	const LedgerRow *row = ledger_find(input->ledger, migration->version);
	MigrationState state = migration_state(migration, row, true);

	switch (state)
	{
		case MIGRATION_APPLIED:
		case MIGRATION_BASELINE:
		case MIGRATION_UNVERIFIED:
			break;
		case MIGRATION_CHANGED:
			if (!migration->file.repeatable)
				plan_refuse_changed(plan, migration, row);
			break;
		case MIGRATION_RUNNING:
		case MIGRATION_FAILED:
			if (state == MIGRATION_RUNNING ||
				step_log_of(input->steps, migration->version).count > 0)
			{
				plan_add_problem(plan,
								 psprintf("migration %s is recorded as %s", migration->label,
										  migration_state_name(state)),
								 pg_strdup("A part of it stands."),
								 pg_strdup("\"hh-migrate repair\" shows what stands of it."));
				break;
			}
			/* It was rolled back. */
			plan_pending(plan, input, migration, found);
			break;
		case MIGRATION_PENDING:
		case MIGRATION_REVERTED:
			plan_pending(plan, input, migration, found);
			break;
	}
}

/* What is made in the schema is its owner's to alter. */
static void
check_schema_owner(Plan *plan, const Deployment *deployment)
{
	if (deployment->ledger_exists || deployment->schema_owner == NULL ||
		strcmp(deployment->schema_owner, deployment->owner) == 0)
		return;
	plan_add_problem(
		plan,
		psprintf("schema \"hh\" belongs to role \"%s\", not to \"%s\"", deployment->schema_owner,
				 deployment->owner),
		pg_strdup("There is no ledger hh.migration, and the extension belongs to the latter."),
		pg_strdup("Give the schema to that role, or drop the extension to adopt the rest for the "
				  "schema's owner."));
}

void
plan_make_baseline(Plan *plan, const PlanInput *input, const Catalog *found)
{
	(void) plan_begin(plan, input);
	check_schema_owner(plan, input->deployment);
	plan_check_ledger(plan, input);
	plan_check_target(plan, input);
	for (int i = 0; i < input->migrations->count; i++)
	{
		const Migration *migration = &input->migrations->items[i];

		if (migration_version_compare(migration->version, input->to) <= 0)
			plan_migration(plan, input, migration, found);
	}
}
