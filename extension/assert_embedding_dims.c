/*
 * assert_embedding_dims.c
 *		hh.assert_embedding_dims(): what a service calls when it starts.
 *
 * Reads the catalogs only, and so demands no right on the relation.
 */
#include "postgres.h"

#include "access/relation.h"
#include "fmgr.h"
#include "utils/rel.h"

#include "arguments.h"
#include "compat.h"
#include "embedding_column.h"

static void
ReportUndeclared(const char *column, Oid relid, int expected)
{
	ereport(ERROR, errcode(ERRCODE_DATA_EXCEPTION),
			errmsg("column \"%s\" of relation \"%s\" has no dimension, and %d is expected", column,
				   QualifiedName(relid), expected),
			errdetail("Its type accepts embeddings of any dimension."),
			errhint("Give the column a type with a dimension, as in vector(%d).", expected));
}

static void
ReportDifference(const char *column, Oid relid, int dims, int expected)
{
	ereport(ERROR, errcode(ERRCODE_DATA_EXCEPTION),
			errmsg("column \"%s\" of relation \"%s\" has %d dimensions, not %d", column,
				   QualifiedName(relid), dims, expected),
			errhint("Set EMBEDDING_DIMENSIONS=%d in the service; or change the column to %d "
					"dimensions and compute its embeddings anew.",
					dims, expected));
}

PG_FUNCTION_INFO_V1(hh_assert_embedding_dims);
Datum
hh_assert_embedding_dims(PG_FUNCTION_ARGS)
{
	int expected;
	const char *name;
	Relation relation;
	EmbeddingColumn column;

	CheckNotNull(fcinfo, 0, "expected");
	CheckNotNull(fcinfo, 2, "column_name");
	expected = PG_GETARG_INT32(0);
	name = NameStr(*PG_GETARG_NAME(2));
	CheckExpectedDims(expected);

	/* The default asks for the table by name and gives null where there is none. */
	if (PG_ARGISNULL(1))
		ereport(ERROR, errcode(ERRCODE_UNDEFINED_TABLE),
				errmsg("the table of embeddings does not exist"),
				errhint("Deploy the schema: SELECT hh.deploy(), or hh-migrate up."));

	relation = OpenEmbeddingRelation(PG_GETARG_OID(1));
	column = FindEmbeddingColumn(relation, name);
	if (column.dims == 0)
		ReportUndeclared(name, RelationGetRelid(relation), expected);
	else if (column.dims != expected)
		ReportDifference(name, RelationGetRelid(relation), column.dims, expected);
	relation_close(relation, AccessShareLock);
	PG_RETURN_VOID();
}
