/*
 * change.c
 *		Statements about roles and privileges, as people read them.
 */
#include "postgres_fe.h"

#include "change.h"
#include "one_line.h"
#include "sql_line.h"

static const ReportColumn columns[] = {
	{"part", VALUE_TEXT},	{"kind", VALUE_TEXT},	   {"role", VALUE_TEXT},
	{"object", VALUE_TEXT}, {"statement", VALUE_TEXT}, {"reason", VALUE_TEXT},
	{"result", VALUE_TEXT},
};

static char *
copy_or_null(const char *text)
{
	return text ? pg_strdup(text) : NULL;
}

void
change_list_add(ChangeList *list, const Change *change)
{
	list->items = pg_realloc(list->items, sizeof(Change) * (size_t) (list->count + 1));
	list->items[list->count++] = (Change){change->part,
										  copy_or_null(change->kind),
										  copy_or_null(change->role),
										  copy_or_null(change->object),
										  copy_or_null(change->statement),
										  copy_or_null(change->reason)};
}

void
change_list_free(ChangeList *list)
{
	for (int i = 0; i < list->count; i++)
	{
		pg_free(list->items[i].kind);
		pg_free(list->items[i].role);
		pg_free(list->items[i].object);
		pg_free(list->items[i].statement);
		pg_free(list->items[i].reason);
	}
	pg_free(list->items);
	memset(list, 0, sizeof(*list));
}

/* Names and reasons are others' words: none may end the comment that it stands in. */
static void
print_comment(const char *text)
{
	char *line = one_line(text, -1);

	printf("-- %s\n", line);
	pg_free(line);
}

static void
print_statement(const char *statement)
{
	char *line = sql_line(statement);

	printf("%s;\n", line);
	pg_free(line);
}

static void
print_sql(const ChangeList *list)
{
	const char *part = "";
	const char *reason = "";

	for (int i = 0; i < list->count; i++)
	{
		const Change *change = &list->items[i];

		if (strcmp(part, change->part) != 0)
		{
			printf("%s-- %s\n", i > 0 ? "\n" : "",
				   strcmp(change->part, "roles") == 0 ? "Roles" : "Owners and privileges");
			part = change->part;
			reason = "";
		}
		if (strcmp(reason, change->reason) != 0)
		{
			putchar('\n');
			print_comment(change->reason);
			reason = change->reason;
		}
		print_statement(change->statement);
	}
}

static void
print_report(const ChangeList *list, OutputFormat format, const char *database, const char *profile,
			 const char *result)
{
	Report report = {0};

	report_add_fact(&report, "tool", VALUE_TEXT, "hh-migrate " HH_VERSION);
	report_add_fact(&report, "database", VALUE_TEXT, database);
	report_add_fact(&report, "profile", VALUE_TEXT, profile);
	report_add_table(&report, "changes", columns, lengthof(columns));
	for (int i = 0; i < list->count; i++)
	{
		const Change *change = &list->items[i];
		const char *values[] = {change->part,	   change->kind,   change->role, change->object,
								change->statement, change->reason, result};

		report_add_row(&report, values);
	}
	report_print(&report, format, stdout);
	report_free(&report);
}

void
change_list_print(const ChangeList *list, const Options *options, const char *database,
				  const char *profile, const char *result)
{
	if (options->format != FORMAT_TEXT)
		print_report(list, options->format, database, profile, result);
	else if (list->count > 0)
		print_sql(list);
	else if (!options->quiet)
		puts("nothing to do");
}
