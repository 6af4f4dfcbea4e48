/*
 * plan.c
 *		From what is there and what should be to a list of actions.
 */
#include "postgres_fe.h"

#include "plan.h"
#include "plan_part.h"
#include "plan_unfinished.h"

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

static void
add_action(Plan *plan, ActionKind kind, const char *object, const char *version, const char *reason,
		   const Migration *migration)
{
	plan_add_action(plan, (Action){.kind = kind,
								   .object = object,
								   .version = version,
								   .reason = reason,
								   .migration = migration});
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

void
plan_check_rights(Plan *plan, const Deployment *deployment)
{
	const WriteRefusal *refusal = deployment_write_refusal(deployment);

	if (refusal)
		plan_add_problem(plan, pg_strdup(refusal->message), pg_strdup(refusal->detail),
						 pg_strdup(refusal->hint));
	if (!deployment->may_become_owner)
		plan_add_problem(plan,
						 psprintf("the deployment belongs to role \"%s\", and you can't act for it",
								  deployment->owner),
						 NULL,
						 psprintf("Connect as \"%s\", or as a role that may SET ROLE to it.",
								  deployment->owner));
	else if (!deployment->owner_may_create &&
			 (deployment->extension_version == NULL || deployment->data_schema_count == 0))
		plan_add_problem(
			plan,
			psprintf("role \"%s\" may not create schemas in this database", deployment->owner),
			NULL,
			psprintf("As the database's owner or an administrator: GRANT CREATE ON DATABASE %s TO "
					 "%s;",
					 deployment->database, deployment->owner_quoted));
}

static void
plan_required_extensions(Plan *plan, const Deployment *deployment)
{
	if (deployment->vector_schema == NULL && deployment->vector_available == NULL)
		plan_add_problem(plan, pg_strdup("extension \"vector\" is not available on the server"),
						 NULL,
						 pg_strdup("Install pgvector there first, for instance the package "
								   "postgresql-NN-pgvector."));
	else if (deployment->vector_schema == NULL)
		add_action(plan, ACTION_CREATE_EXTENSION, "vector", deployment->vector_available,
				   "not installed", NULL);
	else if (strcmp(deployment->vector_schema, "public") != 0)
		plan_add_problem(
			plan, psprintf("extension \"vector\" is in schema \"%s\"", deployment->vector_schema),
			pg_strdup("Headhunter needs it in schema \"public\"."),
			pg_strdup("ALTER EXTENSION vector SET SCHEMA public;"));
	if (!deployment->has_pgcrypto)
		add_action(plan, ACTION_CREATE_EXTENSION, "pgcrypto", NULL, "not installed", NULL);
}

static TextSlice
slice(const char *text)
{
	return (TextSlice){text, strlen(text)};
}

/* Plans the code, and returns the version of it that the migrations will find. */
static const char *
plan_extension(Plan *plan, const Deployment *deployment)
{
	const char *installed = deployment->extension_version;
	const char *available = deployment->extension_available;

	if (installed == NULL && available == NULL)
	{
		plan_add_problem(plan, pg_strdup("extension \"headhunter\" is not available on the server"),
						 NULL,
						 pg_strdup("Install it there (\"make install\" in Headhunter's sources). "
								   "Servers that load no C code are not served yet."));
		return NULL;
	}
	if (installed == NULL)
	{
		plan_required_extensions(plan, deployment);
		add_action(plan, ACTION_CREATE_EXTENSION, "headhunter", available, "not installed", NULL);
		return available;
	}
	if (available && version_compare(slice(installed), slice(available)) < 0)
	{
		add_action(plan, ACTION_UPDATE_EXTENSION, "headhunter", available,
				   "an older version is installed", NULL);
		return available;
	}
	return installed;
}

/* Where the code is left as it is, it has to be there. */
static const char *
plan_without_extension(Plan *plan, const Deployment *deployment)
{
	if (deployment->extension_version == NULL)
		plan_add_problem(plan, pg_strdup("extension \"headhunter\" is not installed"),
						 pg_strdup("Migrations build on it, and --only leaves it out."),
						 pg_strdup("Run \"hh-migrate up\" without --only, or with --only=code "
								   "first."));
	return deployment->extension_version;
}

/* The schemas that a deployment makes must not be somebody else's. */
static void
check_data_schemas(Plan *plan, const Deployment *deployment)
{
	if (deployment->ledger_exists || deployment->data_schema_count == 0)
		return;
	if (deployment->data_schema_count < 4)
		plan_add_problem(
			plan, pg_strdup("some of Headhunter's schemas exist, others don't"),
			psprintf("Existing: %s; there is no ledger hh.migration.", deployment->data_schemas),
			pg_strdup("Drop or rename them."));
	else
		plan_add_problem(
			plan, pg_strdup("Headhunter's schemas exist, but not the ledger hh.migration"),
			pg_strdup("What made them, and how, is not known."),
			psprintf(
				"\"hh-migrate baseline\" adopts them; or restore the table hh.migration, or drop "
				"schemas %s to deploy anew.",
				deployment->data_schemas));
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
	char *who = is_team ? psprintf("directory \"%s\"", directory) : pg_strdup("this hh-migrate");

	plan_add_problem(
		plan,
		psprintf("the ledger has migration %s_%s, which %s doesn't %s", row->version,
				 row->name ? row->name : "", who, is_team ? "have" : "know"),
		psprintf("It was recorded by %s.", row->tool ? row->tool : "another tool"),
		pg_strdup(is_team ? "Use the files that the database was deployed with, or newer ones; "
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
plan_refuse_changed(Plan *plan, const Migration *migration, const LedgerRow *row)
{
	plan_add_problem(
		plan, psprintf("migration %s is not the one that was applied", migration->label),
		psprintf("The ledger's checksum is %s, the file's is %s.", row->checksum,
				 migration->checksum),
		pg_strdup("An applied migration is never edited: put the change into a new one."));
}

static void
check_required_version(Plan *plan, const Migration *migration, const char *code_version)
{
	if (code_version && migration->requires_extension &&
		version_compare(slice(code_version), slice(migration->requires_extension)) < 0)
		plan_add_problem(plan,
						 psprintf("migration %s needs version %s of extension \"headhunter\"",
								  migration->label, migration->requires_extension),
						 psprintf("The server has version %s.", code_version),
						 pg_strdup("Install a newer headhunter on the server first."));
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

void
plan_check_target(Plan *plan, const PlanInput *input)
{
	if (input->to && migration_set_find(input->migrations, input->to) == NULL)
		plan_add_problem(plan, psprintf("there is no migration with version %s", input->to), NULL,
						 pg_strdup("\"hh-migrate status\" lists them."));
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
	check_required_version(plan, migration, standing->code_version);
	plan_check_variables(plan, migration);
	plan_check_stepwise(plan, input, migration);
	add_action(plan, kind, migration->label, migration->version, reason, migration);
}

const char *
plan_begin(Plan *plan, const PlanInput *input)
{
	memset(plan, 0, sizeof(*plan));
	plan_check_rights(plan, input->deployment);
	plan_decide_dimensions(plan, input);
	plan_gather_variables(plan, input);
	return plan_has_part(input->only, PART_CODE) ? plan_extension(plan, input->deployment)
												 : plan_without_extension(plan, input->deployment);
}

void
plan_make(Plan *plan, const PlanInput *input)
{
	Standing standing = {.newest = {newest_applied(input, false), newest_applied(input, true)}};

	standing.code_version = plan_begin(plan, input);
	check_data_schemas(plan, input->deployment);
	plan_check_ledger(plan, input);
	plan_check_target(plan, input);
	for (int i = 0; plan_has_part(input->only, PART_MIGRATIONS) && i < input->migrations->count;
		 i++)
	{
		if (input->to == NULL ||
			migration_version_compare(input->migrations->items[i].version, input->to) <= 0)
			plan_migration(plan, input, &standing, i);
	}
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
