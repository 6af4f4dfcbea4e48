/*
 * trace_catalog.c
 *		What trace reads of a database's catalogs, before and after a statement.
 */
#include "postgres_fe.h"

#include "queries.h"
#include "trace_catalog.h"

static Oid
oid_value(const Result *result, int row, int column)
{
	return (Oid) strtoul(result_value(result, row, column), NULL, 10);
}

static long
number_value(const Result *result, int row, int column)
{
	return strtol(result_value(result, row, column), NULL, 10);
}

static void
read_relation(TraceCatalog *catalog, const Result *result, int row)
{
	catalog->relations[row] = (CatalogRelation){.oid = oid_value(result, row, 0),
												.kind = result_value(result, row, 1)[0],
												.name = result_value(result, row, 2),
												.filenode = oid_value(result, row, 3),
												.root = oid_value(result, row, 4),
												.lock = (int) number_value(result, row, 5),
												.row_exclusive = result_is_true(result, row, 6),
												.scans = number_value(result, row, 7),
												.index_scans = number_value(result, row, 8)};
}

static void
read_column(TraceCatalog *catalog, const Result *result, int row)
{
	catalog->columns[row] = (CatalogColumn){.relation = oid_value(result, row, 0),
											.number = (int) number_value(result, row, 1),
											.name = result_value(result, row, 2),
											.type = result_value(result, row, 3),
											.not_null = result_is_true(result, row, 4)};
}

static void
read_index(TraceCatalog *catalog, const Result *result, int row)
{
	catalog->indexes[row] = (CatalogIndex){.oid = oid_value(result, row, 0),
										   .relation = oid_value(result, row, 1),
										   .filenode = oid_value(result, row, 2),
										   .name = result_value(result, row, 3),
										   .definition = result_value(result, row, 4),
										   .constraint = result_value(result, row, 5)};
}

static void
read_constraint(TraceCatalog *catalog, const Result *result, int row)
{
	const char *columns = result_value(result, row, 6);

	catalog->constraints[row] = (CatalogConstraint){.relation = oid_value(result, row, 0),
													.type = result_value(result, row, 1)[0],
													.name = result_value(result, row, 2),
													.validated = result_is_true(result, row, 3),
													.definition = result_value(result, row, 4),
													.lacks_index = result_is_true(result, row, 5),
													.columns = columns ? columns : ""};
}

/* Runs one of the queries; the array for its rows is the caller's to fill. */
static Result *
read_rows(Database *database, const char *query, size_t size, void **array, int *count)
{
	Result *result = database_query(database, query, NO_PARAMS);

	if (result != NULL)
	{
		*count = result_rows(result);
		*array = pg_malloc0(size * (size_t) Max(*count, 1));
	}
	return result;
}

bool
trace_catalog_read(Database *database, TraceCatalog *catalog)
{
	struct
	{
		const char *query;
		size_t size;
		void **array;
		int *count;
		void (*read)(TraceCatalog *catalog, const Result *result, int row);
	} parts[lengthof(catalog->results)] = {
		{query_trace_relations, sizeof(CatalogRelation), (void **) &catalog->relations,
		 &catalog->relation_count, read_relation},
		{query_trace_columns, sizeof(CatalogColumn), (void **) &catalog->columns,
		 &catalog->column_count, read_column},
		{query_trace_indexes, sizeof(CatalogIndex), (void **) &catalog->indexes,
		 &catalog->index_count, read_index},
		{query_trace_constraints, sizeof(CatalogConstraint), (void **) &catalog->constraints,
		 &catalog->constraint_count, read_constraint},
	};

	memset(catalog, 0, sizeof(*catalog));
	for (size_t i = 0; i < lengthof(parts); i++)
	{
		catalog->results[i] =
			read_rows(database, parts[i].query, parts[i].size, parts[i].array, parts[i].count);
		if (catalog->results[i] == NULL)
		{
			trace_catalog_free(catalog);
			return false;
		}
		for (int row = 0; row < *parts[i].count; row++)
			parts[i].read(catalog, catalog->results[i], row);
	}
	return true;
}

void
trace_catalog_free(TraceCatalog *catalog)
{
	pg_free(catalog->relations);
	pg_free(catalog->columns);
	pg_free(catalog->indexes);
	pg_free(catalog->constraints);
	for (size_t i = 0; i < lengthof(catalog->results); i++)
		result_free(catalog->results[i]);
	memset(catalog, 0, sizeof(*catalog));
}

const CatalogRelation *
catalog_relation(const TraceCatalog *catalog, Oid oid)
{
	int low = 0;
	int high = catalog->relation_count;

	while (low < high)
	{
		int middle = (low + high) / 2;

		if (catalog->relations[middle].oid == oid)
			return &catalog->relations[middle];
		if (catalog->relations[middle].oid < oid)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

const CatalogRelation *
catalog_relation_named(const TraceCatalog *catalog, const char *name)
{
	for (int i = 0; i < catalog->relation_count; i++)
	{
		if (strcmp(catalog->relations[i].name, name) == 0)
			return &catalog->relations[i];
	}
	return NULL;
}

int
catalog_first_column(const TraceCatalog *catalog, Oid relation)
{
	int low = 0;
	int high = catalog->column_count;

	while (low < high)
	{
		int middle = (low + high) / 2;

		if (catalog->columns[middle].relation < relation)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const CatalogColumn *
catalog_column(const TraceCatalog *catalog, Oid relation, int number)
{
	for (int i = catalog_first_column(catalog, relation);
		 i < catalog->column_count && catalog->columns[i].relation == relation; i++)
	{
		if (catalog->columns[i].number == number)
			return &catalog->columns[i];
	}
	return NULL;
}

const CatalogColumn *
catalog_column_named(const TraceCatalog *catalog, Oid relation, const char *name)
{
	for (int i = catalog_first_column(catalog, relation);
		 i < catalog->column_count && catalog->columns[i].relation == relation; i++)
	{
		if (strcmp(catalog->columns[i].name, name) == 0)
			return &catalog->columns[i];
	}
	return NULL;
}

const CatalogConstraint *
catalog_constraint(const TraceCatalog *catalog, Oid relation, const char *name)
{
	for (int i = 0; i < catalog->constraint_count; i++)
	{
		if (catalog->constraints[i].relation == relation &&
			strcmp(catalog->constraints[i].name, name) == 0)
			return &catalog->constraints[i];
	}
	return NULL;
}

const char *
lock_name(int lock)
{
	static const char *const names[] = {
		"",		 "ACCESS SHARE",		"ROW SHARE", "ROW EXCLUSIVE",	"SHARE UPDATE EXCLUSIVE",
		"SHARE", "SHARE ROW EXCLUSIVE", "EXCLUSIVE", "ACCESS EXCLUSIVE"};

	return names[lock];
}
