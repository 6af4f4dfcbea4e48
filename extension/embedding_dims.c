/*
 * embedding_dims.c
 *		hh.embedding_dims(): the dimension of an embedding, without reading the embedding.
 */
#include "postgres.h"

#include "arguments.h"
#include "compat.h"
#include "embedding_type.h"

/*
 * The argument is taken as the Datum it came as: each of fmgr's macros for varlena arguments
 * would detoast it.
 */
static inline Datum
DimsOfArgument(FunctionCallInfo fcinfo, EmbeddingKind kind)
{
	CheckNotNull(fcinfo, 0, "embedding");
	return Int32GetDatum(EmbeddingDims(kind, PG_GETARG_DATUM(0)));
}

PG_FUNCTION_INFO_V1(hh_embedding_dims_vector);
Datum
hh_embedding_dims_vector(PG_FUNCTION_ARGS)
{
	return DimsOfArgument(fcinfo, EMBEDDING_VECTOR);
}

PG_FUNCTION_INFO_V1(hh_embedding_dims_halfvec);
Datum
hh_embedding_dims_halfvec(PG_FUNCTION_ARGS)
{
	return DimsOfArgument(fcinfo, EMBEDDING_HALFVEC);
}

PG_FUNCTION_INFO_V1(hh_embedding_dims_sparsevec);
Datum
hh_embedding_dims_sparsevec(PG_FUNCTION_ARGS)
{
	return DimsOfArgument(fcinfo, EMBEDDING_SPARSEVEC);
}

PG_FUNCTION_INFO_V1(hh_embedding_dims_bit);
Datum
hh_embedding_dims_bit(PG_FUNCTION_ARGS)
{
	return DimsOfArgument(fcinfo, EMBEDDING_BIT);
}

/* Serves real[] and double precision[] alike: the header is the same. */
PG_FUNCTION_INFO_V1(hh_embedding_dims_array);
Datum
hh_embedding_dims_array(PG_FUNCTION_ARGS)
{
	Datum dims = DimsOfArgument(fcinfo, EMBEDDING_FLOAT4_ARRAY);

	if (DatumGetInt32(dims) == EMBEDDING_NOT_ONE_DIMENSIONAL)
		ereport(ERROR, errcode(ERRCODE_DATA_EXCEPTION),
				errmsg("an embedding is an array of one dimension"));
	PG_RETURN_DATUM(dims);
}
