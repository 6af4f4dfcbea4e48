/* The planner: records in, actions and problems out. */
#include "postgres_fe.h"

#include "plan.h"
#include "plan_part.h"
#include "tap.h"

static MigrationSet migrations;
static Deployment deployment;
static LedgerRow rows[4];
static Ledger ledger;
static bool verified[3];
static PlanInput input;
static Plan plan;

static VariableList variables;
static const BundledMigration files[] = {
	{"0000_ledger.sql", "CREATE TABLE l ();\n", 19},
	{"0001_table.sql", "-- hh: requires-extension 1.0.1\nCREATE TABLE t ();\n", 51},
	{"0002_function.sql", "-- hh: repeatable\nSELECT 1;\n-- hh: verify\nSELECT true;\n", 55},
	{0}};

/* A database that is up to date; each test then spoils something. */
static void
start(void)
{
	plan_free(&plan);
	deployment = (Deployment){.database = "db",
							  .extension_version = "1.0.1",
							  .extension_owner = "o",
							  .extension_available = "1.0.1",
							  .vector_schema = "public",
							  .vector_available = "0.8.4",
							  .has_pgcrypto = true,
							  .schema_owner = "o",
							  .may_become_schema_owner = true,
							  .ledger_exists = true,
							  .ledger_is_table = true,
							  .ledger_owner = "o",
							  .dimensions = 768,
							  .data_schemas = "msgs, ops, search, taxonomy",
							  .data_schema_count = 4,
							  .owner = "o",
							  .owner_quoted = "\"o\"",
							  .may_become_owner = true,
							  .may_use_code = true,
							  .owner_may_create = true};
	memset(rows, 0, sizeof(rows));
	for (int i = 0; i < migrations.count; i++)
	{
		rows[i].version = migrations.items[i].version;
		rows[i].name = migrations.items[i].name;
		rows[i].checksum = migrations.items[i].checksum;
		rows[i].state = LEDGER_APPLIED;
		verified[i] = true;
	}
	ledger = (Ledger){.rows = rows, .count = migrations.count};
	input = (PlanInput){.deployment = &deployment,
						.migrations = &migrations,
						.ledger = &ledger,
						.verified = verified};
}

/* The same, before the first deployment. */
static void
start_empty(void)
{
	start();
	ledger.count = 0;
	deployment.extension_version = deployment.extension_owner = NULL;
	deployment.vector_schema = deployment.schema_owner = deployment.ledger_owner = NULL;
	deployment.has_pgcrypto = deployment.ledger_exists = false;
	deployment.data_schemas = NULL;
	deployment.dimensions = deployment.data_schema_count = 0;
}

static void
has_actions(const char *expected, const char *what)
{
	char got[512] = "";

	plan_free(&plan);
	plan_make(&plan, &input);
	for (int i = 0; i < plan.action_count; i++)
	{
		size_t used = strlen(got);

		snprintf(got + used, sizeof(got) - used, "%s%s %s", i ? ", " : "",
				 action_kind_name(plan.actions[i].kind), plan.actions[i].object);
	}
	is_text(got, expected, what);
	is_int(plan.problem_count, 0, "... and no problem");
	if (plan.problem_count > 0)
		printf("# %s\n", plan.problems[0].message);
}

static void
has_problem(const char *message, const char *what)
{
	bool found = false;

	plan_free(&plan);
	plan_make(&plan, &input);
	for (int i = 0; i < plan.problem_count; i++)
		found |= strstr(plan.problems[i].message, message) != NULL;
	ok(found, what);
	for (int i = 0; !found && i < plan.problem_count; i++)
		printf("# %s\n", plan.problems[i].message);
}

