/*
 * embedding_type.h
 *		The types an embedding can have, and what can be told of a value without reading all of it.
 */
#ifndef HH_EMBEDDING_TYPE_H
#define HH_EMBEDDING_TYPE_H

/* The most dimensions that a vector can have (VECTOR_MAX_DIM of pgvector). */
#define EMBEDDING_MAX_DIMS 16000

/* What EmbeddingDims() says of an array that has rows and columns. */
#define EMBEDDING_NOT_ONE_DIMENSIONAL (-1)

typedef enum EmbeddingKind
{
	NOT_AN_EMBEDDING,
	EMBEDDING_VECTOR,
	EMBEDDING_HALFVEC,
	EMBEDDING_SPARSEVEC,
	EMBEDDING_BIT,
	EMBEDDING_VARBIT,
	EMBEDDING_FLOAT4_ARRAY,
	EMBEDDING_FLOAT8_ARRAY
} EmbeddingKind;

/* The kind of a type; a domain counts as what it is over only if the caller asks for its base. */
extern EmbeddingKind GetEmbeddingKind(Oid type);

/* The dimension that a type modifier sets, or 0 where it sets none. */
extern int DeclaredEmbeddingDims(EmbeddingKind kind, int32 typmod);

/*
 * The dimension of a value. A vector or halfvec is not read at all, of the others only the head;
 * value may be in any of PostgreSQL's forms: compressed, out of line, with a short header.
 */
extern int EmbeddingDims(EmbeddingKind kind, Datum value);

/*
 * Whether all elements are zero. Reads the value, but no further than its first chunk if there is
 * a nonzero element in it. A bit string has no direction and is never "zero".
 */
extern bool EmbeddingIsZero(EmbeddingKind kind, Datum value);

#endif
