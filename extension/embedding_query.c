/*
 * embedding_query.c
 *		The query that brings a relation's embeddings, and what names and explains them.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/sysattr.h"
#include "catalog/pg_class.h"
#include "catalog/pg_index.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_type.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

#include "compat.h"
#include "embedding_column.h"
#include "embedding_query.h"

/* Decides what the query asks for. What it then reads, the executor allows or refuses. */
static bool
MayRead(Relation relation, AttrNumber attnum)
{
	Oid relid = RelationGetRelid(relation);
	Oid role = GetUserId();

	return pg_class_aclcheck(relid, role, ACL_SELECT) == ACLCHECK_OK ||
		   pg_attribute_aclcheck(relid, attnum, role, ACL_SELECT) == ACLCHECK_OK;
}

/* The columns of an index that make its key: INCLUDE's, which come after them, name no row. */
static List *
KeyColumns(Form_pg_index index)
{
	List *columns = NIL;

	for (int i = 0; i < index->indnkeyatts; i++)
		columns = lappend_int(columns, index->indkey.values[i]);
	return columns;
}

/* The columns of the primary key in its own order; none if there is no primary key. */
static List *
PrimaryKey(Relation relation)
{
	List *indexes = RelationGetIndexList(relation);
	List *columns = NIL;
	ListCell *cell;

	foreach (cell, indexes)
	{
		HeapTuple tuple = SearchSysCache1(INDEXRELID, ObjectIdGetDatum(lfirst_oid(cell)));
		Form_pg_index index;

		if (!HeapTupleIsValid(tuple))
			continue;
		index = (Form_pg_index) GETSTRUCT(tuple);
		if (index->indisprimary)
			columns = KeyColumns(index);
		ReleaseSysCache(tuple);
	}
	return columns;
}

/* A foreign partition need not have a ctid. */
static bool
HasForeignChild(Relation relation)
{
	List *children = find_all_inheritors(RelationGetRelid(relation), NoLock, NULL);
	ListCell *cell;

	foreach (cell, children)
	{
		if (get_rel_relkind(lfirst_oid(cell)) == RELKIND_FOREIGN_TABLE)
			return true;
	}
	return false;
}

/* How to name the rows of a relation without a primary key. */
static SampleKey
RowIdentity(Relation relation)
{
	char relkind = relation->rd_rel->relkind;

	if (relkind == RELKIND_VIEW || relkind == RELKIND_FOREIGN_TABLE)
		return KEY_NONE;
	if (!MayRead(relation, SelfItemPointerAttributeNumber) ||
		!MayRead(relation, TableOidAttributeNumber))
		return KEY_NONE;
	if (!relation->rd_rel->relhassubclass)
		return KEY_CTID;
	return HasForeignChild(relation) ? KEY_NONE : KEY_TABLE_AND_CTID;
}

static void
AppendColumn(StringInfo query, Relation relation, AttrNumber attnum)
{
	Form_pg_attribute attribute = TupleDescAttr(RelationGetDescr(relation), attnum - 1);

	appendStringInfo(query, ", r.%s", quote_identifier(NameStr(attribute->attname)));
}

/* A part of a key would name several rows: it is the whole or none. */
static SampleKey
AppendPrimaryKey(StringInfo query, Relation relation, List *columns)
{
	ListCell *cell;

	foreach (cell, columns)
	{
		if (!MayRead(relation, lfirst_int(cell)))
			return KEY_NONE;
	}
	foreach (cell, columns)
		AppendColumn(query, relation, lfirst_int(cell));
	return KEY_PRIMARY;
}

/* Adds what names a row in a sample. */
static SampleKey
AppendRowKey(StringInfo query, Relation relation)
{
	List *columns = PrimaryKey(relation);
	SampleKey key;

	if (columns != NIL)
		return AppendPrimaryKey(query, relation, columns);
	key = RowIdentity(relation);
	if (key != KEY_NONE)
		appendStringInfoString(query, ", r.ctid, r.tableoid");
	return key;
}

/* The column of models, if there is one. */
static AttrNumber
ModelColumn(Relation relation)
{
	Oid relid = RelationGetRelid(relation);
	AttrNumber attnum = get_attnum(relid, "model_version");
	Oid type = attnum > 0 ? getBaseType(get_atttype(relid, attnum)) : InvalidOid;

	return type == TEXTOID || type == VARCHAROID ? attnum : InvalidAttrNumber;
}

/* SELECT embedding [, model_version] [, key] FROM relation */
EmbeddingQuery
BuildEmbeddingQuery(Relation relation, AttrNumber embedding)
{
	EmbeddingQuery query = {0};
	AttrNumber model = ModelColumn(relation);
	StringInfoData columns;

	initStringInfo(&columns);
	AppendColumn(&columns, relation, embedding);
	if (model != InvalidAttrNumber)
	{
		query.has_model = MayRead(relation, model);
		query.model_denied = !query.has_model;
	}
	if (query.has_model)
		AppendColumn(&columns, relation, model);
	query.key_column = query.has_model ? 2 : 1;
	query.sample_key = AppendRowKey(&columns, relation);
	query.text = psprintf("SELECT%s FROM %s AS r", columns.data + 1,
						  QualifiedName(RelationGetRelid(relation)));
	return query;
}
