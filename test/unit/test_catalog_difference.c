/* Catalogs held against each other: facts in, differences out. */
#include "postgres_fe.h"

#include "pqexpbuffer.h"

#include "catalog_difference.h"
#include "tap.h"

#define CATALOG(...)                                                                               \
	(Catalog)                                                                                      \
	{                                                                                              \
		.facts = (CatalogFact[]){__VA_ARGS__},                                                     \
		.count = (int) (sizeof((CatalogFact[]){__VA_ARGS__}) / sizeof(CatalogFact))                \
	}
#define TABLE                                                                                      \
	{"table", "s.t", "exists", ""},                                                                \
	{                                                                                              \
		"table", "s.t", "owner", "o"                                                               \
	}
#define COLUMN_OF                                                                                  \
	{                                                                                              \
		"column", "s.t.c", "exists", "table s.t"                                                   \
	}
#define COLUMN(...)                                                                                \
	COLUMN_OF,                                                                                     \
	{                                                                                              \
		"column", "s.t.c", __VA_ARGS__                                                             \
	}

static void
differ_from(CatalogSource source, Catalog expected, Catalog found, const char *differences,
			const char *what)
{
	CatalogDifferenceList list = {0};
	PQExpBuffer got = createPQExpBuffer();

	catalog_sort(&expected);
	catalog_sort(&found);
	catalog_compare(&expected, &found, source, &list);
	for (int i = 0; i < list.count; i++)
		appendPQExpBuffer(got, "%s%s: %s", i > 0 ? "; " : "", list.items[i].object,
						  list.items[i].detail);
	is_text(got->data, differences, what);
	catalog_differences_free(&list);
	destroyPQExpBuffer(got);
}

static void
differ(Catalog expected, Catalog found, const char *differences, const char *what)
{
	differ_from(CATALOG_OF_SNAPSHOT, expected, found, differences, what);
}

static void
test_properties(void)
{
	differ(CATALOG(TABLE, COLUMN("type", "text")), CATALOG(COLUMN("type", "text"), TABLE), "",
		   "the same facts in another order");
	differ(CATALOG(COLUMN("type", "text")), CATALOG(COLUMN("type", "integer")),
		   "column s.t.c: type was text, is integer", "another value");
	differ(CATALOG(COLUMN("default", "1")), CATALOG(COLUMN_OF),
		   "column s.t.c: default was 1, is none", "a property that has gone");
	differ(CATALOG(COLUMN_OF), CATALOG(COLUMN("comment", "It's")),
		   "column s.t.c: comment was none, is \"It's\"", "one that has come");
	differ(CATALOG(TABLE), CATALOG(TABLE, {"table", "s.t", "grant to the owner", "SELECT"}),
		   "table s.t: grant to the owner was all, is SELECT", "the owner's privileges");
	differ(CATALOG(COLUMN("a", "1"), {"column", "s.t.c", "b", "1"}, {"column", "s.t.c", "d", "1"}),
		   CATALOG(COLUMN("a", "2"), {"column", "s.t.c", "c", "1"}, {"column", "s.t.c", "d", "1"}),
		   "column s.t.c: a was 1, is 2; column s.t.c: b was 1, is none; "
		   "column s.t.c: c was none, is 1",
		   "several");
	differ(CATALOG({"index", "s.i", "exists", "table s.a"}),
		   CATALOG({"index", "s.i", "exists", "table s.b"}), "",
		   "what it is part of shows in its definition");
}

