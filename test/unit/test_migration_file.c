/* The parts and directives of a migration file. */
#include "postgres_fe.h"

#include "migration_file.h"
#include "tap.h"

static MigrationFile file;
static const char *error;

static bool
parse(const char *name, const char *text)
{
	error = NULL;
	return migration_file_parse(name, text, strlen(text), &file, &error);
}

static bool
slice_is(TextSlice slice, const char *text)
{
	return slice.length == strlen(text) && memcmp(slice.data, text, slice.length) == 0;
}

static void
check_names(void)
{
	static const char *const bad[] = {"1_a.sql",
									  "0001-a.sql",
									  "0001_.sql",
									  "0001_A.sql",
									  "0001_a.sql.b",
									  "0001_a",
									  "0001_a.SQL",
									  "x0001_a.sql",
									  "0001.sql",
									  "0001_a b.sql",
									  "",
									  ".sql",
									  "0000000000000000001_a.sql"};

	ok(parse("0042_add_index_2.sql", "") && slice_is(file.version, "0042") &&
		   slice_is(file.name, "add_index_2"),
	   "version and name come from the file's name");
	ok(parse("20250101120000_a.sql", ""), "a version may be a time stamp");
	for (size_t i = 0; i < lengthof(bad); i++)
	{
		char what[64];

		snprintf(what, sizeof(what), "\"%s\" is no name", bad[i]);
		ok(!parse(bad[i], "SELECT 1;") && error != NULL, what);
	}
}

static void
check_parts(void)
{
	const char *text = "-- About.\n"
					   "-- hh: repeatable\n"
					   "-- hh: requires-extension 1.0.1\n"
					   "-- hh: vars a bc\n"
					   "\n"
					   "SELECT 1;\n"
					   "-- hh: revert\n"
					   "SELECT 2;\n"
					   "-- hh: verify\n"
					   "SELECT 3";

	ok(parse("0001_a.sql", text), "a file with all its parts");
	ok(file.repeatable, "repeatable");
	ok(slice_is(file.requires_extension, "1.0.1"), "requires-extension");
	ok(migration_file_declares(&file, "a", 1) && migration_file_declares(&file, "bc", 2),
	   "declared variables");
	ok(!migration_file_declares(&file, "b", 1) && !migration_file_declares(&file, "a b", 3),
	   "variables not declared");
	ok(slice_is(file.revert, "SELECT 2;\n"), "the revert part");
	ok(slice_is(file.verify, "SELECT 3"), "the verify part, without a last line feed");
	ok(file.change.data == text &&
		   file.change.length == (size_t) (strstr(text, "-- hh: revert") - text),
	   "the change ends where the next part begins");

	ok(parse("0001_a.sql", "SELECT 1;\n") && !file.repeatable && file.revert.data == NULL &&
		   file.verify.data == NULL && file.vars.length == 0,
	   "a file without directives");
	ok(parse("0001_a.sql", "") && file.change.length == 0, "an empty file");
	ok(parse("0001_a.sql", "-- hh: verify\nSELECT 1;\n-- hh: revert\n") &&
		   slice_is(file.verify, "SELECT 1;\n") && file.revert.length == 0,
	   "parts in another order, one of them empty");
}

static void
check_timeouts(void)
{
	static const char *const good[] = {"0",	  "5s",			"100 ms", "10min",
									   "24d", "2147483647", "1us",	  "2h"};
	static const char *const bad[] = {"",	   "s",			 "5 sec", "-1s",		  "1.5s.", "5S",
									  "5 s x", "2147483648", "25d",	  "5s; SELECT 1", "'5s'"};
	char text[64];

	for (size_t i = 0; i < lengthof(good); i++)
	{
		snprintf(text, sizeof(text), "-- hh: lock-timeout   %s \nSELECT 1;\n", good[i]);
		ok(parse("0001_a.sql", text) && slice_is(file.lock_timeout, good[i]) &&
			   file.statement_timeout.length == 0,
		   good[i]);
	}
	for (size_t i = 0; i < lengthof(bad); i++)
	{
		snprintf(text, sizeof(text), "-- hh: statement-timeout %s\nSELECT 1;\n", bad[i]);
		ok(!parse("0001_a.sql", text) && strstr(error, "timeout") != NULL, bad[i]);
	}
	ok(parse("0001_a.sql", "-- hh: statement-timeout 10min\n") &&
		   slice_is(file.statement_timeout, "10min") && file.lock_timeout.length == 0,
	   "a statement timeout");
}

