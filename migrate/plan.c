/*
 * plan.c
 *		From what is there and what should be to a list of actions.
 */
#include "postgres_fe.h"

#include "plan.h"
#include "plan_code.h"
#include "plan_migration.h"
#include "plan_part.h"
#include "plan_policy.h"

static const char *const state_names[] = {
	[MIGRATION_PENDING] = "pending",	   [MIGRATION_APPLIED] = "applied",
	[MIGRATION_BASELINE] = "baseline",	   [MIGRATION_CHANGED] = "changed",
	[MIGRATION_UNVERIFIED] = "unverified", [MIGRATION_REVERTED] = "reverted",
	[MIGRATION_FAILED] = "failed",		   [MIGRATION_RUNNING] = "running",
};

static const char *const kind_names[] = {
	[ACTION_CREATE_EXTENSION] = "create extension",
	[ACTION_UPDATE_EXTENSION] = "update extension",
	[ACTION_APPLY] = "apply",
	[ACTION_REAPPLY] = "apply again",
	[ACTION_RESUME] = "resume",
	[ACTION_REVERT] = "revert",
	[ACTION_FOUND] = "apply",
	[ACTION_BASELINE] = "baseline",
	[ACTION_POLICY] = "record policy",
	[ACTION_ROLES] = "change roles",
	[ACTION_PRIVILEGES] = "change privileges",
};

const char *
migration_state_name(MigrationState state)
{
	return state_names[state];
}

const char *
action_kind_name(ActionKind kind)
{
	return kind_names[kind];
}

MigrationState
migration_state(const Migration *migration, const LedgerRow *row, bool verified)
{
	if (row == NULL)
		return MIGRATION_PENDING;
	switch (row->state)
	{
		case LEDGER_RUNNING:
			return MIGRATION_RUNNING;
		case LEDGER_FAILED:
			return MIGRATION_FAILED;
		case LEDGER_REVERTED:
			return MIGRATION_REVERTED;
		case LEDGER_APPLIED:
		case LEDGER_BASELINE:
			break;
	}
	if (strcmp(row->checksum, migration->checksum) != 0)
		return MIGRATION_CHANGED;
	if (!verified)
		return MIGRATION_UNVERIFIED;
	return row->state == LEDGER_BASELINE ? MIGRATION_BASELINE : MIGRATION_APPLIED;
}

int
plan_known_dimensions(const Deployment *deployment, const Ledger *ledger)
{
	if (deployment->dimensions > 0)
		return deployment->dimensions;
	for (int i = 0; i < ledger->count; i++)
	{
		if (ledger->rows[i].dimensions > 0)
			return ledger->rows[i].dimensions;
	}
	return 0;
}

void
plan_add_action(Plan *plan, Action action)
{
	plan->actions = pg_realloc(plan->actions, sizeof(Action) * (size_t) (plan->action_count + 1));
	plan->actions[plan->action_count++] = action;
}

/* Takes over the three strings. */
void
plan_add_problem(Plan *plan, char *message, char *detail, char *hint)
{
	plan->problems =
		pg_realloc(plan->problems, sizeof(Problem) * (size_t) (plan->problem_count + 1));
	plan->problems[plan->problem_count++] = (Problem){message, detail, hint};
}

void
plan_decide_dimensions(Plan *plan, const PlanInput *input)
{
	int known = plan_known_dimensions(input->deployment, input->ledger);

	plan->dimensions = known ? known : input->dimensions;
	if (plan->dimensions == 0)
		plan->dimensions = DEFAULT_EMBEDDING_DIMENSIONS;
	if (known && input->dimensions && known != input->dimensions)
		plan_add_problem(
			plan,
			psprintf("this database has embeddings of %d dimensions, and %s says %d", known,
					 input->dimensions_source, input->dimensions),
			pg_strdup("The dimension is decided at the first deployment; \"up\" never "
					  "changes it."),
			psprintf("Leave %s out, or set it to %d.", input->dimensions_source, known));
}

