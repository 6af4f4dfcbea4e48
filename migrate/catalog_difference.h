/*
 * catalog_difference.h
 *		Two catalogs held against each other: pure, without a database.
 */
#ifndef HH_CATALOG_DIFFERENCE_H
#define HH_CATALOG_DIFFERENCE_H

#include "catalog.h"

/* Where the expected catalog is from. */
typedef enum CatalogSource
{
	CATALOG_OF_SNAPSHOT, /* everything counts */

	/*
	 * What migrations make in an empty database.  Privileges don't count: they are given
	 * to roles beside migrations.  Nor does what an administrator decides: schema public,
	 * further extensions.
	 */
	CATALOG_OF_MIGRATIONS
} CatalogSource;

typedef struct CatalogDifference
{
	char *object; /* "column search.tenants.name" */
	char *detail; /* "type was text, is character varying(10)" */
} CatalogDifference;

/* Ordered by kind and object.  Zero-initialised it is empty. */
typedef struct CatalogDifferenceList
{
	CatalogDifference *items;
	int count;
} CatalogDifferenceList;

/*
 * Adds a difference for each property that is not as expected, and for each object
 * that is on one side alone; but not for what is part of such an object.
 */
extern void catalog_compare(const Catalog *expected, const Catalog *found, CatalogSource source,
							CatalogDifferenceList *differences);
extern void catalog_differences_free(CatalogDifferenceList *differences);

#endif /* HH_CATALOG_DIFFERENCE_H */
