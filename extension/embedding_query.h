/*
 * embedding_query.h
 *		The query that brings a relation's embeddings, and what names and explains them.
 */
#ifndef HH_EMBEDDING_QUERY_H
#define HH_EMBEDDING_QUERY_H

#include "utils/rel.h"

/* How a row is named in a sample. */
typedef enum SampleKey
{
	KEY_NONE,		   /* it has no name, or none that the caller may read */
	KEY_PRIMARY,	   /* (acme,cand-1,default) */
	KEY_CTID,		   /* (0,1) */
	KEY_TABLE_AND_CTID /* public.part (0,1) */
} SampleKey;

/* Its columns, from 0: the embedding, the model if there is one, then the key. */
typedef struct EmbeddingQuery
{
	char *text;
	bool has_model;
	bool model_denied; /* there is a column of models, which the caller may not read */
	SampleKey sample_key;
	int key_column; /* the first one */
} EmbeddingQuery;

/*
 * Reads of the rest no more than the caller may; of the embedding column, whatever the rights on
 * it, for the executor to refuse.
 */
extern EmbeddingQuery BuildEmbeddingQuery(Relation relation, AttrNumber embedding);

#endif /* HH_EMBEDDING_QUERY_H */