static void
check_errors(void)
{
	ok(!parse("0001_a.sql", "-- hh: repeatble\n"), "an unknown directive");
	ok(!parse("0001_a.sql", "-- About.\n\n-- hh: x\n") && file.error_line == 3, "... and its line");
	ok(!parse("a.sql", "-- hh: repeatable\n") && file.error_line == 0, "a name has no line");
	ok(!parse("0001_a.sql", "-- hh:\n"), "an empty directive");
	ok(!parse("0001_a.sql", "-- hh: repeatable now\n"), "a directive with too much");
	ok(!parse("0001_a.sql", "-- hh: vars\n"), "vars without names");
	ok(!parse("0001_a.sql", "-- hh: vars a, b\n"), "vars with a comma");
	ok(!parse("0001_a.sql", "SELECT 1;\n--hh: revert\n") && file.error_line == 2,
	   "a directive without its blank");
	ok(!parse("0001_a.sql", "  -- hh: repeatable\n"), "an indented directive");
	ok(!parse("0001_a.sql", "-- HH : vars a\n"), "a directive in capitals, with a blank");
	ok(parse("0001_a.sql", "--x hh: revert\n  -- hh:mi:ss\n-- revert\n") &&
		   file.revert.data == NULL,
	   "comments that only look like one");
	ok(!parse("0001_a.sql", "-- hh: vars a 1b\n"), "vars with a name that begins with a digit");
	ok(!parse("0001_a.sql", "-- hh: vars a\n-- hh: vars b\n") && file.error_line == 2,
	   "vars twice");
	ok(!parse("0001_a.sql", "-- hh: requires-extension\n"), "requires-extension without version");
	ok(!parse("0001_a.sql", "SELECT 1;\n-- hh: repeatable\n"), "a directive below the head");
	ok(!parse("0001_a.sql", "-- hh: verify\n-- hh: verify\n"), "a part that stands twice");
}

static int
compare(const char *a, const char *b)
{
	return version_compare((TextSlice){a, strlen(a)}, (TextSlice){b, strlen(b)});
}

static void
check_versions(void)
{
	ok(compare("1.0", "1.0") == 0, "equal versions");
	ok(compare("1.0", "1.0.1") < 0 && compare("1.0.1", "1.0") > 0, "a longer version is newer");
	ok(compare("1.9", "1.10") < 0, "numbers are compared as numbers");
	ok(compare("2.0", "1.99.99") > 0, "the first number decides");
}

static void
check_allowances(void)
{
	Allowance allowance = {0};
	TextSlice rest;

	ok(parse("0001_a.sql", "-- hh: allow table-rewrite  ten rows, at night \r\n"
						   "-- Not a directive: allow truncate\n"
						   "-- hh: repeatable\n"
						   "-- hh: allow truncate a cache\n"
						   "SELECT 1;\n"),
	   "rules that may be broken");
	rest = file.head;
	ok(migration_file_next_allowance(&rest, &allowance) &&
		   slice_is(allowance.rule, "table-rewrite") &&
		   slice_is(allowance.reason, "ten rows, at night"),
	   "the first, and its reason");
	ok(migration_file_next_allowance(&rest, &allowance) && slice_is(allowance.rule, "truncate") &&
		   slice_is(allowance.reason, "a cache"),
	   "the second");
	ok(!migration_file_next_allowance(&rest, &allowance), "... and no third");
	ok(!parse("0001_a.sql", "-- hh: allow table-rewrites ten rows\n") &&
		   strstr(error, "names no rule") != NULL,
	   "a rule that there is not");
	ok(!parse("0001_a.sql", "-- hh: allow\n") && strstr(error, "names no rule") != NULL, "no rule");
	ok(!parse("0001_a.sql", "-- hh: allow table-rewrite \n") && strstr(error, "reason") != NULL,
	   "no reason");
	ok(!parse("0001_a.sql", "SELECT 1;\n-- hh: allow truncate a cache\n"), "below the head");
	ok(parse("0001_a.sql", "SELECT 1;\n"), "a file without");
	rest = file.head;
	ok(!migration_file_next_allowance(&rest, &allowance), "... allows nothing");
}

int
main(void)
{
	check_names();
	check_parts();
	check_timeouts();
	check_errors();
	check_versions();
	check_allowances();
	return tap_done();
}