static void
check_actions(void)
{
	start();
	has_actions("", "nothing to do");

	start_empty();
	has_actions("create extension vector, create extension pgcrypto, create extension headhunter, "
				"apply 0000_ledger, apply 0001_table, apply 0002_function",
				"an empty database");
	is_int(plan.dimensions, DEFAULT_EMBEDDING_DIMENSIONS, "... has the default dimension");

	start();
	deployment.extension_version = "1.0";
	has_actions("update extension headhunter", "an older extension");

	start();
	deployment.extension_version = "1.1";
	has_actions("", "a newer extension than the server's default");

	start();
	ledger.count = 2;
	has_actions("apply 0002_function", "one pending");

	start();
	rows[2].checksum = "0";
	has_actions("apply again 0002_function", "a repeatable that changed");

	start();
	verified[2] = false;
	has_actions("apply again 0002_function", "a repeatable that doesn't hold");

	start();
	rows[1].state = LEDGER_REVERTED;
	has_actions("apply again 0001_table", "a reverted migration");

	start();
	rows[2].state = LEDGER_FAILED;
	has_actions("apply 0002_function", "one that failed, and was rolled back");

	start();
	rows[1].state = LEDGER_BASELINE;
	has_actions("", "a baseline counts as applied");
}

static void
check_problems(void)
{
	start();
	rows[1].checksum = "0";
	has_problem("0001_table is not the one that was applied", "an edited migration");
	ok(strstr(plan.problems[0].detail, migrations.items[1].checksum) != NULL,
	   "... with the file's checksum");

	start();
	rows[3] = (LedgerRow){.version = "0009", .name = "later", .checksum = "0"};
	rows[3].state = LEDGER_APPLIED;
	ledger.count = 4;
	has_problem("0009_later, which this hh-migrate doesn't know", "a newer database");

	start();
	rows[1].state = LEDGER_RUNNING;
	has_problem("0001_table is recorded as running", "a running migration without steps");

	start_empty();
	deployment.extension_available = "1.0";
	has_problem("needs version 1.0.1", "a migration that needs a newer extension");

	start_empty();
	deployment.extension_available = NULL;
	has_problem("\"headhunter\" is not available", "a server without the extension");

	start_empty();
	deployment.vector_available = NULL;
	has_problem("\"vector\" is not available", "a server without pgvector");

	start_empty();
	deployment.vector_schema = "extensions";
	has_problem("\"vector\" is in schema \"extensions\"", "vector elsewhere than in public");

	start_empty();
	deployment.data_schema_count = 2;
	deployment.data_schemas = "ops, search";
	has_problem("some of Headhunter's schemas exist", "some of the schemas");
	ok(strstr(plan.problems[0].detail, "ops, search") != NULL, "... named");

	start_empty();
	deployment.data_schema_count = 4;
	deployment.data_schemas = "msgs, ops, search, taxonomy";
	has_problem("schemas exist, but not the ledger", "all schemas and no ledger");

	start();
	deployment.in_recovery = true;
	has_problem("standby", "a standby");

	start();
	deployment.read_only = true;
	has_problem("takes no changes", "a read-only session");

	start();
	deployment.triggers_are_off = true;
	has_problem("no trigger or foreign key would be heeded", "session_replication_role");

	start();
	deployment.may_become_owner = false;
	has_problem("belongs to role \"o\"", "somebody else's deployment");

	start_empty();
	deployment.owner_may_create = false;
	has_problem("may not create schemas", "an owner without CREATE on the database");
}

/* A row of the ledger that no migration stands for. */
static void
start_with_row(const char *version, LedgerState state, const char *directory)
{
	start();
	rows[3] = (LedgerRow){.version = unconstify(char *, version), .name = "x", .checksum = "0"};
	rows[3].state = state;
	ledger.count = 4;
	migrations.directory = directory;
}

static void
check_team_rows(void)
{
	start_with_row("0999", LEDGER_APPLIED, NULL);
	has_problem("0999_x, which this hh-migrate doesn't know", "the last of Headhunter's versions");

	start_with_row("1000", LEDGER_APPLIED, NULL);
	has_actions("", "a team's migration is nobody's business without its directory");

	start_with_row("1000", LEDGER_APPLIED, "there");
	has_problem("1000_x, which directory \"there\" doesn't have", "... and missed with it");

	start_with_row("20250101120000", LEDGER_REVERTED, "there");
	has_actions("", "... unless it was reverted");
	migrations.directory = NULL;
}

