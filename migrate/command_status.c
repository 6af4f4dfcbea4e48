/*
 * command_status.c
 *		"hh-migrate status": what is applied and what is pending.
 */
#include "postgres_fe.h"

#include "common/logging.h"

#include "command_status.h"
#include "connect.h"
#include "plan.h"
#include "report.h"
#include "survey.h"

static const ReportColumn migration_columns[] = {
	{"version", VALUE_TEXT}, {"name", VALUE_TEXT},		 {"kind", VALUE_TEXT},
	{"state", VALUE_TEXT},	 {"applied_at", VALUE_TEXT}, {"applied_by", VALUE_TEXT},
	{"tool", VALUE_TEXT},
};

/* Adds the migrations that this program has; returns whether all are in order. */
static bool
add_known_migrations(Report *report, const Survey *survey)
{
	bool in_order = true;

	for (int i = 0; i < survey->migrations.count; i++)
	{
		const Migration *migration = &survey->migrations.items[i];
		const LedgerRow *row = ledger_find(&survey->ledger, migration->version);
		MigrationState state = migration_state(migration, row, survey->verified[i]);
		char *applied_at = row ? ledger_applied_at(row) : NULL;
		const char *values[] = {migration->version,
								migration->name,
								migration->file.repeatable ? "repeatable" : "versioned",
								migration_state_name(state),
								applied_at,
								row ? row->applied_by : NULL,
								row ? row->tool : NULL};

		report_add_row(report, values);
		pg_free(applied_at);
		if (state != MIGRATION_APPLIED && state != MIGRATION_BASELINE)
			in_order = false;
	}
	return in_order;
}

/* Adds what the ledger has and this program doesn't; returns whether that is in order. */
static bool
add_unknown_migrations(Report *report, const Survey *survey)
{
	bool in_order = true;

	for (int i = 0; i < survey->ledger.count; i++)
	{
		const LedgerRow *row = &survey->ledger.rows[i];
		char *applied_at;

		if (migration_set_find(&survey->migrations, row->version) != NULL)
			continue;
		applied_at = ledger_applied_at(row);
		report_add_row(report, (const char *[]){row->version, row->name, row->kind, "unknown",
												applied_at, row->applied_by, row->tool});
		pg_free(applied_at);
		if (ledger_row_is_out_of_place(&survey->migrations, row))
			in_order = false;
	}
	return in_order;
}

static bool
extension_is_current(const Deployment *deployment)
{
	const char *installed = deployment->extension_version;
	const char *available = deployment->extension_available;

	if (installed == NULL || available == NULL)
		return installed != NULL;
	return version_compare((TextSlice){installed, strlen(installed)},
						   (TextSlice){available, strlen(available)}) >= 0;
}

static bool
print_status(const Options *options, Database *database, const Survey *survey)
{
	const Deployment *deployment = &survey->deployment;
	int known = plan_known_dimensions(deployment, &survey->ledger);
	char *dimensions = known ? psprintf("%d", known) : NULL;
	Report report = {0};
	bool in_order = extension_is_current(deployment);

	report_add_table(&report, "migrations", migration_columns, lengthof(migration_columns));
	in_order &= add_known_migrations(&report, survey);
	in_order &= add_unknown_migrations(&report, survey);

	report_add_fact(&report, "tool", VALUE_TEXT, "hh-migrate " HH_VERSION);
	report_add_fact(&report, "database", VALUE_TEXT, database_name(database));
	report_add_fact(&report, "server_version", VALUE_TEXT, database_server_version_text(database));
	report_add_fact(&report, "owner", VALUE_TEXT,
					deployment->schema_owner ? deployment->owner : NULL);
	report_add_fact(&report, "extension_version", VALUE_TEXT, deployment->extension_version);
	report_add_fact(&report, "extension_available", VALUE_TEXT, deployment->extension_available);
	report_add_fact(&report, "embedding_dimensions", VALUE_NUMBER, dimensions);
	report_add_fact(&report, "up_to_date", VALUE_BOOLEAN, in_order ? "true" : "false");
	report_print(&report, options->format, stdout);
	report_free(&report);
	pg_free(dimensions);
	return in_order;
}

int
command_status(const Options *options)
{
	Database *database = NULL;
	Survey survey = {0};
	int exit_code = EXIT_COULD_NOT_RUN;

	if (survey_read_files(&survey, options->directory) &&
		(database = database_connect(&options->connection)) != NULL &&
		survey_take(&survey, database, NULL, false))
		exit_code = print_status(options, database, &survey) ? EXIT_DONE : EXIT_FOUND_PROBLEMS;
	survey_free(&survey);
	database_close(database);
	return exit_code;
}
