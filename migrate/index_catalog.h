/*
 * index_catalog.h
 *		What the catalogs say of an index that a statement makes.
 */
#ifndef HH_INDEX_CATALOG_H
#define HH_INDEX_CATALOG_H

#include "session.h"
#include "statement_form.h"

typedef enum IndexStanding
{
	INDEX_ABSENT,
	INDEX_VALID,
	INDEX_INVALID,	 /* what a build that failed has left */
	INDEX_BUILDING,	 /* by another session, at this moment */
	INDEX_ELSEWHERE, /* the name is another relation's, or another table's index's */
	INDEX_NO_TABLE
} IndexStanding;

/* Zero-initialised it is empty.  To be freed with index_look_free(). */
typedef struct IndexLook
{
	IndexStanding standing;
	char *schema;  /* the table's, quoted where it must be; NULL without a table */
	char *name;	   /* the index's, with schema and quotes; NULL without a table */
	char *builder; /* the pid of who builds it; or NULL */
} IndexLook;

/* As database_run() on failure.  form: of a CREATE INDEX that names the index. */
extern bool index_look(Database *database, const StatementForm *form, IndexLook *look,
					   ServerError *error);
extern void index_look_free(IndexLook *look);

/* What an index is beside its name and its table's, as PostgreSQL writes it. */
typedef struct IndexDefinition
{
	char *unique;	  /* "UNIQUE" or "" */
	char *tail;		  /* "USING btree (a)"; */
	char *tablespace; /* "" for the database's */
} IndexDefinition;

/* Of an index that is there. */
extern bool index_definition_read(const Session *session, const char *name,
								  IndexDefinition *definition, ServerError *error);

/*
 * Of the index that the statement would make: made on an empty copy of the table, in
 * the owner's name, in a transaction that is rolled back.
 */
extern bool index_definition_try(const Session *session, const StatementForm *form,
								 const IndexLook *look, IndexDefinition *definition,
								 ServerError *error);
extern bool index_definitions_equal(const IndexDefinition *a, const IndexDefinition *b);
extern void index_definition_free(IndexDefinition *definition);

/*
 * Whether the statement, if it is a CREATE INDEX that was just run, has left a valid
 * index: IF NOT EXISTS passes over an invalid one.  Fills in *error where not.
 */
extern bool index_is_fit(Database *database, const char *statement, ServerError *error);

#endif /* HH_INDEX_CATALOG_H */
