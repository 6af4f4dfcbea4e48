/*
 * A corpus for the splitter: each text, and the statements it must come apart
 * into.  What lies between them is blanks, comments and lone semicolons, so that
 * the pieces joined again are the text.
 */
#include "postgres_fe.h"

#include "pqexpbuffer.h"

#include "statement.h"
#include "statement_rule.h"
#include "tap.h"

#define MOST_STATEMENTS 4

typedef struct Sample
{
	const char *what;
	const char *text;
	const char *statements[MOST_STATEMENTS + 1]; /* ends with NULL */
} Sample;

static const Sample samples[] = {
	{"nothing", "", {0}},
	{"comments alone", "-- a;\n/* b; */ ;; -- 'c\n", {0}},
	{"no semicolon at the end", "SELECT 1;\nSELECT 2", {"SELECT 1;", "SELECT 2"}},
	{"CRLF", "SELECT 1;\r\nSELECT 2;\r\n", {"SELECT 1;", "SELECT 2;"}},
	{"nested dollar quotes",
	 "DO $a$ BEGIN EXECUTE $b$ SELECT $$;$$; $b$; END $a$; SELECT 1;",
	 {"DO $a$ BEGIN EXECUTE $b$ SELECT $$;$$; $b$; END $a$;", "SELECT 1;"}},
	{"a dollar quote that looks like another's end",
	 "SELECT $a$ $aa$ ; $a $a$; SELECT 2;",
	 {"SELECT $a$ $aa$ ; $a $a$;", "SELECT 2;"}},
	{"dollars that quote nothing",
	 "SELECT a$b$ FROM t; SELECT $1; SELECT c$b$;",
	 {"SELECT a$b$ FROM t;", "SELECT $1;", "SELECT c$b$;"}},
	{"a dollar quote with a tag that is not ASCII",
	 "SELECT $\xC3\xA7$;$\xC3\xA7$; SELECT 2;",
	 {"SELECT $\xC3\xA7$;$\xC3\xA7$;", "SELECT 2;"}},
	{"E-strings",
	 "SELECT E'\\';', e'\\\\'; SELECT E'a'';'; SELECT 'a\\';",
	 {"SELECT E'\\';', e'\\\\';", "SELECT E'a'';';", "SELECT 'a\\';"}},
	{"other strings",
	 "SELECT U&'\\0061;', B'01', X'1F', N';'; SELECT U&\";\\0061\";",
	 {"SELECT U&'\\0061;', B'01', X'1F', N';';", "SELECT U&\";\\0061\";"}},
	{"a string on two lines",
	 "SELECT 'a;'\n  ';b'; SELECT 2",
	 {"SELECT 'a;'\n  ';b';", "SELECT 2"}},
	{"nested comments",
	 "SELECT /* ; /* ' ; */ \" ; */ 1; SELECT 2 -- ; '\n;",
	 {"SELECT /* ; /* ' ; */ \" ; */ 1;", "SELECT 2 -- ; '\n;"}},
	{"an operator with a comment in it",
	 "SELECT 1 */* ; */ 2; SELECT 3",
	 {"SELECT 1 */* ; */ 2;", "SELECT 3"}},
	{"BEGIN ATOMIC with CASE",
	 "CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql BEGIN ATOMIC\n"
	 " SELECT CASE a WHEN 1 THEN CASE WHEN true THEN 2 END ELSE 3 END;\n"
	 " SELECT 4;\nEND; SELECT 5;",
	 {"CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql BEGIN ATOMIC\n"
	  " SELECT CASE a WHEN 1 THEN CASE WHEN true THEN 2 END ELSE 3 END;\n"
	  " SELECT 4;\nEND;",
	  "SELECT 5;"}},
	{"a procedure with BEGIN ATOMIC",
	 "CREATE OR REPLACE PROCEDURE p() BEGIN ATOMIC INSERT INTO t VALUES (1); END; SELECT 1",
	 {"CREATE OR REPLACE PROCEDURE p() BEGIN ATOMIC INSERT INTO t VALUES (1); END;", "SELECT 1"}},
	{"identifiers with semicolons",
	 "SELECT \"a;\"\"b;\" FROM \";\"; SELECT \"'\";",
	 {"SELECT \"a;\"\"b;\" FROM \";\";", "SELECT \"'\";"}},
	{"a rule's statements in parentheses",
	 "CREATE RULE r AS ON DELETE TO t DO (DELETE FROM a; NOTIFY b); SELECT 1;",
	 {"CREATE RULE r AS ON DELETE TO t DO (DELETE FROM a; NOTIFY b);", "SELECT 1;"}},
	{"a parenthesis too many ends nothing", "SELECT 1); SELECT 2;", {"SELECT 1);", "SELECT 2;"}},
	{"colons",
	 "SELECT a::int, b[1:2], :c, :'d', :\"e\" FROM f; SELECT x := 1;",
	 {"SELECT a::int, b[1:2], :c, :'d', :\"e\" FROM f;", "SELECT x := 1;"}},
	{"comments before a statement",
	 "-- a\n/* b */ SELECT 1; -- c\n/* d */\nSELECT 2;",
	 {"/* b */ SELECT 1;", "/* d */\nSELECT 2;"}},
	{"a statement that begins like the comment before it", "-- a\n-", {"-"}},
	{"COPY that needs no data stream",
	 "COPY t FROM '/a/stdin'; COPY (SELECT 1 FROM stdin) TO PROGRAM 'cat'; COPY \"from stdin\" TO "
	 "'/b';",
	 {"COPY t FROM '/a/stdin';", "COPY (SELECT 1 FROM stdin) TO PROGRAM 'cat';",
	  "COPY \"from stdin\" TO '/b';"}},
	{"characters of four bytes",
	 "SELECT '\xF0\x9F\x90\x98;'; SELECT 2",
	 {"SELECT '\xF0\x9F\x90\x98;';", "SELECT 2"}},
};

