/*
 * catalog_scope.h
 *		What in the catalogs is the doing of some migrations: pure, without a database.
 */
#ifndef HH_CATALOG_SCOPE_H
#define HH_CATALOG_SCOPE_H

#include "catalog.h"

/* The facts that came, went or changed.  Zero-initialised it is empty. */
typedef struct CatalogScope
{
	Catalog keys; /* without definitions; the strings are its own */
} CatalogScope;

/* Adds what is different between the catalogs before some migrations and after. */
extern void catalog_scope_add(CatalogScope *scope, const Catalog *before, const Catalog *after);

/*
 * Cuts out of a catalog what is the migrations' doing: of an object that they made or
 * dropped, everything; of one that they changed, the properties that they changed.
 * made: the catalog that they left behind.  What is part of an object that they made,
 * and which they didn't make, is cut out, too.  The facts' strings are the catalog's.
 */
extern Catalog catalog_scope_cut(const CatalogScope *scope, const Catalog *made,
								 const Catalog *catalog);

extern void catalog_scope_free(CatalogScope *scope);

#endif /* HH_CATALOG_SCOPE_H */
