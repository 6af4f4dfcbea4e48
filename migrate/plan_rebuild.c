/*
 * plan_rebuild.c
 *		From a ledger to what builds the same anew: pure, without a database.
 */
#include "postgres_fe.h"

#include "plan_migration.h"
#include "plan_rebuild.h"

static void
refuse_without_file(Plan *plan, const LedgerRow *row, const MigrationSet *migrations)
{
	bool lacks_directory = migration_version_is_team(row->version) && migrations->directory == NULL;

	plan_add_problem(plan,
					 psprintf("the ledger has migration %s_%s, and there is no file of it",
							  row->version, row->name ? row->name : ""),
					 psprintf("It was recorded by %s.", row->tool ? row->tool : "another tool"),
					 pg_strdup(lacks_directory
								   ? "--dir names the directory of your own migrations."
								   : "Without it, what it has made can't be built anew."));
}

bool
ledger_row_stands(const PlanInput *input, const LedgerRow *row)
{
	switch (row->state)
	{
		case LEDGER_REVERTED:
			return false;
		case LEDGER_FAILED:
			return step_log_of(input->steps, row->version).count > 0;
		default:
			return true;
	}
}

static void
plan_row(Plan *plan, const Migration *migration, const LedgerRow *row)
{
	if (row->state == LEDGER_RUNNING || row->state == LEDGER_FAILED)
		plan_add_problem(plan,
						 psprintf("migration %s is recorded as %s", migration->label,
								  row->state == LEDGER_RUNNING ? "running" : "failed"),
						 NULL, pg_strdup("\"hh-migrate repair\" shows what stands of it."));
	else if (!migration->file.repeatable && strcmp(row->checksum, migration->checksum) != 0)
		plan_refuse_changed(plan, migration, row);
	else
		plan_add_action(plan, (Action){.kind = ACTION_APPLY,
									   .object = migration->label,
									   .version = migration->version,
									   .reason = "applied",
									   .migration = migration,
									   .values = &row->variables});
}

void
plan_make_rebuild(Plan *plan, const PlanInput *input)
{
	memset(plan, 0, sizeof(*plan));
	plan->dimensions = plan_known_dimensions(input->deployment, input->ledger);
	for (int i = 0; i < input->ledger->count; i++)
	{
		const LedgerRow *row = &input->ledger->rows[i];

		if (ledger_row_stands(input, row) &&
			migration_set_find(input->migrations, row->version) == NULL)
			refuse_without_file(plan, row, input->migrations);
	}
	for (int i = 0; i < input->migrations->count; i++)
	{
		const Migration *migration = &input->migrations->items[i];
		const LedgerRow *row = ledger_find(input->ledger, migration->version);

		if (row != NULL && ledger_row_stands(input, row) &&
			(input->to == NULL || migration_version_compare(migration->version, input->to) <= 0))
			plan_row(plan, migration, row);
	}
}
