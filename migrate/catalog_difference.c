/*
 * catalog_difference.c
 *		Two catalogs held against each other: pure, without a database.
 */
#include "postgres_fe.h"

#include "catalog_difference.h"

#define LONGEST_LINE 60 /* shown of one line of many */

/* What stands on one side only, and what was expected, in words. */
static const struct
{
	const char *extra;
	const char *expected;
} words[] = {
	[CATALOG_OF_SNAPSHOT] = {"is not in the snapshot", "was"},
	[CATALOG_OF_MIGRATIONS] = {"is not made by the migrations", "should be"},
};

/* The facts of one object: from first up to, and without, end. */
typedef struct ObjectFacts
{
	const CatalogFact *first;
	const CatalogFact *end;
} ObjectFacts;

typedef struct Comparison
{
	const Catalog *expected;
	const Catalog *found;
	CatalogSource source;
	CatalogDifferenceList *differences;
} Comparison;

static ObjectFacts
object_at(const Catalog *catalog, const CatalogFact *first)
{
	ObjectFacts object = {first, first};
	const CatalogFact *last = catalog->facts + catalog->count;

	while (object.end < last && catalog_compare_objects(first, object.end) == 0)
		object.end++;
	return object;
}

/* Takes over detail. */
static void
add_difference(const Comparison *comparison, const CatalogFact *fact, char *detail)
{
	CatalogDifferenceList *list = comparison->differences;

	list->items = pg_realloc(list->items, sizeof(CatalogDifference) * (size_t) (list->count + 1));
	list->items[list->count++] =
		(CatalogDifference){psprintf("%s %s", fact->kind, fact->object), detail};
}

/* What the object is part of; empty where it stands alone. */
static const char *
whole_of(ObjectFacts object)
{
	for (const CatalogFact *fact = object.first; fact < object.end; fact++)
	{
		if (strcmp(fact->property, CATALOG_EXISTS) == 0)
			return fact->definition;
	}
	return "";
}

/* Whether an object that one catalog alone has comes or goes with what it is part of. */
static bool
is_told_with_its_whole(ObjectFacts object, const Catalog *with, const Catalog *without)
{
	const char *whole = whole_of(object);

	return catalog_find_named(with, whole) != NULL && catalog_find_named(without, whole) == NULL;
}

