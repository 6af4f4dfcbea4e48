/* Splitting a text into statements, and filling in variables. */
#include "postgres_fe.h"

#include "statement.h"
#include "tap.h"

/* Splits a text; the result stays until the next call. */
static StatementList list;
static StatementError error;

static bool
split_bytes(const char *text, size_t length, int first_line)
{
	statement_list_free(&list);
	statement_error_free(&error);
	return statement_list_split(&list, text, length, first_line, &error);
}

static bool
split(const char *text)
{
	return split_bytes(text, strlen(text), 1);
}

static void
splits_into(const char *text, int count, const char *what)
{
	if (!split(text))
	{
		ok(false, what);
		printf("# line %d: %s\n", error.line, error.message);
	}
	else
		is_int(list.count, count, what);
}

static void
refuses(const char *text, int line, const char *message, const char *what)
{
	if (!ok(!split(text) && error.line == line && strstr(error.message, message) != NULL, what))
		printf("# line %d: %s\n", error.line, error.message ? error.message : "no error");
}

static void
check_counts(void)
{
	splits_into("", 0, "nothing");
	splits_into("  \n\t", 0, "blanks");
	splits_into("-- a;\n/* b; /* c; */ */\n;;", 0, "comments and lone semicolons");
	splits_into("SELECT 1", 1, "a last statement without semicolon");
	splits_into("SELECT 1; SELECT 2;\nSELECT 3;\n", 3, "three statements");
	splits_into("SELECT ';', \";\", E'\\';', $$;$$, $a$ $$;$$ ; $a$;", 1, "quotes of all kinds");
	splits_into("SELECT 'it''s;';SELECT 2", 2, "a doubled quote");
	splits_into("SELECT E'a'\n'\\';b'; SELECT 2", 2, "a string continued on the next line");
	splits_into("SELECT 1 /* ; /* ; */ ; */ + 1 -- ;\n; SELECT 2", 2, "comments inside");
	splits_into("CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC\n"
				"SELECT CASE WHEN true THEN 1 END; SELECT 2; END; SELECT 3;",
				2, "a BEGIN ATOMIC body with CASE");
	splits_into("CREATE RULE r AS ON INSERT TO t DO (DELETE FROM a; DELETE FROM b); SELECT 1", 2,
				"semicolons in parentheses");
	splits_into("SELECT 'a\\'; SELECT ';'", 2, "a backslash is an ordinary character in a string");
	splits_into("SELECT arr[1:n], x::text, :name FROM t", 1, "casts, slices and colons");
}

static void
check_lines(void)
{
	const char *text = "-- one\nSELECT 1;\n\n/* three\n*/ SELECT\n2; SELECT 3;\n  -- x\n  SELECT 4";

	ok(split_bytes(text, strlen(text), 10) && list.count == 4, "four statements");
	is_int(list.items[0].line, 11, "a comment on a line of its own is not the statement's line");
	is_int(list.items[1].line, 14, "nor is a block comment");
	is_int(list.items[2].line, 15, "a second statement of a line");
	is_int(list.items[3].line, 17, "an indented statement behind a comment");
	ok(list.items[2].length == strlen("SELECT 3;") &&
		   memcmp(list.items[2].data, "SELECT 3;", list.items[2].length) == 0,
	   "the statement's text is the file's");

	ok(split("SELECT 'ç',\n  nothing;"), "a statement of two lines");
	is_int(statement_line_at(&list.items[0], 8), 1, "a position in its first line");
	is_int(statement_line_at(&list.items[0], 15), 2, "positions count characters, not bytes");
	is_int(statement_line_at(&list.items[0], 0), 1, "without a position: where it begins");
	is_int(statement_line_at(&list.items[0], 1000), 2, "a position beyond it: where it ends");
}

