/*
 * trace_catalog.h
 *		What trace reads of a database's catalogs, before and after a statement.
 */
#ifndef HH_TRACE_CATALOG_H
#define HH_TRACE_CATALOG_H

#include "database.h"

/* The strength of a relation's lock, as PostgreSQL numbers them; 0 is none. */
#define LOCK_ROW_EXCLUSIVE			3
#define LOCK_SHARE_UPDATE_EXCLUSIVE 4
#define LOCK_SHARE					5 /* from here on writers wait */
#define LOCK_SHARE_ROW_EXCLUSIVE	6
#define LOCK_ACCESS_EXCLUSIVE		8 /* readers wait, too */

/* Names are as SQL writes them, with their schema.  Strings are borrowed from the Result. */
typedef struct CatalogRelation
{
	Oid oid;
	char kind; /* pg_class.relkind */
	const char *name;
	Oid filenode; /* 0 where it has no storage */
	Oid root;	  /* of a partition, the partitioned table; else its own oid */
	int lock;	  /* the strongest that the session holds */
	bool row_exclusive;
	long scans; /* reads of the whole relation, and of its indexes, so far */
	long index_scans;
} CatalogRelation;

typedef struct CatalogColumn
{
	Oid relation;
	int number;
	const char *name;
	const char *type;
	bool not_null;
} CatalogColumn;

typedef struct CatalogIndex
{
	Oid oid;
	Oid relation;
	Oid filenode;
	const char *name; /* of a partition's, the partitioned table's */
	const char *definition;
	const char *constraint; /* "ADD CONSTRAINT ..." as far as USING INDEX; or empty */
} CatalogIndex;

typedef struct CatalogConstraint
{
	Oid relation;
	char type; /* c or f, as pg_constraint.contype */
	const char *name;
	bool validated;
	const char *definition;
	bool lacks_index; /* a foreign key that no index serves */
	const char *columns;
} CatalogConstraint;

/* Each array is ordered by its first member.  To be freed with trace_catalog_free(). */
typedef struct TraceCatalog
{
	CatalogRelation *relations;
	int relation_count;
	CatalogColumn *columns;
	int column_count;
	CatalogIndex *indexes;
	int index_count;
	CatalogConstraint *constraints;
	int constraint_count;
	Result *results[4]; /* that the strings stand in; NULL where they are somebody else's */
} TraceCatalog;

/*
 * Reads the catalogs as the session sees them, in the transaction that is open.
 * Runs nothing of the database's.  Logs and returns false on failure.
 */
extern bool trace_catalog_read(Database *database, TraceCatalog *catalog);
extern void trace_catalog_free(TraceCatalog *catalog);

/* The relation of that oid or name, a relation's column or constraint; NULL if there is none. */
extern const CatalogRelation *catalog_relation(const TraceCatalog *catalog, Oid oid);
extern const CatalogRelation *catalog_relation_named(const TraceCatalog *catalog, const char *name);
extern const CatalogColumn *catalog_column(const TraceCatalog *catalog, Oid relation, int number);
extern const CatalogColumn *catalog_column_named(const TraceCatalog *catalog, Oid relation,
												 const char *name);
extern const CatalogConstraint *catalog_constraint(const TraceCatalog *catalog, Oid relation,
												   const char *name);

/* Where the columns of a relation begin, or else those of the next one. */
extern int catalog_first_column(const TraceCatalog *catalog, Oid relation);

/* "ACCESS EXCLUSIVE" for 8. */
extern const char *lock_name(int lock);

#endif /* HH_TRACE_CATALOG_H */