/* What the caller says, and the dimension, which is the database's. */
void
plan_gather_variables(Plan *plan, const PlanInput *input)
{
	char *dimensions = psprintf("%d", plan->dimensions);

	for (int i = 0; input->variables != NULL && i < input->variables->count; i++)
	{
		const Variable *variable = &input->variables->items[i];

		variables_set(&plan->variables, variable->name, strlen(variable->name), variable->value);
	}
	variables_set(&plan->variables, DIMENSIONS_VARIABLE, strlen(DIMENSIONS_VARIABLE), dimensions);
	pg_free(dimensions);
}

bool
ledger_row_is_out_of_place(const MigrationSet *migrations, const LedgerRow *row)
{
	if (migration_set_find(migrations, row->version) != NULL)
		return false;
	if (!migration_version_is_team(row->version))
		return true;
	return migrations->directory != NULL && row->state != LEDGER_REVERTED;
}

static void
refuse_unknown(Plan *plan, const LedgerRow *row, const char *directory)
{
	bool is_team = migration_version_is_team(row->version);
	bool is_rolled_back = row->state == LEDGER_FAILED && row->statements_done == 0;
	char *who = is_team ? psprintf("directory \"%s\"", directory) : pg_strdup("this hh-migrate");

	plan_add_problem(
		plan,
		psprintf("the ledger has migration %s_%s, which %s doesn't %s", row->version,
				 row->name ? row->name : "", who, is_team ? "have" : "know"),
		psprintf("It was recorded by %s%s.", row->tool ? row->tool : "another tool",
				 is_rolled_back ? " as failed, and was rolled back" : ""),
		is_rolled_back
			? psprintf("Where its file was renamed or given up, \"hh-migrate repair %s --forget\" "
					   "takes it out of the ledger.",
					   row->version)
			: pg_strdup(is_team
							? "Use the files that the database was deployed with, or newer ones; "
							  "without --dir, the bundled migrations are applied alone."
							: "Use the hh-migrate that the database was deployed with, or a "
							  "newer one."));
	pg_free(who);
}

void
plan_check_ledger(Plan *plan, const PlanInput *input)
{
	for (int i = 0; i < input->ledger->count; i++)
	{
		if (ledger_row_is_out_of_place(input->migrations, &input->ledger->rows[i]))
			refuse_unknown(plan, &input->ledger->rows[i], input->migrations->directory);
	}
}

void
plan_check_target(Plan *plan, const PlanInput *input)
{
	if (input->to && migration_set_find(input->migrations, input->to) == NULL)
		plan_add_problem(plan, psprintf("there is no migration with version %s", input->to), NULL,
						 pg_strdup("\"hh-migrate status\" lists them."));
}

const char *
plan_begin(Plan *plan, const PlanInput *input)
{
	memset(plan, 0, sizeof(*plan));
	plan_check_rights(plan, input->deployment);
	plan_decide_dimensions(plan, input);
	plan_gather_variables(plan, input);
	plan_roles(plan, input);
	return plan_has_part(input->only, PART_CODE) ? plan_extension(plan, input->deployment)
												 : plan_without_extension(plan, input->deployment);
}

void
plan_make(Plan *plan, const PlanInput *input)
{
	const char *code_version = plan_begin(plan, input);

	plan_check_convergence(plan, input);
	plan_check_data_schemas(plan, input);
	plan_check_ledger(plan, input);
	plan_check_target(plan, input);
	if (plan_has_part(input->only, PART_MIGRATIONS))
		plan_migrations(plan, input, code_version);
	if (plan_has_part(input->only, PART_POLICY))
		plan_policy(plan, input);
	plan_privileges(plan, input);
}

void
plan_free(Plan *plan)
{
	for (int i = 0; i < plan->problem_count; i++)
	{
		pg_free(plan->problems[i].message);
		pg_free(plan->problems[i].detail);
		pg_free(plan->problems[i].hint);
	}
	pg_free(plan->problems);
	pg_free(plan->actions);
	variables_free(&plan->variables);
	memset(plan, 0, sizeof(*plan));
}