static void
check_errors(void)
{
	refuses("SELECT 1;\nSELECT 'a;\n", 2, "unterminated quoted string", "an open quote");
	refuses("SELECT \"a;", 1, "quoted identifier", "an open quoted identifier");
	refuses("SELECT $x$;$$", 1, "dollar-quoted", "an open dollar quote");
	refuses("SELECT 1;\n\n/* /* */ ", 4 - 1, "comment", "an open comment");
	refuses("SELECT (1;", 1, "parenthesis", "an open parenthesis");
	refuses("CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1;", 1, "statement",
			"an open BEGIN ATOMIC body");
	refuses("SELECT 1;\n\\i other.sql\n", 2, "meta-command", "a psql meta-command");
	refuses("SELECT 1 \\gexec\n", 1, "meta-command", "a psql meta-command behind a query");
	refuses("SELECT 1\\; SELECT 2;", 1, "psql", "psql's \\;");
	refuses("SELECT :{?a};", 1, "psql", "psql's test for a variable");
	refuses("SELECT 1;\n  COMMIT;", 2, "transaction", "COMMIT");
	refuses("/* x */ begin;", 1, "transaction", "BEGIN in lower case, behind a comment");
	refuses("PREPARE -- x\n TRANSACTION 'a';", 1, "transaction", "PREPARE TRANSACTION");
	refuses("SELECT '\xFF';", 1, "UTF-8", "bytes that are not UTF-8");
	ok(!split_bytes("SELECT\n\0;", 9, 1) && error.line == 2, "a NUL byte, and its line");
	splits_into("PREPARE p AS SELECT 1; SELECT commit_time FROM t; \"begin\"", 3,
				"words that only begin like a transaction command");
}

/* The whole text, put together from its statements and what lies between them. */
static void
check_pieces(void)
{
	const char *text = " SELECT 1; -- a\n\n/* b */ SELECT $f$;$f$;\n\tSELECT 'x' ; ";
	const char *at = text;
	bool only_space_between = split(text);

	for (int i = 0; i < list.count && only_space_between; i++)
	{
		only_space_between = list.items[i].data >= at && list.items[i].data < text + strlen(text);
		at = list.items[i].data + list.items[i].length;
	}
	ok(only_space_between && list.count == 3 && strcmp(at, " ") == 0,
	   "statements are pieces of the text, in order");
}

static void
check_large_statement(void)
{
	size_t length = 10 * 1024 * 1024;
	char *text = pg_malloc(length + 1);

	memset(text, 'x', length);
	memcpy(text, "SELECT '", 8);
	memcpy(text + length - 3, "';\n", 4);
	ok(split_bytes(text, length, 1) && list.count == 1 && list.items[0].length == length - 1,
	   "a statement of 10 MB");
	statement_list_free(&list);
	pg_free(text);
}

static void
substitutes(const char *text, const char *expected, const char *what)
{
	Variable variables[] = {{"n", "768"}, {"s", "it's \"x\""}, {"none", NULL}};
	char *got = NULL;

	if (split(text) && list.count == 1)
		got = statement_substitute(&list.items[0], variables, lengthof(variables), &error);
	is_text(got, expected, what);
	pg_free(got);
}

static void
check_substitution(void)
{
	substitutes("SELECT vector(:n);", "SELECT vector(768);", ":name");
	substitutes("SELECT :'s'", "SELECT 'it''s \"x\"'", ":'name' is a literal");
	substitutes("SELECT :\"s\"", "SELECT \"it's \"\"x\"\"\"", ":\"name\" is an identifier");
	substitutes("SELECT ':n', $$:n$$, \":n\" /* :n */", "SELECT ':n', $$:n$$, \":n\" /* :n */",
				"not in quotes, not in comments");
	substitutes("SELECT a[1:m], 1::int, :other, a[:n]", "SELECT a[1:m], 1::int, :other, a[768]",
				"what is not declared stays");
	substitutes("-- :n\nSELECT 1", "SELECT 1", "a comment before it is dropped");
	substitutes("SELECT :none", NULL, "a variable without a value is an error");
	ok(error.message && strstr(error.message, "\"none\""), "and the error names it");
}

/* A value that is more than a piece of the statement; one left out would be dangerous. */
static void
check_hostile_values(void)
{
	static const char *const values[] = {
		"1; DROP TABLE t; --", "1; DROP TABLE t", "'a", "\"a", "$x$", "/*", "(1",
		"1 \\gexec",		   "1 \\; SELECT 2"};

	for (size_t i = 0; i < lengthof(values); i++)
	{
		Variable variable = {"n", values[i]};
		char *got;

		split("SELECT :n FROM t WHERE false;");
		got = statement_substitute(&list.items[0], &variable, 1, &error);
		ok(got == NULL && error.message != NULL, values[i]);
		pg_free(got);
		statement_error_free(&error);
	}
}

int
main(void)
{
	check_counts();
	check_lines();
	check_errors();
	check_pieces();
	check_large_statement();
	check_substitution();
	check_hostile_values();
	statement_list_free(&list);
	statement_error_free(&error);
	return tap_done();
}
