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

static int
compare_facts(const void *a, const void *b)
{
	const CatalogFact *left = a;
	const CatalogFact *right = b;
	int order = catalog_compare_objects(left, right);

	return order ? order : strcmp(left->property, right->property);
}

void
catalog_sort(Catalog *catalog)
{
	qsort(catalog->facts, (size_t) catalog->count, sizeof(CatalogFact), compare_facts);
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