/* The last migration, with its text changed to one that uses a variable. */
static void
check_variables(void)
{
	static const BundledMigration with_variables[] = {
		{"1000_a.sql", "-- hh: vars n embedding_dimensions\n\nSELECT :n, :embedding_dimensions;\n",
		 66},
		{0}};
	MigrationSet own = {0};

	ok(migration_set_read(&own, with_variables) && migration_set_split(&own),
	   "a migration with variables");
	start();
	input.migrations = &own;
	input.variables = &variables;
	ledger.count = 0;
	has_problem("1000_a.sql: variable \"n\" has no value", "a variable without a value");
	ok(plan.problem_count == 1 && strstr(plan.problems[0].hint, "--set n=VALUE") &&
		   strstr(plan.problems[0].hint, "HH_VAR_n"),
	   "... and how to give one");

	variables_set(&variables, "n", 1, "'");
	has_problem("1000_a.sql, line 3: a variable's value", "a value that leaves a quote open");

	variables_set(&variables, "n", 1, "1");
	has_actions("apply 1000_a", "a variable with a value");
	is_text(variables_find(&plan.variables, "embedding_dimensions"), "768",
			"... and the dimension, which is the database's");

	variables_free(&variables);
	rows[0] = (LedgerRow){.version = "1000", .checksum = own.items[0].checksum};
	rows[0].state = LEDGER_APPLIED;
	ledger.count = 1;
	has_actions("", "an applied migration needs no values");
	plan_free(&plan);
	migration_set_free(&own);
}

static void
check_order(void)
{
	ok(migration_version_compare("0007", "1000") < 0, "Headhunter's come first");
	ok(migration_version_compare("9999", "20250101120000") < 0, "versions are numbers, not text");
	ok(migration_version_compare("1001", "1000") > 0 &&
		   migration_version_compare("1000", "1000") == 0,
	   "versions of one length");
}

static void
check_sequence(void)
{
	start_empty();
	input.to = "0001";
	has_actions("create extension vector, create extension pgcrypto, create extension headhunter, "
				"apply 0000_ledger, apply 0001_table",
				"up to a version");

	start();
	input.to = "0003";
	has_problem("there is no migration with version 0003", "up to a version that isn't there");

	start();
	ledger.count = 0;
	rows[0] = rows[1];
	ledger.count = 1;
	has_problem("migration 0000_ledger is out of order", "a pending one below what is applied");
	is_text(plan.problems[0].detail,
			"It is pending, and 0001_table is applied already, which comes after it.",
			"... which is named");
	input.allow_out_of_order = true;
	has_actions("apply 0000_ledger, apply 0002_function", "... and applied if that is meant");

	start();
	rows[0].state = LEDGER_REVERTED;
	has_problem("migration 0000_ledger is out of order", "a reverted one, too");

	start();
	rows[1].state = LEDGER_REVERTED;
	has_actions("apply again 0001_table", "a repeatable one above it does not count");
}

static void
check_dimensions(void)
{
	start_empty();
	input.dimensions = 1536;
	plan_make(&plan, &input);
	is_int(plan.dimensions, 1536, "the first deployment takes what is said");

	start();
	input.dimensions = 768;
	has_actions("", "what is said agrees with the database");

	start();
	input.dimensions = 1536;
	input.dimensions_source = "EMBEDDING_DIMENSIONS";
	has_problem("768 dimensions, and EMBEDDING_DIMENSIONS says 1536", "another dimension");

	start();
	deployment.dimensions = 0;
	rows[1].dimensions = 256;
	ledger.count = 2;
	input.dimensions = 1536;
	input.dimensions_source = "--embedding-dimensions";
	has_problem("256 dimensions", "a first deployment that stopped half-way keeps its dimension");
}

