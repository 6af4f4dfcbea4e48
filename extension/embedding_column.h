/*
 * embedding_column.h
 *		A relation's column of embeddings, found by name.
 */
#ifndef HH_EMBEDDING_COLUMN_H
#define HH_EMBEDDING_COLUMN_H

#include "utils/relcache.h"

#include "embedding_type.h"

typedef struct EmbeddingColumn
{
	AttrNumber attnum;
	EmbeddingKind kind;
	int dims; /* as declared, or 0 if any will do */
} EmbeddingColumn;

/*
 * Opens a relation that can have columns of embeddings with AccessShareLock, or raises an error.
 * The caller closes it.
 */
extern Relation OpenEmbeddingRelation(Oid relid);

/* Finds the column, or raises an error if it is missing or can't hold embeddings. */
extern EmbeddingColumn FindEmbeddingColumn(Relation relation, const char *name);

/* "schema.relation", quoted where needed. */
extern char *QualifiedName(Oid relid);

/* Raises an error unless a column could have as many dimensions. */
extern void CheckExpectedDims(int expected);

#endif
