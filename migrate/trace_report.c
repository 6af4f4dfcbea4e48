/*
 * trace_report.c
 *		What trace prints: what each statement did, and what is wrong with it.
 */
#include "postgres_fe.h"

#include "trace_catalog.h"
#include "trace_report.h"
#include "trace_text.h"

static const char *const effect_names[] = {
	[EFFECT_LOCK] = "lock",
	[EFFECT_SCAN] = "scan",
	[EFFECT_REWRITE_BY_TYPE] = "rewrite",
	[EFFECT_REWRITE_BY_COLUMN] = "rewrite",
	[EFFECT_REWRITE] = "rewrite",
	[EFFECT_INDEX_BUILT] = "index",
	[EFFECT_INDEX_BUILT_PARTITIONS] = "index",
	[EFFECT_INDEX_BUILT_CONSTRAINT] = "index",
	[EFFECT_INDEX_BUILT_EXCLUSION] = "index",
	[EFFECT_INDEX_REBUILT] = "index",
	[EFFECT_INDEX_REBUILT_BY_TYPE] = "index",
	[EFFECT_CONSTRAINT_ADDED] = "constraint",
	[EFFECT_CONSTRAINT_VALIDATED] = "validation",
	[EFFECT_FOREIGN_KEY_UNINDEXED] = "foreign key",
	[EFFECT_NOT_NULL] = "not null",
	[EFFECT_RENAMED] = "rename",
	[EFFECT_DROPPED] = "drop",
	[EFFECT_UNSAFE_ENUM] = "enum",
};

static const ReportColumn statement_columns[] = {
	{"version", VALUE_TEXT},		{"name", VALUE_TEXT},	  {"statement", VALUE_NUMBER},
	{"line", VALUE_NUMBER},			{"text", VALUE_TEXT},	  {"in_transaction", VALUE_BOOLEAN},
	{"milliseconds", VALUE_NUMBER}, {"sqlstate", VALUE_TEXT},
};

static const ReportColumn effect_columns[] = {
	{"version", VALUE_TEXT},	  {"statement", VALUE_NUMBER},
	{"effect", VALUE_TEXT},		  {"relation", VALUE_TEXT},
	{"object", VALUE_TEXT},		  {"detail", VALUE_TEXT},
	{"lock", VALUE_TEXT},		  {"held_milliseconds", VALUE_NUMBER},
	{"partitions", VALUE_NUMBER},
};

static const ReportColumn finding_columns[] = {
	{"rule", VALUE_TEXT},	 {"severity", VALUE_TEXT}, {"version", VALUE_TEXT},
	{"name", VALUE_TEXT},	 {"file", VALUE_TEXT},	   {"statement", VALUE_NUMBER},
	{"line", VALUE_NUMBER},	 {"relation", VALUE_TEXT}, {"lock", VALUE_TEXT},
	{"found", VALUE_TEXT},	 {"why", VALUE_TEXT},	   {"instead", VALUE_TEXT},
	{"allowed", VALUE_TEXT},
};

static void
add_statement_row(Report *report, const TracedMigration *migration, int number)
{
	const TracedStatement *traced = &migration->statements[number];
	char *text = trace_statement_text(traced->statement);
	char *place = psprintf("%d", number + 1);
	char *line = psprintf("%d", traced->statement->line);
	char *milliseconds = psprintf("%d", traced->milliseconds);
	const char *values[] = {migration->migration->version,
							migration->migration->name,
							place,
							line,
							text,
							traced->in_transaction ? "true" : "false",
							milliseconds,
							traced->sqlstate[0] ? traced->sqlstate : NULL};

	report_add_row(report, values);
	pg_free(text);
	pg_free(place);
	pg_free(line);
	pg_free(milliseconds);
}

static void
add_effect_row(Report *report, const TracedMigration *migration, const Effect *effect)
{
	char *place = psprintf("%d", effect->statement + 1);
	char *held = effect->kind == EFFECT_LOCK
					 ? psprintf("%d", traced_milliseconds_held(migration, effect))
					 : NULL;
	char *partitions = psprintf("%d", effect->partitions);
	const char *values[] = {migration->migration->version,
							place,
							effect_names[effect->kind],
							effect->relation,
							effect->object,
							effect->detail,
							effect->lock ? lock_name(effect->lock) : NULL,
							held,
							partitions};

	report_add_row(report, values);
	pg_free(place);
	pg_free(held);
	pg_free(partitions);
}

static void
add_finding_row(Report *report, const TraceFinding *finding)
{
	const Migration *migration = finding->migration->migration;
	char *place = psprintf("%d", finding->statement + 1);
	char *line = psprintf("%d", migration->change.items[finding->statement].line);
	const char *values[] = {rule_name(finding->rule->id),
							severity_name(finding->rule->severity),
							migration->version,
							migration->name,
							migration->file_name,
							place,
							line,
							finding->effect->relation,
							finding->effect->lock ? lock_name(finding->effect->lock) : NULL,
							finding->found,
							finding->rule->why,
							finding->instead,
							finding->allowed};

	report_add_row(report, values);
	pg_free(place);
	pg_free(line);
}

static void
add_tables(Report *report, const TraceSummary *summary)
{
	const Trace *trace = summary->trace;

	report_add_table(report, "findings", finding_columns, lengthof(finding_columns));
	for (int i = 0; i < summary->findings->count; i++)
		add_finding_row(report, &summary->findings->items[i]);
	report_add_table(report, "statements", statement_columns, lengthof(statement_columns));
	for (int i = 0; i < trace->migration_count; i++)
	{
		for (int j = 0; j < trace->migrations[i].statement_count; j++)
			add_statement_row(report, &trace->migrations[i], j);
	}
	report_add_table(report, "effects", effect_columns, lengthof(effect_columns));
	for (int i = 0; i < trace->migration_count; i++)
	{
		for (int j = 0; j < trace->migrations[i].statement_count; j++)
		{
			const TracedStatement *statement = &trace->migrations[i].statements[j];

			for (int k = 0; k < statement->effect_count; k++)
				add_effect_row(report, &trace->migrations[i], &statement->effects[k]);
		}
	}
}

static void
print_report(const TraceSummary *summary, OutputFormat format, FILE *stream)
{
	const TraceFindingList *findings = summary->findings;
	char *migrations = psprintf("%d", summary->trace->migration_count);
	char *count = psprintf("%d", findings->count - findings->allowed_count);
	char *allowed = psprintf("%d", findings->allowed_count);
	Report report = {0};

	report_add_fact(&report, "tool", VALUE_TEXT, "hh-migrate " HH_VERSION);
	report_add_fact(&report, "database", VALUE_TEXT, summary->database);
	report_add_fact(&report, "owner", VALUE_TEXT, summary->owner);
	report_add_fact(&report, "complete", VALUE_BOOLEAN, summary->is_complete ? "true" : "false");
	report_add_fact(&report, "migrations", VALUE_NUMBER, migrations);
	report_add_fact(&report, "finding_count", VALUE_NUMBER, count);
	report_add_fact(&report, "allowed_count", VALUE_NUMBER, allowed);
	add_tables(&report, summary);
	report_print(&report, format, stream);
	report_free(&report);
	pg_free(migrations);
	pg_free(count);
	pg_free(allowed);
}

void
trace_report_print(const TraceSummary *summary, OutputFormat format, bool quiet, FILE *stream)
{
	if (format == FORMAT_TEXT)
		trace_text_print(summary->trace, summary->findings, quiet, stream);
	else
		print_report(summary, format, stream);
}