static void
check_parts(void)
{
	int parts = 0;
	char *words = plan_parts_in_words();

	ok(plan_parts_read("code", &parts) && parts == PART_CODE, "--only: one part");
	ok(plan_parts_read("migrations,code", &parts) && parts == (PART_CODE | PART_MIGRATIONS),
	   "... two parts");
	parts = 99;
	ok(!plan_parts_read("", &parts) && !plan_parts_read("code,", &parts) &&
		   !plan_parts_read("code,,migrations", &parts) && !plan_parts_read("co", &parts) &&
		   !plan_parts_read("code, migrations", &parts) && parts == 99,
	   "... no part");
	is_text(words, "roles, code, migrations, policy, privileges", "... their names");
	pg_free(words);

	start_empty();
	input.only = PART_CODE;
	has_actions("create extension vector, create extension pgcrypto, create extension headhunter",
				"code alone");
	input.only = PART_MIGRATIONS;
	has_problem("extension \"headhunter\" is not installed", "migrations without code");
	input.only = PART_CODE | PART_MIGRATIONS;
	has_actions("create extension vector, create extension pgcrypto, create extension headhunter, "
				"apply 0000_ledger, apply 0001_table, apply 0002_function",
				"both parts");

	start();
	ledger.count = 2;
	deployment.extension_available = "1.0.2";
	input.only = PART_CODE;
	has_actions("update extension headhunter", "code alone, and a migration is pending");
	input.only = PART_MIGRATIONS;
	has_actions("apply 0002_function", "migrations alone, and newer code is available");
	deployment.extension_version = "1.0";
	ledger.count = 1;
	has_problem("migration 0001_table needs version 1.0.1 of extension",
				"... code that is too old");
}

static void
check_policy(void)
{
	start();
	input.policy = (PolicyMark){"c1", "strict"};
	has_actions("", "no table for a policy's image, and none to come");
	input.has_policy_table = true;
	has_actions("record policy strict", "a policy that is not recorded");
	input.recorded = (PolicyMark){"c1", "strict"};
	has_actions("", "... that is");
	input.recorded.profile = "other";
	has_actions("record policy strict", "... in another profile");
	input.recorded = (PolicyMark){"c2", "strict"};
	has_actions("record policy strict", "... whose text is another");
	input.only = PART_MIGRATIONS;
	has_actions("", "... and is left out");
	input.only = PART_POLICY;
	input.has_policy_table = false;
	has_problem("no tables to record the policy in", "... and is all that is asked for");
}

static void
check_convergence(void)
{
	start();
	input.policy = input.recorded = (PolicyMark){"c1", "strict"};
	input.has_policy_table = true;
	input.role_changes = "2 statements";
	input.privilege_changes = "1 statement";
	has_actions("", "a deployment of another owner keeps its roles and privileges");
	input.only = PART_ROLES;
	has_problem("roles and privileges are not to be changed here", "... if asked to");
	input.only = 0;
	input.converges = true;
	ledger.count = 2;
	has_actions("change roles strict, apply 0002_function, change privileges strict",
				"roles first, privileges last");
	input.privilege_changes = NULL;
	has_actions("change roles strict, apply 0002_function, change privileges strict",
				"what is made gets its privileges");
	input.only = PART_MIGRATIONS;
	has_actions("apply 0002_function", "migrations alone");
	start();
	input.converges = input.has_policy_table = true;
	has_actions("", "nothing to do");
}

int
main(void)
{
	ok(migration_set_read(&migrations, files) && migration_set_split(&migrations) &&
		   migrations.count == 3,
	   "three migrations");
	check_actions();
	check_problems();
	check_sequence();
	check_team_rows();
	check_variables();
	check_order();
	check_dimensions();
	check_parts();
	check_policy();
	check_convergence();
	plan_free(&plan);
	migration_set_free(&migrations);
	return tap_done();
}
