/*
 * plan_migration.c
 *		What to do about each migration.
 */
#include "postgres_fe.h"

#include "plan_code.h"
#include "plan_migration.h"
#include "plan_unfinished.h"

void
plan_refuse_changed(Plan *plan, const Migration *migration, const LedgerRow *row)
{
	plan_add_problem(
		plan, psprintf("migration %s is not the one that was applied", migration->label),
		psprintf("The ledger's checksum is %s, the file's is %s.", row->checksum,
				 migration->checksum),
		pg_strdup("An applied migration is never edited: put the change into a new one."));
}

static void
refuse_missing(Plan *plan, const Migration *migration, const char *name)
{
	plan_add_problem(plan, psprintf("%s: variable \"%s\" has no value", migration->file_name, name),
					 pg_strdup("The file declares it in \"-- hh: vars\"."),
					 psprintf("Give it with --set %s=VALUE, or in the environment as %s%s.", name,
							  VARIABLE_ENVIRONMENT, name));
}

/* Fills in the variables once, so that what doesn't work is known before anything is done. */
static void
check_substitution(Plan *plan, const Migration *migration, const VariableList *own)
{
	for (int i = 0; i < migration->change.count; i++)
	{
		StatementError error = {0};
		char *text =
			statement_substitute(&migration->change.items[i], own->items, own->count, &error);

		if (text == NULL)
		{
			plan_add_problem(
				plan, psprintf("%s, line %d: %s", migration->file_name, error.line, error.message),
				NULL, error.hint ? pg_strdup(error.hint) : NULL);
			statement_error_free(&error);
		}
		pg_free(text);
	}
}

void
plan_check_variables(Plan *plan, const Migration *migration)
{
	VariableList own = variables_of(migration, &plan->variables);
	bool complete = true;

	for (int i = 0; i < own.count; i++)
	{
		if (own.items[i].value == NULL)
		{
			refuse_missing(plan, migration, own.items[i].name);
			complete = false;
		}
	}
	if (complete && own.count > 0)
		check_substitution(plan, migration, &own);
	variables_free(&own);
}

/* The newest that is applied of Headhunter's migrations, or of a team's; NULL if there is none. */
static const Migration *
newest_applied(const PlanInput *input, bool is_team)
{
	for (int i = input->migrations->count - 1; i >= 0; i--)
	{
		const Migration *migration = &input->migrations->items[i];
		const LedgerRow *row = ledger_find(input->ledger, migration->version);

		if (!migration->file.repeatable && row != NULL &&
			(row->state == LEDGER_APPLIED || row->state == LEDGER_BASELINE) &&
			migration_version_is_team(migration->version) == is_team)
			return migration;
	}
	return NULL;
}

/* What the migrations of a plan are compared with. */
typedef struct Standing
{
	const char *code_version;	/* that they will find */
	const Migration *newest[2]; /* that is applied: of Headhunter's, of a team's; or NULL */
} Standing;

/* A repeatable migration has no place in the order: it is run whenever it changes. */
static void
check_order(Plan *plan, const PlanInput *input, const Standing *standing,
			const Migration *migration)
{
	const Migration *newest = standing->newest[migration_version_is_team(migration->version)];

	if (migration->file.repeatable || input->allow_out_of_order)
		return;
	if (newest == NULL || migration_version_compare(migration->version, newest->version) > 0)
		return;
	plan_add_problem(
		plan, psprintf("migration %s is out of order", migration->label),
		psprintf("It is pending, and %s is applied already, which comes after it.", newest->label),
		psprintf("Give it a version above %s; or apply it as it is with "
				 "--allow-out-of-order.",
				 newest->version));
}

static void
plan_migration(Plan *plan, const PlanInput *input, const Standing *standing, int number)
{
	const Migration *migration = &input->migrations->items[number];
	const LedgerRow *row = ledger_find(input->ledger, migration->version);
	bool verified = input->verified[number];
	MigrationState state = migration_state(migration, row, verified);
	ActionKind kind = ACTION_REAPPLY;
	const char *reason = NULL;

	switch (state)
	{
		case MIGRATION_APPLIED:
		case MIGRATION_BASELINE:
			return;
		case MIGRATION_RUNNING:
		case MIGRATION_FAILED:
			if (state == MIGRATION_RUNNING ||
				step_log_of(input->steps, migration->version).count > 0)
			{
				plan_unfinished(plan, input, migration, row);
				return;
			}
			/* It was rolled back. */
			check_order(plan, input, standing, migration);
			kind = ACTION_APPLY;
			reason = "failed before";
			break;
		case MIGRATION_CHANGED:
			if (!migration->file.repeatable)
			{
				plan_refuse_changed(plan, migration, row);
				return;
			}
			reason = "its text changed";
			break;
		case MIGRATION_UNVERIFIED:
			reason = "a verify query is not true";
			break;
		case MIGRATION_REVERTED:
			check_order(plan, input, standing, migration);
			reason = "reverted";
			break;
		case MIGRATION_PENDING:
			check_order(plan, input, standing, migration);
			kind = ACTION_APPLY;
			reason = "not applied";
			break;
	}
	plan_check_required_version(plan, migration, standing->code_version);
	plan_check_variables(plan, migration);
	plan_check_stepwise(plan, input, migration);
	plan_add_action(plan, (Action){.kind = kind,
								   .object = migration->label,
								   .version = migration->version,
								   .reason = reason,
								   .migration = migration,
								   .is_new = row == NULL});
}

void
plan_migrations(Plan *plan, const PlanInput *input, const char *code_version)
{
	Standing standing = {.code_version = code_version,
						 .newest = {newest_applied(input, false), newest_applied(input, true)}};

	for (int i = 0; i < input->migrations->count; i++)
	{
		if (input->to == NULL ||
			migration_version_compare(input->migrations->items[i].version, input->to) <= 0)
			plan_migration(plan, input, &standing, i);
	}
}