/* Whether all of it is blanks, comments and semicolons. */
static bool
is_nothing(const char *at, const char *end)
{
	while ((at = statement_skip_space(at, end)) < end)
	{
		if (*at++ != ';')
			return false;
	}
	return true;
}

static bool
comes_apart(const Sample *sample, const StatementList *list)
{
	const char *at = sample->text;
	const char *end = sample->text + strlen(sample->text);

	for (int i = 0; i < list->count; i++)
	{
		const Statement *statement = &list->items[i];
		const char *expected = i < MOST_STATEMENTS ? sample->statements[i] : NULL;

		if (expected == NULL || statement->length != strlen(expected) ||
			memcmp(statement->data, expected, statement->length) != 0 ||
			!(statement->data >= at && is_nothing(at, statement->data)))
		{
			printf("# statement %d: %.*s\n", i + 1, (int) statement->length, statement->data);
			return false;
		}
		at = statement->data + statement->length;
	}
	return sample->statements[list->count] == NULL && is_nothing(at, end);
}

static void
check_samples(void)
{
	for (size_t i = 0; i < lengthof(samples); i++)
	{
		const Sample *sample = &samples[i];
		StatementList list = {0};
		StatementError error = {0};
		bool done = statement_list_split(&list, sample->text, strlen(sample->text), 1, &error);

		if (!ok(done && comes_apart(sample, &list), sample->what))
			printf("# %d statements; %s\n", list.count, error.message ? error.message : "no error");
		statement_list_free(&list);
		statement_error_free(&error);
	}
}

