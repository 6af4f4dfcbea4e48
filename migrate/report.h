/*
 * report.h
 *		What a command prints: facts and tables, as text, JSON, CSV or HTML.
 */
#ifndef HH_REPORT_H
#define HH_REPORT_H

#include <stdbool.h>
#include <stdio.h>

typedef enum OutputFormat
{
	FORMAT_TEXT,
	FORMAT_JSON,
	FORMAT_CSV,
	FORMAT_HTML,
	FORMAT_SARIF,	  /* of audit alone, which prints it itself */
	FORMAT_PROMETHEUS /* of doctor alone, likewise */
} OutputFormat;

/* What a value is in JSON; in the other formats it is text. */
typedef enum ValueType
{
	VALUE_TEXT,
	VALUE_NUMBER,
	VALUE_BOOLEAN /* "true" or "false" */
} ValueType;

typedef struct ReportColumn
{
	const char *name;
	ValueType type;
} ReportColumn;

typedef struct ReportFact
{
	const char *name;
	ValueType type;
	char *value; /* NULL is null in JSON */
} ReportFact;

typedef struct ReportTable
{
	const char *name; /* key of an array in JSON, title in text and HTML */
	const ReportColumn *columns;
	int column_count;
	char **cells; /* NULL is null in JSON, empty elsewhere */
	int row_count;
} ReportTable;

/*
 * In JSON one object: the facts in their order, then an array a table.  In text
 * and HTML the facts stand below the first table; CSV has the tables alone, an
 * empty line between two.
 */
typedef struct Report
{
	ReportFact *facts;
	int fact_count;
	ReportTable *tables;
	int table_count;
} Report;

/* Names and columns are borrowed, values copied. */
extern void report_add_fact(Report *report, const char *name, ValueType type, const char *value);
extern void report_add_table(Report *report, const char *name, const ReportColumn *columns,
							 int column_count);

/* Adds a row to the table added last: as many values as it has columns. */
extern void report_add_row(Report *report, const char *const *values);

extern void report_print(const Report *report, OutputFormat format, FILE *stream);
extern void report_free(Report *report);

#endif /* HH_REPORT_H */
