/*
 * catalog.h
 *		What a database's catalogs say, as facts about objects.
 */
#ifndef HH_CATALOG_H
#define HH_CATALOG_H

#include "session.h"

/* A property of an object.  "exists" names the object that it is part of, or is empty. */
typedef struct CatalogFact
{
	const char *kind;
	const char *object;
	const char *property;
	const char *definition;
} CatalogFact;

#define CATALOG_EXISTS "exists"

/* Ordered by kind, object and property.  Zero-initialised it is an empty database's. */
typedef struct Catalog
{
	CatalogFact *facts;
	int count;
	Result *rows; /* what the facts point into */
} Catalog;

/*
 * Reads the catalogs in the owner's name: queries/catalog.sql says what is in them.  Logs
 * and returns false on failure.
 */
extern bool catalog_read(const Session *session, Catalog *catalog);

/* Takes over rows of four columns: a fact's members. */
extern void catalog_take(Catalog *catalog, Result *rows);

/* Orders the facts. */
extern void catalog_sort(Catalog *catalog);

/* As strcmp(), by kind and object; and by property, too. */
extern int catalog_compare_objects(const CatalogFact *a, const CatalogFact *b);
extern int catalog_compare_facts(const CatalogFact *a, const CatalogFact *b);

/* The first fact of the same object as another fact's; or of one called "table search.tenants". */
extern const CatalogFact *catalog_find(const Catalog *catalog, const CatalogFact *like);
extern const CatalogFact *catalog_find_named(const Catalog *catalog, const char *name);

extern void catalog_free(Catalog *catalog);

#endif /* HH_CATALOG_H */