/* 10 MB in one statement, with quotes of all kinds that hide semicolons. */
static void
check_large_statement(void)
{
	static const char piece[] = "'a;''', $x$;'$x$, E'\\';', \"b;\", /* ; */ ";
	size_t count = 10 * 1024 * 1024 / (sizeof(piece) - 1);
	PQExpBuffer text = createPQExpBuffer();
	StatementList list = {0};
	StatementError error = {0};

	appendPQExpBufferStr(text, "SELECT ");
	for (size_t i = 0; i < count; i++)
		appendBinaryPQExpBuffer(text, piece, sizeof(piece) - 1);
	appendPQExpBufferStr(text, "1;\nSELECT 2;");
	ok(statement_list_split(&list, text->data, text->len, 1, &error) && list.count == 2 &&
		   list.items[0].length == text->len - strlen("\nSELECT 2;") && list.items[1].line == 2,
	   "a statement of 10 MB and one behind it");
	statement_list_free(&list);
	statement_error_free(&error);
	destroyPQExpBuffer(text);
}

static void
refuses(const char *text, size_t length, int line, const char *message, const char *hint)
{
	StatementList list = {0};
	StatementError error = {0};
	bool split = statement_list_split(&list, text, length, 1, &error);

	if (!ok(!split && error.line == line && strstr(error.message, message) != NULL &&
				(hint == NULL || (error.hint != NULL && strstr(error.hint, hint) != NULL)),
			message))
		printf("# line %d: %s (%s)\n", error.line, error.message ? error.message : "no error",
			   error.hint ? error.hint : "");
	statement_list_free(&list);
	statement_error_free(&error);
}

static void
check_refused(void)
{
	static const struct
	{
		const char *text;
		int line;
		const char *message;
		const char *hint;
	} refused[] = {
		{"SELECT 1;\n\nSELECT E'\\';\n", 3, "unterminated quoted string", NULL},
		{"SELECT \"a\"\";", 1, "unterminated quoted identifier", NULL},
		{"SELECT $a$ $b$;", 1, "unterminated dollar-quoted string", NULL},
		{"\n/* /* */ SELECT 1;", 2, "unterminated comment", NULL},
		{"SELECT '\xC3';", 1, "not valid UTF-8", NULL},
		{"SELECT '\n\xED\xA0\x80';", 2, "not valid UTF-8", NULL},
		{"\\i other.sql\n", 1, "meta-command \"\\i\"", "--dir"},
		{"SELECT 1;\n\\ir other.sql", 2, "meta-command \"\\ir\"", "--dir"},
		{"\\set a 1", 1, "meta-command \"\\set\"", "-- hh: vars"},
		{"-- a\n\\set ON_ERROR_STOP on", 2, "meta-command \"\\set\"", "Remove the line"},
		{"\\copy t from 'a'", 1, "meta-command \"\\copy\"", "INSERT"},
		{"SELECT 1\n\\gexec", 2, "meta-command \"\\gexec\"", "DO block"},
		{"\\if true\n", 1, "meta-command \"\\if\"", "DO block"},
		{"\\c other", 1, "meta-command \"\\c\"", "stays in the database"},
		{"\\restrict abc\n", 1, "meta-command \"\\restrict\"", "remove the line"},
		{"\\! ls\n", 1, "meta-command \"\\!\"", "no programs"},
		{"\\pset pager off\n", 1, "meta-command \"\\pset\"", "plain SQL"},
		{"\\\\", 1, "a psql meta-command", "plain SQL"},
		{"SELECT 1;\nCOPY t (a, \"b\") FROM STDIN;\n1\t'\n\\.\n", 2, "COPY FROM STDIN", "INSERT"},
		{"copy t from /* a */\n stdin with (format csv);", 1, "COPY FROM STDIN", "INSERT"},
		{"COPY (SELECT ')', E'\\'', $$($$ FROM a) TO STDOUT;", 1, "COPY TO STDOUT", "prints"},
		{"COMMIT AND CHAIN", 1, "begin or end a transaction", NULL},
	};

	for (size_t i = 0; i < lengthof(refused); i++)
		refuses(refused[i].text, strlen(refused[i].text), refused[i].line, refused[i].message,
				refused[i].hint);
	refuses("SELECT '\n\0';", 12, 2, "a NUL byte", NULL);
}

int
main(void)
{
	check_samples();
	check_large_statement();
	check_refused();
	return tap_done();
}
