/*
 * audit_report.c
 *		What audit prints: where roles and privileges differ from the policy.
 */
#include "postgres_fe.h"

#include "pqexpbuffer.h"

#include "audit_report.h"
#include "audit_sarif.h"
#include "one_line.h"
#include "sql_line.h"

static const ReportColumn finding_columns[AUDIT_COLUMNS] = {
	[AUDIT_VERDICT] = {"verdict", VALUE_TEXT},
	[AUDIT_SEVERITY] = {"severity", VALUE_TEXT},
	[AUDIT_ROLE] = {"role", VALUE_TEXT},
	[AUDIT_OBJECT_TYPE] = {"object_type", VALUE_TEXT},
	[AUDIT_OBJECT_SCHEMA] = {"object_schema", VALUE_TEXT},
	[AUDIT_OBJECT_NAME] = {"object_name", VALUE_TEXT},
	[AUDIT_COLUMN_NAME] = {"column_name", VALUE_TEXT},
	[AUDIT_PRIVILEGE] = {"privilege", VALUE_TEXT},
	[AUDIT_PATH] = {"path", VALUE_TEXT},
	[AUDIT_REMEDY] = {"remedy", VALUE_TEXT},
	[AUDIT_POLICY_LINE] = {"policy_line", VALUE_NUMBER},
};

static const ReportColumn text_columns[] = {
	{"verdict", VALUE_TEXT}, {"severity", VALUE_TEXT},	{"role", VALUE_TEXT},
	{"object", VALUE_TEXT},	 {"privilege", VALUE_TEXT}, {"found", VALUE_TEXT},
	{"line", VALUE_NUMBER},
};

static const char *
role_text(const Result *findings, int row)
{
	const char *role = result_value(findings, row, AUDIT_ROLE);

	return role ? role : "PUBLIC";
}

char *
audit_object_text(const Result *findings, int row)
{
	const char *type = result_value(findings, row, AUDIT_OBJECT_TYPE);
	const char *schema = result_value(findings, row, AUDIT_OBJECT_SCHEMA);
	const char *name = result_value(findings, row, AUDIT_OBJECT_NAME);
	const char *column = result_value(findings, row, AUDIT_COLUMN_NAME);

	/* Default privileges, and those on all objects of a schema that isn't there. */
	if (name == NULL)
		return psprintf("%ss%s%s", type, schema ? " in " : "", schema ? schema : "");
	return psprintf("%s %s%s%s%s%s%s", type, schema ? schema : "", schema ? "." : "", name,
					column ? " (" : "", column ? column : "", column ? ")" : "");
}

char *
audit_subject_text(const Result *findings, int row)
{
	const char *privilege = result_value(findings, row, AUDIT_PRIVILEGE);

	return psprintf("%s%s%s", privilege ? privilege : "", privilege ? " for " : "",
					role_text(findings, row));
}

static void
add_facts(Report *report, const AuditSummary *summary)
{
	char *count = psprintf("%d", result_rows(summary->findings));

	report_add_fact(report, "tool", VALUE_TEXT, "hh-migrate " HH_VERSION);
	report_add_fact(report, "database", VALUE_TEXT, summary->database);
	report_add_fact(report, "role", VALUE_TEXT, summary->role);
	report_add_fact(report, "policy", VALUE_TEXT, summary->origin);
	report_add_fact(report, "profile", VALUE_TEXT, summary->profile);
	report_add_fact(report, "policy_is_current", VALUE_BOOLEAN,
					summary->is_current ? "true" : "false");
	report_add_fact(report, "finding_count", VALUE_NUMBER, count);
	pg_free(count);
}

static void
print_report(const AuditSummary *summary, OutputFormat format, FILE *stream)
{
	Report report = {0};

	report_add_table(&report, "findings", finding_columns, AUDIT_COLUMNS);
	for (int row = 0; row < result_rows(summary->findings); row++)
	{
		const char *values[AUDIT_COLUMNS];

		for (int column = 0; column < AUDIT_COLUMNS; column++)
			values[column] = result_value(summary->findings, row, column);
		report_add_row(&report, values);
	}
	add_facts(&report, summary);
	report_print(&report, format, stream);
	report_free(&report);
}

