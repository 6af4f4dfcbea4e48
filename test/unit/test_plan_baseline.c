/* What is to be recorded: records and catalogs in, actions and problems out. */
#include "postgres_fe.h"

#include "plan_baseline.h"
#include "tap.h"

static MigrationSet migrations;
static Deployment deployment;
static LedgerRow rows[6];
static Ledger ledger;
static Step step = {.version = "1001", .number = 1};
static StepLog steps;
static VariableList variables;
static CatalogFact facts[2];
static Catalog found;
static PlanInput input;
static Plan plan;

static const BundledMigration files[] = {
	{"0000_ledger.sql", "SELECT 1;\n", 10},
	{"0001_model.sql", "SELECT 1;\n", 10},
	{"0002_search.sql", "SELECT 1;\n", 10},
	{"0007_triggers.sql", "-- hh: repeatable\nSELECT 1;\n", 28},
	{"1000_a.sql", "-- hh: vars n\nSELECT :n;\n", 25},
	{"1001_b.sql", "SELECT 1;\n", 10},
	{0}};

/* A deployment, of which the two last migrations are pending. */
static void
start(void)
{
	deployment = (Deployment){.extension_version = "1.0",
							  .extension_available = "1.0",
							  .vector_schema = "public",
							  .has_pgcrypto = true,
							  .ledger_exists = true,
							  .data_schemas = "msgs, ops, search, taxonomy",
							  .data_schema_count = 4,
							  .owner = "o",
							  .owner_quoted = "o",
							  .may_become_owner = true,
							  .may_use_code = true,
							  .owner_may_create = true};
	memset(rows, 0, sizeof(rows));
	for (int i = 0; i < migrations.count; i++)
		rows[i] = (LedgerRow){.version = migrations.items[i].version,
							  .name = migrations.items[i].name,
							  .checksum = migrations.items[i].checksum,
							  .state = LEDGER_APPLIED};
	ledger = (Ledger){.rows = rows, .count = 4};
	steps = (StepLog){&step, 0};
	facts[0] = (CatalogFact){"table", "hh.embedding_model", CATALOG_EXISTS, ""};
	facts[1] = (CatalogFact){"table", "hh.migration", CATALOG_EXISTS, ""};
	found = (Catalog){.facts = facts, .count = 2};
	input = (PlanInput){.deployment = &deployment,
						.migrations = &migrations,
						.ledger = &ledger,
						.steps = &steps,
						.variables = &variables,
						.to = "1001"};
}

static void
has_actions(const char *expected, const char *what)
{
	char got[256] = "";

	plan_free(&plan);
	plan_make_baseline(&plan, &input, &found);
	for (int i = 0; i < plan.action_count; i++)
	{
		size_t used = strlen(got);

		snprintf(got + used, sizeof(got) - used, "%s%s %s%s", i ? ", " : "",
				 action_kind_name(plan.actions[i].kind), plan.actions[i].object,
				 plan.actions[i].kind == ACTION_FOUND ? " (founding)" : "");
	}
	is_text(got, expected, what);
	is_int(plan.problem_count, 0, "... and no problem");
}

static void
has_problem(const char *message, const char *what)
{
	plan_free(&plan);
	plan_make_baseline(&plan, &input, &found);
	ok(plan.problem_count > 0 && strstr(plan.problems[0].message, message) != NULL, what);
}

static void
test_with_ledger(void)
{
	start();
	has_actions("baseline 1000_a, baseline 1001_b", "what is pending");
	input.to = "1000";
	has_actions("baseline 1000_a", "up to the version");
	input.to = "0007";
	has_actions("", "nothing where all of it is applied");
	input.to = "1005";
	has_problem("there is no migration with version 1005", "a version that there isn't");

	start();
	rows[1].state = LEDGER_REVERTED;
	has_actions("baseline 0001_model, baseline 1000_a, baseline 1001_b",
				"what was taken back, and is there");
	rows[1].state = LEDGER_FAILED;
	has_actions("baseline 0001_model, baseline 1000_a, baseline 1001_b", "what was rolled back");
	rows[1].state = LEDGER_RUNNING;
	has_problem("0001_model is recorded as running", "nothing that is running");

	start();
	ledger.count = 6;
	rows[5].state = LEDGER_FAILED;
	has_actions("baseline 1001_b", "one of the last two");
	steps.count = 1;
	has_problem("1001_b is recorded as failed", "nothing that stands in part");

	start();
	rows[3].checksum = "other";
	has_actions("baseline 1000_a, baseline 1001_b", "a repeatable one is left to up");
	rows[2].checksum = "other";
	has_problem("0002_search is not the one that was applied", "an edited one is refused");

	start();
	variables_free(&variables);
	has_problem("variable \"n\" has no value", "variables must have values");
	variables_set(&variables, "n", 1, "1");
}

static void
test_without_ledger(void)
{
	start();
	ledger.count = 0;
	found.count = 0;
	deployment.ledger_exists = false;
	has_actions("apply 0000_ledger (founding), apply 0001_model, baseline 0002_search, "
				"baseline 1000_a, baseline 1001_b",
				"what makes tables in hh is applied");
	deployment.extension_version = NULL;
	deployment.has_pgcrypto = false;
	input.to = "0001";
	has_actions("create extension pgcrypto, create extension headhunter, "
				"apply 0000_ledger (founding), apply 0001_model",
				"the extensions that are missing are created");
	deployment.data_schema_count = 0;
	has_actions("create extension pgcrypto, create extension headhunter, apply 0000_ledger, "
				"apply 0001_model",
				"without schemas the ledger needs no founding");
	ok(plan_action_is_control(&plan.actions[2]) && !plan_action_is_control(&plan.actions[0]),
	   "which are for control is known");
	found.count = 1;
	has_actions("create extension pgcrypto, create extension headhunter, apply 0000_ledger, "
				"baseline 0001_model",
				"what is there is not made");
	ok(!plan_action_is_control(&plan.actions[3]), "... and taken for what it is");
}

int
main(void)
{
	if (!migration_set_read(&migrations, files) || !migration_set_split(&migrations))
		return 1;
	variables_set(&variables, "n", 1, "1");
	test_with_ledger();
	test_without_ledger();
	plan_free(&plan);
	variables_free(&variables);
	migration_set_free(&migrations);
	return tap_done();
}
