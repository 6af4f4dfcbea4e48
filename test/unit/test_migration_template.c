/* A new migration's version and text. */
#include "postgres_fe.h"

#include "migration_file.h"
#include "migration_template.h"
#include "statement.h"
#include "tap.h"

/* 2025-11-24 09:30:00 UTC. */
#define NOW 1763976600

static void
follows(const char *last, const char *expected, const char *what)
{
	char version[LONGEST_VERSION + 1];

	is_text(migration_next_version(last, NOW, version) ? version : NULL, expected, what);
}

static void
check_versions(void)
{
	follows("", "20251124093000", "the first of a directory is a time stamp");
	follows("1000", "1001", "a directory that counts goes on counting");
	follows("9999", "10000", "... beyond four digits");
	follows("20251124092959", "20251124093000", "a directory with time stamps");
	follows("20251124093000", "20251124093001", "a second one in the same second");
	follows("20251231000000", "20251231000001", "behind one of tomorrow");
	follows("99999999999999", "100000000000000", "behind one that is no time");
	follows("999999999999999999", NULL, "none is left");
}

/* The template as a user would switch it on: without x and without the examples' comments. */
static char *
switched_on(const char *text)
{
	char *copy = pg_strdup(text);
	char *out = copy;

	for (const char *at = text; *at != '\0';)
	{
		bool line_begins = at == text || at[-1] == '\n';

		if (line_begins && strncmp(at, "--x ", 4) == 0)
		{
			*out++ = *at++;
			*out++ = *at++;
			at++;
		}
		else if (line_begins && strncmp(at, "--  ", 4) == 0)
			at += 2;
		else
			*out++ = *at++;
	}
	*out = '\0';
	return copy;
}

static int
count_statements(TextSlice part)
{
	StatementList list = {0};
	StatementError error = {0};
	int count = -1;

	if (part.data == NULL)
		return 0;
	if (statement_list_split(&list, part.data, part.length, 1, &error))
		count = list.count;
	statement_list_free(&list);
	statement_error_free(&error);
	return count;
}

static void
check_text(void)
{
	char *text = migration_template_text("city");
	char *on = switched_on(text);
	MigrationFile file;
	const char *error = NULL;

	ok(migration_file_parse("1000_city.sql", text, strlen(text), &file, &error),
	   "it is well-formed");
	ok(!file.repeatable && file.vars.length == 0 && file.requires_extension.length == 0 &&
		   file.revert.data == NULL && file.verify.data == NULL,
	   "nothing is switched on");
	is_int(count_statements(file.change), 0, "it changes nothing");
	ok(strstr(text, "-- city: ") == text, "it begins with its name");

	ok(migration_file_parse("1000_city.sql", on, strlen(on), &file, &error), "all switched on");
	ok(file.repeatable && file.vars.length > 0 && file.requires_extension.length > 0,
	   "... has every directive");
	is_int(count_statements(file.change), 1, "... a change");
	is_int(count_statements(file.revert), 1, "... a revert part");
	is_int(count_statements(file.verify), 1, "... and a verify part");
	pg_free(on);
	pg_free(text);
}

int
main(void)
{
	check_versions();
	check_text();
	return tap_done();
}
