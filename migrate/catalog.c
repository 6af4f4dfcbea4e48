/*
 * catalog.c
 *		What a database's catalogs say, as facts about objects.
 */
#include "postgres_fe.h"

#include "catalog.h"
#include "queries.h"

/* The columns of queries/catalog.sql and queries/snapshot_rows.sql. */
enum
{
	COLUMN_KIND,
	COLUMN_OBJECT,
	COLUMN_PROPERTY,
	COLUMN_DEFINITION,
	COLUMN_COUNT
};

int
catalog_compare_objects(const CatalogFact *a, const CatalogFact *b)
{
	int order = strcmp(a->kind, b->kind);

	return order ? order : strcmp(a->object, b->object);
}

int
catalog_compare_facts(const CatalogFact *a, const CatalogFact *b)
{
	int order = catalog_compare_objects(a, b);

	return order ? order : strcmp(a->property, b->property);
}

static int
compare_for_sort(const void *a, const void *b)
{
	return catalog_compare_facts(a, b);
}

void
catalog_sort(Catalog *catalog)
{
	qsort(catalog->facts, (size_t) catalog->count, sizeof(CatalogFact), compare_for_sort);
}

const CatalogFact *
catalog_find(const Catalog *catalog, const CatalogFact *like)
{
	int low = 0;
	int high = catalog->count;

	while (low < high)
	{
		int middle = (low + high) / 2;

		if (catalog_compare_objects(&catalog->facts[middle], like) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < catalog->count && catalog_compare_objects(&catalog->facts[low], like) == 0
			   ? &catalog->facts[low]
			   : NULL;
}

/* Kinds have blanks, too ("foreign table"), so that there can be several readings of a name. */
const CatalogFact *
catalog_find_named(const Catalog *catalog, const char *name)
{
	const CatalogFact *found = NULL;

	for (const char *blank = strchr(name, ' '); blank && !found; blank = strchr(blank + 1, ' '))
	{
		char *kind = pnstrdup(name, (size_t) (blank - name));

		found = catalog_find(catalog, &(CatalogFact){.kind = kind, .object = blank + 1});
		pg_free(kind);
	}
	return found;
}

void
catalog_take(Catalog *catalog, Result *rows)
{
	catalog->rows = rows;
	catalog->count = result_rows(rows);
	catalog->facts = pg_malloc0(sizeof(CatalogFact) * (size_t) Max(catalog->count, 1));
	for (int row = 0; row < catalog->count; row++)
		catalog->facts[row] = (CatalogFact){
			result_value(rows, row, COLUMN_KIND), result_value(rows, row, COLUMN_OBJECT),
			result_value(rows, row, COLUMN_PROPERTY), result_value(rows, row, COLUMN_DEFINITION)};
	catalog_sort(catalog);
}

bool
catalog_read(const Session *session, Catalog *catalog)
{
	Result *rows = session_query(session, query_catalog, COLUMN_COUNT, NO_PARAMS);

	if (rows == NULL)
		return false;
	catalog_take(catalog, rows);
	return true;
}

void
catalog_free(Catalog *catalog)
{
	pg_free(catalog->facts);
	result_free(catalog->rows);
	memset(catalog, 0, sizeof(*catalog));
}
