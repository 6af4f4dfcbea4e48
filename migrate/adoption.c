/*
 * adoption.c
 *		Whether a database has what migrations would have made in it.
 *
 * In the scratch database goes first what the target has had: what its ledger says is
 * applied, and the tables of schema hh that it will get.  Then all others up to the
 * version, one after the other, with a look at the catalogs before and after: so that
 * the objects of a repeatable migration, which need not be there, are left out.
 */
#include "postgres_fe.h"

#include "adoption.h"
#include "carry_out.h"
#include "catalog_scope.h"
#include "plan_baseline.h"
#include "plan_rebuild.h"
#include "scratch.h"

typedef struct Adoption
{
	const Options *options;
	const PlanInput *input;
	const Plan *plan;
	Scratch scratch;
	CatalogScope scope; /* what the versioned ones do */
	Catalog catalog;	/* the scratch database's, as last read */
} Adoption;

/* Applies what the target has had, and what makes its tables in schema hh. */
static bool
apply_what_was(Adoption *adoption)
{
	Plan rebuild;
	bool applied = false;

	plan_make_rebuild(&rebuild, adoption->input);
	for (int i = 0; i < adoption->plan->action_count; i++)
	{
		Action action = adoption->plan->actions[i];

		action.kind = ACTION_APPLY;
		action.values = &adoption->plan->variables;
		if (plan_action_is_control(&adoption->plan->actions[i]))
			plan_add_action(&rebuild, action);
	}
	if (rebuild.problem_count > 0)
		carry_out_refuse(&rebuild);
	else
		applied = scratch_apply(&adoption->scratch, adoption->options, &rebuild);
	plan_free(&rebuild);
	return applied;
}

/* Whether the migration is to be applied in the scratch database yet. */
static bool
is_to_come(const Adoption *adoption, const Migration *migration)
{
	const PlanInput *input = adoption->input;
	const LedgerRow *row = ledger_find(input->ledger, migration->version);

	if (migration_version_compare(migration->version, input->to) > 0)
		return false;
	for (int i = 0; i < adoption->plan->action_count; i++)
	{
		const Action *action = &adoption->plan->actions[i];

		if (action->migration == migration)
			return !plan_action_is_control(action);
	}
	return migration->file.repeatable && row == NULL;
}

/* Reads the catalogs again; into the scope goes what is different, if counts is set. */
static bool
read_again(Adoption *adoption, bool counts)
{
	Session session = scratch_session(&adoption->scratch);
	Catalog now = {0};

	if (!catalog_read(&session, &now))
		return false;
	if (counts)
		catalog_scope_add(&adoption->scope, &adoption->catalog, &now);
	catalog_free(&adoption->catalog);
	adoption->catalog = now;
	return true;
}

/* Applies some migrations that are all versioned, or all repeatable. */
static bool
apply_batch(Adoption *adoption, Action *actions, int count)
{
	/* The list of variables is the plan's. */
	Plan batch = {.actions = actions,
				  .action_count = count,
				  .dimensions = adoption->plan->dimensions,
				  .variables = adoption->plan->variables};

	return count == 0 || (scratch_apply(&adoption->scratch, adoption->options, &batch) &&
						  read_again(adoption, !actions[0].migration->file.repeatable));
}

static bool
apply_what_is_to_come(Adoption *adoption)
{
	const MigrationSet *migrations = adoption->input->migrations;
	Action *actions = pg_malloc0(sizeof(Action) * (size_t) Max(migrations->count, 1));
	int count = 0;
	bool applied = true;

	for (int i = 0; i < migrations->count && applied; i++)
	{
		const Migration *migration = &migrations->items[i];

		if (!is_to_come(adoption, migration))
			continue;
		if (count > 0 && actions[0].migration->file.repeatable != migration->file.repeatable)
		{
			applied = apply_batch(adoption, actions, count);
			count = 0;
		}
		actions[count++] = (Action){.kind = ACTION_APPLY,
									.object = migration->label,
									.version = migration->version,
									.reason = "not applied",
									.migration = migration};
	}
	applied = applied && apply_batch(adoption, actions, count);
	pg_free(actions);
	return applied;
}

bool
adoption_compare(const Options *options, Database *target, const Survey *survey,
				 const PlanInput *input, const Plan *plan, const Catalog *found,
				 CatalogDifferenceList *differences)
{
	Adoption adoption = {.options = options, .input = input, .plan = plan};
	bool compared = scratch_open(&adoption.scratch, options, target, survey) &&
					apply_what_was(&adoption) && read_again(&adoption, false) &&
					apply_what_is_to_come(&adoption);

	if (compared)
	{
		Catalog expected_part =
			catalog_scope_cut(&adoption.scope, &adoption.catalog, &adoption.catalog);
		Catalog found_part = catalog_scope_cut(&adoption.scope, &adoption.catalog, found);

		catalog_compare(&expected_part, &found_part, CATALOG_OF_MIGRATIONS, differences);
		catalog_free(&expected_part);
		catalog_free(&found_part);
	}
	scratch_close(&adoption.scratch);
	catalog_scope_free(&adoption.scope);
	catalog_free(&adoption.catalog);
	return compared;
}