static void
test_wholes(void)
{
	Catalog empty = {0};

	differ(empty, empty, "", "nothing and nothing");
	differ(CATALOG(TABLE), empty, "table s.t: is missing", "a missing object");
	differ(empty, CATALOG(TABLE), "table s.t: is not in the snapshot", "one that is new");
	differ(CATALOG(TABLE, COLUMN("type", "text")), empty, "table s.t: is missing",
		   "its columns go with it");
	differ(empty, CATALOG(TABLE, COLUMN("type", "text")), "table s.t: is not in the snapshot",
		   "and come with it");
	differ(CATALOG(TABLE, COLUMN("type", "text")), CATALOG(TABLE), "column s.t.c: is missing",
		   "one that goes alone is told");
	differ(CATALOG(TABLE), CATALOG(TABLE, COLUMN("type", "text")),
		   "column s.t.c: is not in the snapshot", "one that comes alone, too");
	differ(CATALOG({"foreign table", "s.f", "exists", ""},
				   {"index", "s.i", "exists", "foreign table s.f"}),
		   empty, "foreign table s.f: is missing", "a kind of two words");
	differ(CATALOG({"constraint", "k on s.t", "exists", "table s.t"},
				   {"index", "s.k", "exists", "constraint k on s.t"}, TABLE),
		   CATALOG(TABLE), "constraint k on s.t: is missing", "a constraint's index");
	differ(CATALOG({"index", "s.i", "exists", "table s.t"}), empty, "index s.i: is missing",
		   "what is part of nothing known");
	differ(CATALOG({"table", "a b", "exists", ""}, {"column", "a b.c", "exists", "table a b"}),
		   CATALOG({"table", "a", "exists", ""}),
		   "table a: is not in the snapshot; "
		   "table a b: is missing",
		   "names with blanks, of which one begins another");
}

static void
test_lines(void)
{
	differ(CATALOG(COLUMN("definition", "a\nb\nc")), CATALOG(COLUMN("definition", "a\nx\nc")),
		   "column s.t.c: definition differs from line 2 on: was \"b\", is \"x\"",
		   "one of many lines");
	differ(CATALOG(COLUMN("definition", "a")), CATALOG(COLUMN("definition", "a\nb")),
		   "column s.t.c: definition differs from line 2 on: was its end, is \"b\"",
		   "a text that goes on");
	differ(CATALOG(COLUMN("definition",
						  "\n12345678901234567890123456789012345678901234567890123456789\xC3\xA9")),
		   CATALOG(COLUMN("definition", "\n1")),
		   "column s.t.c: definition differs from line 2 on: was "
		   "\"12345678901234567890123456789012345678901234567890123456789...\", is \"1\"",
		   "a long line is not cut in the middle of a character");
}

static void
test_migrations(void)
{
	Catalog empty = {0};

	differ_from(CATALOG_OF_MIGRATIONS, CATALOG(COLUMN("type", "text")),
				CATALOG(COLUMN("type", "integer")), "column s.t.c: type should be text, is integer",
				"migrations say what should be");
	differ_from(CATALOG_OF_MIGRATIONS, empty, CATALOG(TABLE),
				"table s.t: is not made by the migrations", "and what should not be there");
	differ_from(CATALOG_OF_MIGRATIONS, CATALOG(TABLE),
				CATALOG(TABLE, {"table", "s.t", "grant to r", "SELECT"},
						{"table", "s.t", "security label of p", "l"}),
				"", "privileges and labels are not theirs");
	differ_from(CATALOG_OF_MIGRATIONS, empty,
				CATALOG({"default privileges", "of role r on tables", "exists", ""},
						{"extension", "hstore", "exists", ""}, {"schema", "public", "exists", ""}),
				"", "nor default privileges, further extensions, schema public");
	differ_from(
		CATALOG_OF_MIGRATIONS,
		CATALOG({"extension", "vector", "exists", ""}, {"extension", "vector", "version", "1"}),
		CATALOG({"extension", "vector", "exists", ""}, {"extension", "vector", "version", "2"}),
		"extension vector: version should be 1, is 2", "but an extension's version");
	differ_from(CATALOG_OF_MIGRATIONS, CATALOG({"extension", "vector", "exists", ""}), empty,
				"extension vector: is missing", "and one that is missing");
}

int
main(void)
{
	test_properties();
	test_wholes();
	test_lines();
	test_migrations();
	return tap_done();
}
