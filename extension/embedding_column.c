/*
 * embedding_column.c
 *		A relation's column of embeddings, found by name.
 */
#include "postgres.h"

#include "access/relation.h"
#include "access/sysattr.h"
#include "catalog/pg_class.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

#include "compat.h"
#include "embedding_column.h"

static bool
HasRows(char relkind)
{
	return relkind == RELKIND_RELATION || relkind == RELKIND_PARTITIONED_TABLE ||
		   relkind == RELKIND_MATVIEW || relkind == RELKIND_VIEW ||
		   relkind == RELKIND_FOREIGN_TABLE;
}

Relation
OpenEmbeddingRelation(Oid relid)
{
	Relation relation = try_relation_open(relid, AccessShareLock);

	if (relation == NULL)
		ereport(ERROR, errcode(ERRCODE_UNDEFINED_TABLE),
				errmsg("relation with OID %u does not exist", relid));
	if (!HasRows(relation->rd_rel->relkind))
		ereport(ERROR, errcode(ERRCODE_WRONG_OBJECT_TYPE),
				errmsg("relation \"%s\" has no columns of embeddings", QualifiedName(relid)),
				errdetail("It is neither a table nor a view."));
	return relation;
}

EmbeddingColumn
FindEmbeddingColumn(Relation relation, const char *name)
{
	EmbeddingColumn column;
	Oid relid = RelationGetRelid(relation);
	Oid type;
	int32 typmod;
	Oid collation;

	column.attnum = get_attnum(relid, name);
	if (column.attnum == InvalidAttrNumber)
		ereport(
			ERROR, errcode(ERRCODE_UNDEFINED_COLUMN),
			errmsg("column \"%s\" of relation \"%s\" does not exist", name, QualifiedName(relid)));

	get_atttypetypmodcoll(relid, column.attnum, &type, &typmod, &collation);
	column.kind = GetEmbeddingKind(getBaseTypeAndTypmod(type, &typmod));
	if (column.kind == NOT_AN_EMBEDDING)
		ereport(ERROR, errcode(ERRCODE_DATATYPE_MISMATCH),
				errmsg("column \"%s\" of relation \"%s\" has type %s, which is not a type of "
					   "embeddings",
					   name, QualifiedName(relid), format_type_be(type)),
				errhint("Embeddings are of type vector, halfvec, sparsevec, bit, real[] or "
						"double precision[]."));
	column.dims = DeclaredEmbeddingDims(column.kind, typmod);
	return column;
}

char *
QualifiedName(Oid relid)
{
	return quote_qualified_identifier(get_namespace_name(get_rel_namespace(relid)),
									  get_rel_name(relid));
}

void
CheckExpectedDims(int expected)
{
	if (expected < 1 || expected > EMBEDDING_MAX_DIMS)
		ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				errmsg("expected dimension %d is out of range", expected),
				errdetail("An embedding has 1 to %d dimensions.", EMBEDDING_MAX_DIMS));
}
