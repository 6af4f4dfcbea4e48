/* Statements made fit for a terminal and for psql. */
#include "postgres_fe.h"

#include "sql_line.h"
#include "tap.h"

static void
check(const char *statement, const char *expected, const char *what)
{
	char *line = sql_line(statement);

	is_text(line, expected, what);
	pg_free(line);
}

int
main(void)
{
	check("", "", "nothing");
	check("GRANT SELECT ON TABLE s.t TO \"a \\ b\"", "GRANT SELECT ON TABLE s.t TO \"a \\ b\"",
		  "what a terminal can be shown stays");
	check("DROP ROLE \"a\nb\x15\\\"", "DROP ROLE U&\"a\\000Ab\\0015\\\\\"", "a name");
	check("DROP TABLE s.\"\"\"\x1b\"\"; x\", \"y\"", "DROP TABLE s.U&\"\"\"\\001B\"\"; x\", \"y\"",
		  "doubled quotes stay, and end no name");
	check("SET a TO 'x\ny''z'", "SET a TO E'x\\u000Ay''z'", "a string");
	check("SET a TO 'x\\\ny'", "SET a TO E'x\\\\\\u000Ay'", "... with a backslash");
	check("SET a TO E'x\\'\n', 'b'", "SET a TO E'x\\'\\u000A', 'b'", "... that has escapes");
	check("SET nice'a\n'", "SET niceE'a\\u000A'", "an E that ends a word begins no string");
	check("\"\xC2\x9B\" \"\xE2\x80\xAE\"", "U&\"\\009B\" U&\"\\202E\"",
		  "control characters of the second kind, and what turns the writing");
	check("\"\xF0\x9F\xA6\x80\t\"", "U&\"\xF0\x9F\xA6\x80\\0009\"", "four bytes of UTF-8 stay");
	check("RESET\nROLE\t;", "RESET ROLE ;", "between names");
	check("DROP ROLE \"a\nb", "DROP ROLE U&\"a\\000Ab", "a name without end");
	check("SET a TO E'\\", "SET a TO E'\\", "a string without end");
	check("DROP ROLE \"\xFF\"", "-- a statement that is not in UTF-8: see --format=json",
		  "what is not in UTF-8");
	return tap_done();
}
