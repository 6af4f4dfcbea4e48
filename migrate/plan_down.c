/*
 * plan_down.c
 *		From what is applied to what is to be taken back: pure, without a database.
 */
#include "postgres_fe.h"

#include "plan_code.h"
#include "plan_down.h"
#include "plan_migration.h"
#include "plan_unfinished.h"

static void
refuse_without_revert(Plan *plan, const Migration *migration)
{
	bool is_team = migration_version_is_team(migration->version);

	plan_add_problem(plan, psprintf("migration %s has no revert part", migration->label),
					 is_team
						 ? NULL
						 : pg_strdup("Headhunter's own migrations are not taken back: that would "
									 "destroy data."),
					 pg_strdup(is_team ? "Put what takes it back into a new migration."
									   : "To go back behind them, restore a backup; \"down\" "
										 "takes back migrations of your own (--dir)."));
}

/* Whether the migration is applied, or a part of it is. */
static bool
stands(const LedgerRow *row, Steps steps)
{
	if (row == NULL || row->state == LEDGER_REVERTED)
		return false;
	/* In a transaction: it was rolled back. */
	return row->state != LEDGER_FAILED || steps.count > 0;
}

static void
refuse_unfinished(Plan *plan, const Migration *migration, const LedgerRow *row)
{
	plan_add_problem(
		plan,
		psprintf("migration %s is recorded as %s", migration->label, ledger_state_name(row->state)),
		NULL,
		psprintf("\"hh-migrate repair %s\" shows what stands of it; \"up\" brings it "
				 "to its end.",
				 migration->version));
}

static void
plan_revert(Plan *plan, const Migration *migration, const LedgerRow *row, Steps steps)
{
	bool is_unfinished = row->state == LEDGER_RUNNING || row->state == LEDGER_FAILED;

	if (is_unfinished && steps.count > 0 && steps.items[0].reverting)
		plan_go_on(plan, ACTION_REVERT, migration, row, steps);
	else if (is_unfinished)
		refuse_unfinished(plan, migration, row);
	else if (migration->revert.count == 0)
		refuse_without_revert(plan, migration);
	else if (strcmp(row->checksum, migration->checksum) != 0)
		plan_refuse_changed(plan, migration, row);
	else
		plan_add_action(plan, (Action){.kind = ACTION_REVERT,
									   .object = migration->label,
									   .version = migration->version,
									   .reason = "applied",
									   .migration = migration,
									   .values = &row->variables});
}

void
plan_make_down(Plan *plan, const PlanInput *input)
{
	memset(plan, 0, sizeof(*plan));
	plan->dimensions = plan_known_dimensions(input->deployment, input->ledger);
	plan_check_rights(plan, input->deployment);
	plan_check_ledger(plan, input);
	plan_check_target(plan, input);
	for (int i = input->migrations->count - 1; i >= 0; i--)
	{
		const Migration *migration = &input->migrations->items[i];
		const LedgerRow *row = ledger_find(input->ledger, migration->version);
		Steps steps = step_log_of(input->steps, migration->version);

		if (input->to && migration_version_compare(migration->version, input->to) <= 0)
			return;
		if (!stands(row, steps))
			continue;
		plan_revert(plan, migration, row, steps);
		if (input->to == NULL)
			return;
	}
}
