/* What a statement does, as far as it must be known to go on behind it. */
#include "postgres_fe.h"

#include "statement_form.h"
#include "tap.h"

static StatementForm form;

static const char *
slice_text(TextSlice slice)
{
	static char text[4][128];
	static int next = 0;

	next = (next + 1) % (int) lengthof(text);
	snprintf(text[next], sizeof(text[next]), "%.*s", (int) slice.length,
			 slice.data ? slice.data : "");
	return text[next];
}

static void
is_form(const char *text, StatementKind kind, bool concurrently, const char *what)
{
	form = statement_form(text, strlen(text));
	ok(form.kind == kind && form.concurrently == concurrently, what);
}

static void
check_create_index(void)
{
	is_form("CREATE INDEX CONCURRENTLY a ON s.t (x)", STATEMENT_CREATE_INDEX, true, "an index");
	is_text(slice_text(form.index), "a", "... its name");
	is_text(slice_text(form.table), "s.t", "... its table");
	is_text(slice_text(form.rest), "(x)", "... and the rest");
	ok(!form.unique && !form.if_exists, "... without more");

	is_form("/* a */ create -- b\n UNIQUE index concurrently IF NOT exists \"a \"\"b\" on only "
			"\"S\" . t"
			" using gin (x)",
			STATEMENT_CREATE_INDEX, true, "words in any case, comments, quotes");
	is_text(slice_text(form.index), "\"a \"\"b\"", "... its name");
	is_text(slice_text(form.table), "\"S\" . t", "... its table");
	ok(form.unique && form.if_exists, "... unique, if not exists");

	is_form("CREATE INDEX CONCURRENTLY ON t (x)", STATEMENT_CREATE_INDEX, true, "without a name");
	is_int((long) form.index.length, 0, "... it has none");
	is_form("CREATE INDEX a ON t (x)", STATEMENT_CREATE_INDEX, false, "not CONCURRENTLY");
	is_form("CREATE INDEX concurrently_idx ON t (x)", STATEMENT_CREATE_INDEX, false,
			"a name that begins so");
	is_text(slice_text(form.index), "concurrently_idx", "... is one");
	is_form("CREATE INDEX \"concurrently\" ON t (x)", STATEMENT_CREATE_INDEX, false,
			"and in quotes");
	is_form("CREATE TABLE index (x int)", STATEMENT_OTHER, false, "another CREATE");
	is_form("CREATE INDEX CONCURRENTLY U&\"a\" ON t (x)", STATEMENT_OTHER, false,
			"an identifier in Unicode escapes");
	is_form("CREATE INDEX CONCURRENTLY \"a", STATEMENT_OTHER, false, "an open quote");
	is_form("CREATE INDEX CONCURRENTLY a ON", STATEMENT_OTHER, false, "an end too early");
	is_form("", STATEMENT_OTHER, false, "nothing");
}

static void
check_others(void)
{
	is_form("DROP INDEX CONCURRENTLY IF EXISTS s.a;", STATEMENT_DROP_INDEX, true, "DROP INDEX");
	is_text(slice_text(form.index), "s.a", "... its name");
	is_form("DROP INDEX s.a", STATEMENT_DROP_INDEX, false, "... not CONCURRENTLY");

	is_form("REINDEX TABLE CONCURRENTLY s.t", STATEMENT_REINDEX, true, "REINDEX");
	is_text(slice_text(form.target), "TABLE", "... what");
	is_text(slice_text(form.object), "s.t", "... its name");
	is_form("REINDEX (VERBOSE, CONCURRENTLY, TABLESPACE x) INDEX a", STATEMENT_REINDEX, true,
			"... as an option");
	is_text(slice_text(form.object), "a", "... its name");
	is_form("REINDEX (CONCURRENTLY false) INDEX a", STATEMENT_REINDEX, false, "... switched off");
	is_form("REINDEX SCHEMA s", STATEMENT_REINDEX, false, "... not CONCURRENTLY");

	is_form("ALTER TABLE IF EXISTS ONLY s.t DETACH PARTITION s.p CONCURRENTLY",
			STATEMENT_DETACH_PARTITION, true, "DETACH PARTITION");
	is_text(slice_text(form.table), "s.t", "... of which");
	is_text(slice_text(form.object), "s.p", "... its name");
	is_form("ALTER TABLE s.t DETACH PARTITION s.p FINALIZE", STATEMENT_DETACH_PARTITION, false,
			"... to its end");
	is_form("ALTER TABLE s.t ADD x int", STATEMENT_OTHER, false, "another ALTER TABLE");

	is_form("VACUUM (ANALYZE) s.t", STATEMENT_UPKEEP, false, "VACUUM");
	is_form("CALL vacuum()", STATEMENT_OTHER, false, "CALL");
}

static bool
is_plain(const char *text)
{
	return literals_are_plain(text, strlen(text), false);
}

static void
check_literals(void)
{
	ok(is_plain("CREATE INDEX a ON t (lower(x), \"it's\") WHERE n > 5 /* 'a' */"), "no constant");
	ok(is_plain("WHERE x = 'it''s'::text AND y = E'\\\\'::character varying(10)"), "casts");
	ok(is_plain("WHERE x = ANY ('{a,b}'::text[])"), "an array");
	ok(is_plain("WHERE x = 'a'::\"char\""), "a type in quotes");
	ok(!is_plain("WHERE x = 'a'"), "a constant without a cast");
	ok(!is_plain("WHERE x='a'"), "... that looks like an option");
	ok(!is_plain("WHERE x = 'a' ::text"), "... with the cast apart, to be on the safe side");
	ok(!is_plain("WHERE x = 'a'::team.word"), "a type with a schema");
	ok(!is_plain("WHERE x = 'a'::\"team\" . word"), "... in quotes");
	ok(!is_plain("WHERE x = $$a$$::text"), "dollar quotes");
	ok(!is_plain("WHERE x = team.word 'a'"), "a type in front");
	ok(!is_plain("WHERE x = U&'a'::text AND y = 1"), "Unicode escapes");
	ok(!is_plain("WHERE x = B'1'::\"bit\""), "bits");
	ok(!is_plain("WHERE x = 'a"), "an open quote");
	ok(literals_are_plain("USING hnsw (x) WITH (m='16') WHERE (y = 'a'::text)", 50, true),
	   "an option, as pg_get_indexdef() writes it");
}

static bool
is_contained(const char *text)
{
	StatementForm of = statement_form(text, strlen(text));

	return statement_is_contained(&of, text, strlen(text));
}

static void
check_containment(void)
{
	ok(is_contained("CREATE INDEX CONCURRENTLY a ON t (f(x))"), "CREATE INDEX is contained");
	ok(!is_contained("CREATE INDEX CONCURRENTLY a ON t (x) WHERE y <> '{}'"),
	   "... but what reads its constants is not");
	ok(is_contained("DROP INDEX CONCURRENTLY a") && is_contained("REINDEX TABLE CONCURRENTLY t") &&
		   is_contained("VACUUM t"),
	   "so are DROP INDEX, REINDEX and VACUUM");
	ok(!is_contained("ALTER TABLE t DETACH PARTITION p CONCURRENTLY"), "DETACH PARTITION is not");
	ok(!is_contained("CALL p()") && !is_contained("DO $$ $$") &&
		   !is_contained("UPDATE t SET x = 1"),
	   "nor is anything else");
}

int
main(void)
{
	check_create_index();
	check_others();
	check_literals();
	check_containment();
	return tap_done();
}