static bool
begins_with(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

static bool
object_counts(const Comparison *comparison, const CatalogFact *fact)
{
	if (comparison->source == CATALOG_OF_SNAPSHOT)
		return true;
	return strcmp(fact->kind, "default privileges") != 0 &&
		   !(strcmp(fact->kind, "schema") == 0 && strcmp(fact->object, "public") == 0);
}

static bool
property_counts(const Comparison *comparison, const CatalogFact *fact)
{
	/* Another whole has another name, or shows in the definition. */
	if (strcmp(fact->property, CATALOG_EXISTS) == 0)
		return false;
	if (comparison->source == CATALOG_OF_SNAPSHOT)
		return true;
	return !begins_with(fact->property, "grant to ") &&
		   !begins_with(fact->property, "security label ");
}

/* What an object has that has no such property. */
static const char *
absence(const char *property)
{
	return strcmp(property, "grant to the owner") == 0 ? "all" : "none";
}

/*
 * The line that begins there, cut to a length that fits a message; NULL is where a text
 * has ended.  The caller frees it.
 */
static char *
shown_line(const char *line)
{
	int length;
	int shown_length;

	if (line == NULL)
		return pg_strdup("its end");
	length = (int) strcspn(line, "\n");
	shown_length = Min(length, LONGEST_LINE);
	/* Not in the middle of a character. */
	while (shown_length < length && ((unsigned char) line[shown_length] & 0xC0) == 0x80)
		shown_length--;
	return psprintf("\"%.*s%s\"", shown_length, line, shown_length < length ? "..." : "");
}

static const char *
next_line(const char *line)
{
	const char *end = strchr(line, '\n');

	return end ? end + 1 : NULL;
}

static bool
is_same_line(const char *a, const char *b)
{
	size_t length = strcspn(a, "\n");

	return length == strcspn(b, "\n") && strncmp(a, b, length) == 0;
}

/* Of texts with several lines, the first that differs. */
static char *
describe_lines(const Comparison *comparison, const CatalogFact *expected, const CatalogFact *found)
{
	const char *a = expected->definition;
	const char *b = found->definition;
	int line = 1;
	char *a_shown;
	char *b_shown;
	char *detail;

	for (; a && b && is_same_line(a, b); line++)
	{
		a = next_line(a);
		b = next_line(b);
	}
	a_shown = shown_line(a);
	b_shown = shown_line(b);
	detail = psprintf("%s differs from line %d on: %s %s, is %s", expected->property, line,
					  words[comparison->source].expected, a_shown, b_shown);
	pg_free(a_shown);
	pg_free(b_shown);
	return detail;
}

/* A value of a property, or what an object has that lacks it; the caller frees it. */
static char *
shown(const CatalogFact *fact, const char *property)
{
	if (fact == NULL)
		return pg_strdup(absence(property));
	return strcmp(property, "comment") == 0 ? psprintf("\"%s\"", fact->definition)
											: pg_strdup(fact->definition);
}

static char *
describe_values(const Comparison *comparison, const char *property, const CatalogFact *expected,
				const CatalogFact *found)
{
	char *expected_shown = shown(expected, property);
	char *found_shown = shown(found, property);
	char *detail = psprintf("%s %s %s, is %s", property, words[comparison->source].expected,
							expected_shown, found_shown);

	pg_free(expected_shown);
	pg_free(found_shown);
	return detail;
}

/* A property that both have. */
static void
compare_values(const Comparison *comparison, const CatalogFact *expected, const CatalogFact *found)
{
	bool has_lines = strchr(expected->definition, '\n') || strchr(found->definition, '\n');

	if (property_counts(comparison, expected) &&
		strcmp(expected->definition, found->definition) != 0)
		add_difference(comparison, expected,
					   has_lines
						   ? describe_lines(comparison, expected, found)
						   : describe_values(comparison, expected->property, expected, found));
}

/* One that is on one side alone, expected or found. */
static void
tell_property(const Comparison *comparison, const CatalogFact *fact, bool is_expected)
{
	if (property_counts(comparison, fact))
		add_difference(comparison, fact,
					   describe_values(comparison, fact->property, is_expected ? fact : NULL,
									   is_expected ? NULL : fact));
}

static void
compare_object(const Comparison *comparison, ObjectFacts expected, ObjectFacts found)
{
	const CatalogFact *a = expected.first;
	const CatalogFact *b = found.first;

	while (a < expected.end || b < found.end)
	{
		int order = a == expected.end ? 1 : b == found.end ? -1 : strcmp(a->property, b->property);

		if (order == 0)
			compare_values(comparison, a, b);
		else
			tell_property(comparison, order < 0 ? a : b, order < 0);
		a += order <= 0;
		b += order >= 0;
	}
}

static void
tell_missing(const Comparison *comparison, ObjectFacts object)
{
	if (object_counts(comparison, object.first) &&
		!is_told_with_its_whole(object, comparison->expected, comparison->found))
		add_difference(comparison, object.first, pg_strdup("is missing"));
}

static void
tell_extra(const Comparison *comparison, ObjectFacts object)
{
	bool is_administrators =
		comparison->source == CATALOG_OF_MIGRATIONS && strcmp(object.first->kind, "extension") == 0;

	if (object_counts(comparison, object.first) && !is_administrators &&
		!is_told_with_its_whole(object, comparison->found, comparison->expected))
		add_difference(comparison, object.first, pg_strdup(words[comparison->source].extra));
}

void
catalog_compare(const Catalog *expected, const Catalog *found, CatalogSource source,
				CatalogDifferenceList *differences)
{
	Comparison comparison = {expected, found, source, differences};
	const CatalogFact *a = expected->facts;
	const CatalogFact *b = found->facts;
	const CatalogFact *a_end = a + expected->count;
	const CatalogFact *b_end = b + found->count;

	while (a < a_end || b < b_end)
	{
		int order = a == a_end ? 1 : b == b_end ? -1 : catalog_compare_objects(a, b);
		ObjectFacts in_expected = {a, a};
		ObjectFacts in_found = {b, b};

		if (order <= 0)
			in_expected = object_at(expected, a);
		if (order >= 0)
			in_found = object_at(found, b);
		if (order < 0)
			tell_missing(&comparison, in_expected);
		else if (order > 0)
			tell_extra(&comparison, in_found);
		else if (object_counts(&comparison, a))
			compare_object(&comparison, in_expected, in_found);
		a = in_expected.end;
		b = in_found.end;
	}
}

void
catalog_differences_free(CatalogDifferenceList *differences)
{
	for (int i = 0; i < differences->count; i++)
	{
		pg_free(differences->items[i].object);
		pg_free(differences->items[i].detail);
	}
	pg_free(differences->items);
	memset(differences, 0, sizeof(*differences));
}
