/* What is to be taken back: records in, actions and problems out. */
#include "postgres_fe.h"

#include "plan_down.h"
#include "tap.h"

static MigrationSet migrations;
static Deployment deployment = {
	.owner = "o", .may_become_owner = true, .may_use_code = true, .owner_may_create = true};
static LedgerRow rows[4];
static Ledger ledger;
static PlanInput input;
static Plan plan;

static const BundledMigration files[] = {
	{"0007_own.sql", "SELECT 1;\n", 10},
	{"1000_a.sql", "SELECT 1;\n-- hh: revert\nSELECT 2;\n", 34},
	{"1001_b.sql", "SELECT 1;\n-- hh: revert\nSELECT 2;\n", 34},
	{"1002_c.sql", "SELECT 1;\n-- hh: revert\nSELECT 2;\n", 34},
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
	input = (PlanInput){.deployment = &deployment, .migrations = &migrations, .ledger = &ledger};
}

static void
has_actions(const char *expected, const char *what)
{
	char got[256] = "";

	plan_free(&plan);
	plan_make_down(&plan, &input);
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
has_problem(const char *message, const char *what)
{
	plan_free(&plan);
	plan_make_down(&plan, &input);
	ok(plan.problem_count > 0 && strstr(plan.problems[0].message, message) != NULL, what);
}

int
main(void)
{
	ok(migration_set_read(&migrations, files) && migration_set_split(&migrations) &&
		   migrations.count == 4,
	   "four migrations");

	start();
	has_actions("revert 1002_c", "the newest");
	input.to = "1000";
	has_actions("revert 1002_c, revert 1001_b", "down to a version");
	input.to = "1002";
	has_actions("", "down to the newest");
	input.to = "1003";
	has_problem("there is no migration with version 1003", "down to nowhere");
	input.to = "0007";
	rows[2].state = LEDGER_REVERTED;
	rows[3].state = LEDGER_BASELINE;
	has_actions("revert 1002_c, revert 1000_a",
				"what is reverted is passed over, a baseline is not");

	start();
	ledger.count = 3;
	has_actions("revert 1001_b", "what is pending is passed over");

	start();
	ledger.count = 1;
	has_problem("migration 0007_own has no revert part", "no revert part");
	ok(strstr(plan.problems[0].detail, "Headhunter's own") != NULL,
	   "... as all of Headhunter's own");

	start();
	rows[3].checksum = "0";
	has_problem("1002_c is not the one that was applied", "a text that changed");
	rows[3].state = LEDGER_RUNNING;
	has_problem("1002_c is recorded as running", "one that runs");

	start();
	deployment.may_become_owner = false;
	has_problem("you can't act for it", "somebody else's deployment");

	plan_free(&plan);
	migration_set_free(&migrations);
	return tap_done();
}
