/* What to do about a migration that goes statement by statement: records in, actions out. */
#include "postgres_fe.h"

#include "plan_down.h"
#include "plan_unfinished.h"
#include "tap.h"

static MigrationSet migrations;
static Deployment deployment = {.extension_version = "1.0",
								.extension_available = "1.0",
								.vector_schema = "public",
								.has_pgcrypto = true,
								.ledger_exists = true,
								.data_schema_count = 4,
								.owner = "o",
								.may_become_owner = true,
								.may_use_code = true,
								.owner_may_create = true};
static LedgerRow row;
static Ledger ledger = {.rows = &row, .count = 1};
static Step items[4];
static StepLog steps = {items, 2};
static bool verified[2] = {true, true};
static PlanInput input;
static Plan plan;

#define A "-- hh: no-transaction\n-- hh: vars n\nSELECT :n;\nVACUUM;\n-- hh: revert\nSELECT 3;\n"
#define B "-- hh: no-transaction\nSELECT 1;\nCREATE INDEX CONCURRENTLY ON t (x);\n"

static const BundledMigration files[] = {
	{"1000_a.sql", A, sizeof(A) - 1}, {"1001_b.sql", B, sizeof(B) - 1}, {0}};

/* The first is half done. */
static void
start(void)
{
	row.version = "1000";
	row.name = "a";
	row.checksum = "0";
	row.state = LEDGER_FAILED;
	items[0] = (Step){.version = "1000", .number = 1, .text = "SELECT 5;", .state = STEP_DONE};
	items[1] = (Step){.version = "1000", .number = 2, .text = "VACUUM;", .state = STEP_FAILED};
	items[2] = (Step){.version = "1000", .number = 3, .text = "SELECT 9;"};
	steps.count = 2;
	input = (PlanInput){.deployment = &deployment,
						.migrations = &migrations,
						.ledger = &ledger,
						.steps = &steps,
						.verified = verified,
						.variables = &row.variables,
						.to = "1000"};
	variables_set(&row.variables, "n", 1, "5");
}

static void
has_action(void (*make)(Plan *, const PlanInput *), ActionKind kind, const char *reason,
		   const char *what)
{
	plan_free(&plan);
	make(&plan, &input);
	ok(plan.problem_count == 0 && plan.action_count == 1 && plan.actions[0].kind == kind, what);
	is_text(plan.action_count ? plan.actions[0].reason : NULL, reason, "... for the reason");
}

static void
has_problem(void (*make)(Plan *, const PlanInput *), const char *message, const char *detail,
			const char *what)
{
	plan_free(&plan);
	make(&plan, &input);
	if (!ok(plan.problem_count == 1 && strstr(plan.problems[0].message, message) != NULL, what))
		printf("# %s\n", plan.problem_count ? plan.problems[0].message : "no problem");
	is_text(plan.problem_count ? plan.problems[0].detail : NULL, detail, "... with its detail");
}

static void
check_up(void)
{
	start();
	has_action(plan_make, ACTION_RESUME, "failed before", "one that failed goes on");
	ok(plan.actions[0].values == &row.variables && plan.actions[0].steps.count == 2,
	   "... with its values, behind its steps");
	row.state = LEDGER_RUNNING;
	has_action(plan_make, ACTION_RESUME, "was interrupted", "one that was interrupted, too");

	items[0].text = "SELECT 4;";
	has_problem(plan_make, "is not the one of which a part was applied (1 of 2 statements)",
				"Statement 1 was \"SELECT 4;\", and is now \"SELECT 5;\".", "an edited file");
	start();
	steps.count = 3;
	has_problem(plan_make, "of which a part was applied",
				"Statement 3 was \"SELECT 9;\", and is no longer there.", "a shrunk file");
	start();
	steps.count = 1;
	has_problem(plan_make, "of which a part was applied", "Statement 2 is new: \"VACUUM;\".",
				"a grown file");

	start();
	steps.count = 0;
	row.state = LEDGER_RUNNING;
	has_problem(plan_make, "recorded as running",
				"Which statements of it were done was not recorded.", "no steps");
	row.state = LEDGER_FAILED;
	has_action(plan_make, ACTION_APPLY, "failed before", "... but one that was rolled back");
	input.acts_for_owner = true;
	has_action(plan_make, ACTION_APPLY, "failed before", "... which VACUUM may run for the owner");
}

static void
check_down(void)
{
	start();
	input.to = NULL;
	has_problem(plan_make_down, "1000_a is recorded as failed", NULL, "a half applied one");
	items[0] = (Step){.version = "1000", .number = 1, .reverting = true, .text = "SELECT 3;"};
	steps.count = 1;
	has_action(plan_make_down, ACTION_REVERT, "failed before", "a half reverted one goes on");
	input.to = "1000";
	has_problem(plan_make, "1000_a is half reverted",
				"Of its revert part, 0 of 1 statements are done.", "... and is not applied");
	steps.count = 0;
	input.to = NULL;
	plan_free(&plan);
	plan_make_down(&plan, &input);
	ok(plan.action_count == 0 && plan.problem_count == 0,
	   "one that was rolled back has nothing to be taken back");
}

static void
check_statements(void)
{
	start();
	ledger.count = 0;
	input.to = NULL;
	has_problem(plan_make, "1001_b.sql, line 3: CREATE INDEX CONCURRENTLY without a name",
				"Where it is interrupted, it leaves an index that could not be told from others.",
				"an index without a name");
	ledger.count = 1;
}

static void
check_excerpt(void)
{
	char *excerpt = statement_excerpt("SELECT\n\t 1,\033 2;");
	char text[401];

	is_text(excerpt, "SELECT 1, 2;", "a statement in one line");
	pg_free(excerpt);
	for (size_t i = 0; i < sizeof(text) - 1; i += 2)
		memcpy(text + i, "\303\251", 2);
	text[sizeof(text) - 1] = '\0';
	text[0] = text[1] = 'x';
	excerpt = statement_excerpt(text);
	ok(strlen(excerpt) == 203 && strcmp(excerpt + 198, "\303\251...") == 0,
	   "a long one is cut between characters");
	pg_free(excerpt);
}

int
main(void)
{
	ok(migration_set_read(&migrations, files) && migration_set_split(&migrations) &&
		   migrations.count == 2,
	   "two migrations");
	check_up();
	check_down();
	check_statements();
	check_excerpt();
	plan_free(&plan);
	variables_free(&row.variables);
	migration_set_free(&migrations);
	return tap_done();
}
