/*
 * report.c
 *		What a command prints: facts and tables, as text, JSON, CSV or HTML.
 */
#include "postgres_fe.h"

#include "fe_utils/print.h"
#include "mb/pg_wchar.h"

#include "json.h"
#include "report.h"

static char *
copy_or_null(const char *value)
{
	return value ? pg_strdup(value) : NULL;
}

void
report_add_fact(Report *report, const char *name, ValueType type, const char *value)
{
	report->facts =
		pg_realloc(report->facts, sizeof(ReportFact) * (size_t) (report->fact_count + 1));
	report->facts[report->fact_count++] = (ReportFact){name, type, copy_or_null(value)};
}

void
report_add_table(Report *report, const char *name, const ReportColumn *columns, int column_count)
{
	report->tables =
		pg_realloc(report->tables, sizeof(ReportTable) * (size_t) (report->table_count + 1));
	report->tables[report->table_count++] =
		(ReportTable){.name = name, .columns = columns, .column_count = column_count};
}

void
report_add_row(Report *report, const char *const *values)
{
	ReportTable *table = &report->tables[report->table_count - 1];
	size_t columns = (size_t) table->column_count;
	size_t used = columns * (size_t) table->row_count;

	table->cells = pg_realloc(table->cells, sizeof(char *) * (used + columns));
	for (size_t i = 0; i < columns; i++)
		table->cells[used + i] = copy_or_null(values[i]);
	table->row_count++;
}

static void
append_value(PQExpBuffer json, ValueType type, const char *value)
{
	if (value == NULL)
		appendPQExpBufferStr(json, "null");
	else if (type == VALUE_TEXT)
		json_append_string(json, value);
	else
		appendPQExpBufferStr(json, value);
}

static void
append_row(PQExpBuffer json, const ReportTable *table, int row)
{
	appendPQExpBufferStr(json, row > 0 ? ",\n    {" : "\n    {");
	for (int i = 0; i < table->column_count; i++)
	{
		if (i > 0)
			appendPQExpBufferStr(json, ", ");
		json_append_string(json, table->columns[i].name);
		appendPQExpBufferStr(json, ": ");
		append_value(json, table->columns[i].type, table->cells[row * table->column_count + i]);
	}
	appendPQExpBufferChar(json, '}');
}

static void
print_json(const Report *report, FILE *stream)
{
	PQExpBuffer json = createPQExpBuffer();
	const char *separator = "\n  ";

	appendPQExpBufferChar(json, '{');
	for (int i = 0; i < report->fact_count; i++)
	{
		appendPQExpBufferStr(json, separator);
		json_append_string(json, report->facts[i].name);
		appendPQExpBufferStr(json, ": ");
		append_value(json, report->facts[i].type, report->facts[i].value);
		separator = ",\n  ";
	}
	for (int i = 0; i < report->table_count; i++)
	{
		const ReportTable *table = &report->tables[i];

		appendPQExpBufferStr(json, separator);
		json_append_string(json, table->name);
		appendPQExpBufferStr(json, ": [");
		for (int row = 0; row < table->row_count; row++)
			append_row(json, table, row);
		appendPQExpBufferStr(json, table->row_count > 0 ? "\n  ]" : "]");
		separator = ",\n  ";
	}
	appendPQExpBufferStr(json, "\n}\n");
	fwrite(json->data, 1, json->len, stream);
	destroyPQExpBuffer(json);
}

static printTableOpt
table_options(OutputFormat format)
{
	printTableOpt options = {
		.format = format == FORMAT_CSV	  ? PRINT_CSV
				  : format == FORMAT_HTML ? PRINT_HTML
										  : PRINT_ALIGNED,
		.border = 1,
		.start_table = true,
		.stop_table = true,
		.encoding = PG_UTF8,
		.line_style = &pg_asciiformat,
		.csvFieldSep = {','},
	};

	return options;
}

static void
add_footers(printTableContent *content, const Report *report)
{
	for (int i = 0; i < report->fact_count; i++)
	{
		const ReportFact *fact = &report->facts[i];
		char *footer = psprintf("%s: %s", fact->name, fact->value ? fact->value : "none");

		printTableAddFooter(content, footer);
		pg_free(footer);
	}
}

static void
print_table(const Report *report, int number, OutputFormat format, FILE *stream)
{
	const ReportTable *table = &report->tables[number];
	printTableOpt options = table_options(format);
	printTableContent content;
	char empty[] = "";
	const char *title = report->table_count > 1 && format != FORMAT_CSV ? table->name : NULL;

	printTableInit(&content, &options, title, table->column_count, table->row_count);
	for (int i = 0; i < table->column_count; i++)
		printTableAddHeader(&content, unconstify(char *, table->columns[i].name), false,
							table->columns[i].type == VALUE_NUMBER ? 'r' : 'l');
	for (int i = 0; i < table->column_count * table->row_count; i++)
		printTableAddCell(&content, table->cells[i] ? table->cells[i] : empty, false, false);
	if (number == 0)
		add_footers(&content, report);
	printTable(&content, stream, false, NULL);
	printTableCleanup(&content);
}

void
report_print(const Report *report, OutputFormat format, FILE *stream)
{
	if (format == FORMAT_JSON)
	{
		print_json(report, stream);
		return;
	}
	for (int i = 0; i < report->table_count; i++)
	{
		if (i > 0 && format == FORMAT_CSV)
			fputc('\n', stream);
		print_table(report, i, format, stream);
	}
}

void
report_free(Report *report)
{
	for (int i = 0; i < report->fact_count; i++)
		pg_free(report->facts[i].value);
	for (int i = 0; i < report->table_count; i++)
	{
		const ReportTable *table = &report->tables[i];

		for (int cell = 0; cell < table->column_count * table->row_count; cell++)
			pg_free(table->cells[cell]);
		pg_free(table->cells);
	}
	pg_free(report->facts);
	pg_free(report->tables);
	memset(report, 0, sizeof(*report));
}
