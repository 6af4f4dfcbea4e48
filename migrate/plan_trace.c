/*
 * plan_trace.c
 *		From a ledger, or named versions, to what is built in a scratch database and
 *		what is traced there.
 */
#include "postgres_fe.h"

#include "plan_rebuild.h"
#include "plan_migration.h"
#include "plan_trace.h"
#include "plan_unfinished.h"

static void
add_action(TracePlan *trace, Action action, bool traced)
{
	int count = trace->plan.action_count;

	trace->traced = pg_realloc(trace->traced, sizeof(bool) * (size_t) (count + 1));
	trace->traced[count] = traced;
	trace->traced_count += traced;
	plan_add_action(&trace->plan, action);
}

/* row: the ledger's, where the migration is to be run as it was; else NULL. */
static void
add_migration(TracePlan *trace, const PlanInput *input, const Migration *migration,
			  const LedgerRow *row, bool traced)
{
	if (row == NULL)
		plan_check_variables(&trace->plan, migration);
	plan_check_stepwise(&trace->plan, input, migration);
	add_action(trace,
			   (Action){.kind = ACTION_APPLY,
						.object = migration->label,
						.version = migration->version,
						.reason = traced ? "traced" : "comes before",
						.migration = migration,
						.values = row ? &row->variables : NULL},
			   traced);
}

/* Whether "up" would apply it. */
static bool
is_pending(const PlanInput *input, const Migration *migration)
{
	const LedgerRow *row = ledger_find(input->ledger, migration->version);

	return row == NULL || !ledger_row_stands(input, row) ||
		   (migration->file.repeatable && strcmp(row->checksum, migration->checksum) != 0);
}

/* Takes over the actions and problems of a plan. */
static void
add_plan(TracePlan *trace, Plan *plan)
{
	for (int i = 0; i < plan->action_count; i++)
		add_action(trace, plan->actions[i], false);
	for (int i = 0; i < plan->problem_count; i++)
		plan_add_problem(&trace->plan, plan->problems[i].message, plan->problems[i].detail,
						 plan->problems[i].hint);
	plan->problem_count = 0;
	plan_free(plan);
}

/* "up" would update the extension before it applies what is pending. */
static void
add_extension_update(TracePlan *trace, const Deployment *deployment)
{
	const char *installed = deployment->extension_version;
	const char *available = deployment->extension_available;

	if (installed && available &&
		version_compare((TextSlice){installed, strlen(installed)},
						(TextSlice){available, strlen(available)}) < 0)
		add_action(trace,
				   (Action){.kind = ACTION_UPDATE_EXTENSION,
							.object = "headhunter",
							.version = available,
							.reason = "an older version is installed"},
				   false);
}

static void
trace_pending(TracePlan *trace, const PlanInput *input)
{
	Plan applied;

	plan_make_rebuild(&applied, input);
	add_plan(trace, &applied);
	add_extension_update(trace, input->deployment);
	for (int i = 0; i < input->migrations->count; i++)
	{
		const Migration *migration = &input->migrations->items[i];

		if (is_pending(input, migration))
			add_migration(trace, input, migration, NULL, true);
	}
}

static bool
is_named(const char *version, const char *const *versions, int count)
{
	for (int i = 0; i < count; i++)
	{
		if (strcmp(version, versions[i]) == 0)
			return true;
	}
	return false;
}

static void
trace_named(TracePlan *trace, const PlanInput *input, const char *const *versions, int count)
{
	const char *last = versions[0];

	for (int i = 0; i < count; i++)
	{
		if (migration_set_find(input->migrations, versions[i]) == NULL)
			plan_add_problem(&trace->plan,
							 psprintf("there is no migration with version %s", versions[i]), NULL,
							 pg_strdup("\"hh-migrate status\" lists them."));
		if (migration_version_compare(versions[i], last) > 0)
			last = versions[i];
	}
	add_extension_update(trace, input->deployment);
	for (int i = 0; i < input->migrations->count; i++)
	{
		const Migration *migration = &input->migrations->items[i];
		const LedgerRow *row = ledger_find(input->ledger, migration->version);

		if (migration_version_compare(migration->version, last) <= 0)
			add_migration(trace, input, migration,
						  row && strcmp(row->checksum, migration->checksum) == 0 ? row : NULL,
						  is_named(migration->version, versions, count));
	}
}

void
plan_make_trace(TracePlan *trace, const PlanInput *input, const char *const *versions,
				int version_count)
{
	memset(trace, 0, sizeof(*trace));
	plan_decide_dimensions(&trace->plan, input);
	plan_gather_variables(&trace->plan, input);
	if (version_count > 0)
		trace_named(trace, input, versions, version_count);
	else
		trace_pending(trace, input);
}

void
plan_free_trace(TracePlan *trace)
{
	plan_free(&trace->plan);
	pg_free(trace->traced);
	memset(trace, 0, sizeof(*trace));
}
