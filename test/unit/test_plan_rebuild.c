/* What is to be built anew: a ledger in, actions and problems out. */
#include "postgres_fe.h"

#include "plan_rebuild.h"
#include "tap.h"

static MigrationSet migrations;
static Deployment deployment = {
	.owner = "o", .may_become_owner = true, .may_use_code = true, .owner_may_create = true};
static LedgerRow rows[4];
static Ledger ledger;
static Step step = {.version = "1000", .number = 1};
static StepLog steps;
static PlanInput input;
static Plan plan;

static const BundledMigration files[] = {{"0007_own.sql", "-- hh: repeatable\nSELECT 1;\n", 28},
										 {"1000_a.sql", "SELECT 1;\n", 10},
										 {"1001_b.sql", "SELECT 1;\n", 10},
										 {0}};

static void
start(void)
{
	memset(rows, 0, sizeof(rows));
	for (int i = 0; i < migrations.count; i++)
		rows[i] = (LedgerRow){.version = migrations.items[i].version,
							  .name = migrations.items[i].name,
							  .checksum = migrations.items[i].checksum,
							  .state = LEDGER_APPLIED};
	ledger = (Ledger){.rows = rows, .count = migrations.count};
	steps = (StepLog){&step, 0};
	migrations.directory = "d";
	input = (PlanInput){
		.deployment = &deployment, .migrations = &migrations, .ledger = &ledger, .steps = &steps};
}

static void
has_actions(const char *expected, const char *what)
{
	char got[256] = "";

	plan_free(&plan);
	plan_make_rebuild(&plan, &input);
	for (int i = 0; i < plan.action_count; i++)
	{
		size_t used = strlen(got);

		snprintf(got + used, sizeof(got) - used, "%s%s %s", i ? ", " : "",
				 action_kind_name(plan.actions[i].kind), plan.actions[i].object);
	}
	is_text(got, expected, what);
	is_int(plan.problem_count, 0, "... and no problem");
}

static void
has_problem(const char *message, const char *hint, const char *what)
{
	plan_free(&plan);
	plan_make_rebuild(&plan, &input);
	ok(plan.problem_count > 0 && strstr(plan.problems[0].message, message) != NULL, what);
	ok(plan.problem_count > 0 && plan.problems[0].hint &&
		   strstr(plan.problems[0].hint, hint) != NULL,
	   "... with a hint");
}

int
main(void)
{
	if (!migration_set_read(&migrations, files) || !migration_set_split(&migrations))
		return 1;

	start();
	has_actions("apply 0007_own, apply 1000_a, apply 1001_b", "all that is applied");
	ok(plan.action_count == 3 && plan.actions[1].values == &rows[1].variables,
	   "... with the values it was applied with");
	rows[1].state = LEDGER_BASELINE;
	has_actions("apply 0007_own, apply 1000_a, apply 1001_b", "what was adopted, too");
	input.to = "1000";
	has_actions("apply 0007_own, apply 1000_a", "up to a version");

	start();
	ledger.count = 1;
	has_actions("apply 0007_own", "nothing that is pending");

	start();
	rows[2].state = LEDGER_REVERTED;
	has_actions("apply 0007_own, apply 1000_a", "nothing that was taken back");
	rows[1].state = LEDGER_FAILED;
	has_actions("apply 0007_own", "nor what was rolled back");
	steps.count = 1;
	has_problem("1000_a is recorded as failed", "hh-migrate repair", "what stands in part");
	steps.count = 0;
	rows[1].state = LEDGER_RUNNING;
	has_problem("1000_a is recorded as running", "hh-migrate repair", "what is running");

	start();
	rows[0].checksum = "other";
	has_actions("apply 0007_own, apply 1000_a, apply 1001_b",
				"a repeatable one that changed is applied as it is");
	rows[1].checksum = "other";
	has_problem("1000_a is not the one that was applied", "never edited", "a versioned one is not");

	start();
	rows[2].version = "1002";
	rows[2].name = "c";
	has_problem("migration 1002_c, and there is no file of it", "can't be built", "without a file");
	migrations.directory = NULL;
	has_problem("migration 1002_c, and there is no file of it", "--dir", "without a directory");
	rows[2].state = LEDGER_REVERTED;
	has_actions("apply 0007_own, apply 1000_a", "no file is needed of what was taken back");
	plan_free(&plan);
	migration_set_free(&migrations);
	return tap_done();
}