static int
count_severity(const Result *findings, const char *severity)
{
	int count = 0;

	for (int row = 0; row < result_rows(findings); row++)
		count += strcmp(result_value(findings, row, AUDIT_SEVERITY), severity) == 0;
	return count;
}

static void
print_where(const AuditSummary *summary, FILE *stream)
{
	char *text = psprintf("database %s, policy %s, profile %s", summary->database, summary->origin,
						  summary->profile);
	char *line = one_line(text, -1);

	fprintf(stream, " (%s)\n", line);
	pg_free(line);
	pg_free(text);
}

/* "3 errors, 1 warning and 0 notes in database "hh" (policy: bundled, profile strict)" */
static void
print_summary(const AuditSummary *summary, FILE *stream)
{
	const Result *findings = summary->findings;
	int errors = count_severity(findings, "error");
	int warnings = count_severity(findings, "warning");
	int notes = count_severity(findings, "note");

	if (result_rows(findings) == 0)
		fprintf(stream, "nothing differs from the policy");
	else
		fprintf(stream, "%d error%s, %d warning%s, %d note%s", errors, errors == 1 ? "" : "s",
				warnings, warnings == 1 ? "" : "s", notes, notes == 1 ? "" : "s");
	print_where(summary, stream);
}

/* A row of what others named. */
static void
add_lines(Report *report, const char *const values[])
{
	char *lines[lengthof(text_columns)];

	for (size_t i = 0; i < lengthof(lines); i++)
		lines[i] = one_line(values[i] ? values[i] : "", -1);
	report_add_row(report, (const char *const *) lines);
	for (size_t i = 0; i < lengthof(lines); i++)
		pg_free(lines[i]);
}

static void
print_table(const Result *findings, FILE *stream)
{
	Report report = {0};

	report_add_table(&report, "findings", text_columns, lengthof(text_columns));
	for (int row = 0; row < result_rows(findings); row++)
	{
		char *object = audit_object_text(findings, row);
		const char *values[] = {result_value(findings, row, AUDIT_VERDICT),
								result_value(findings, row, AUDIT_SEVERITY),
								role_text(findings, row),
								object,
								result_value(findings, row, AUDIT_PRIVILEGE),
								result_value(findings, row, AUDIT_PATH),
								result_value(findings, row, AUDIT_POLICY_LINE)};

		add_lines(&report, values);
		pg_free(object);
	}
	report_print(&report, FORMAT_TEXT, stream);
	report_free(&report);
}

/* Each statement once, where it stands first: some mend several findings. */
static bool
is_said_before(const Result *findings, int row)
{
	const char *remedy = result_value(findings, row, AUDIT_REMEDY);

	for (int before = row - 1; before >= 0; before--)
	{
		const char *other = result_value(findings, before, AUDIT_REMEDY);

		if (other && strcmp(other, remedy) == 0)
			return true;
	}
	return false;
}

static void
print_remedies(const Result *findings, FILE *stream)
{
	fprintf(stream, "-- From top to bottom, this leads to the policy:\n");
	for (int row = 0; row < result_rows(findings); row++)
	{
		const char *remedy = result_value(findings, row, AUDIT_REMEDY);
		char *sql;

		if (remedy == NULL || is_said_before(findings, row))
			continue;
		sql = sql_line(remedy);
		fprintf(stream, "%s;\n", sql);
		pg_free(sql);
	}
}

void
audit_report_print(const AuditSummary *summary, OutputFormat format, bool quiet, FILE *stream)
{
	bool found = result_rows(summary->findings) > 0;

	if (format == FORMAT_SARIF)
		audit_sarif_print(summary, stream);
	else if (format != FORMAT_TEXT)
		print_report(summary, format, stream);
	else
	{
		if (found || !quiet)
			print_summary(summary, stream);
		if (found)
		{
			fputc('\n', stream);
			print_table(summary->findings, stream);
			/* Another policy's are not this one's to recommend. */
			if (summary->is_current)
				print_remedies(summary->findings, stream);
		}
	}
}
