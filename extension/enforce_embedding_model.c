/*
 * enforce_embedding_model.c
 *		hh.enforce_embedding_model(): the trigger that keeps out embeddings no search would find.
 *
 * It runs for every row of a COPY, so that whatever can be is found once a statement, and a good
 * row allocates nothing and runs no query.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "executor/spi.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"

#include "compat.h"
#include "embedding_column.h"
#include "embedding_model.h"

/* What a statement's first row finds out for the others; lives as long as the statement. */
typedef struct EnforcedTable
{
	AttrNumber tenant;
	AttrNumber entity;
	AttrNumber model;
	EmbeddingColumn embedding;
} EnforcedTable;

typedef struct EnforcedRow
{
	Relation relation;
	HeapTuple tuple;
	const EnforcedTable *table;
} EnforcedRow;

static void
CheckCalledForRow(FunctionCallInfo fcinfo)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;

	if (!CALLED_AS_TRIGGER(fcinfo) || !TRIGGER_FIRED_BEFORE(trigger->tg_event) ||
		!TRIGGER_FIRED_FOR_ROW(trigger->tg_event) || TRIGGER_FIRED_BY_DELETE(trigger->tg_event))
		ereport(ERROR, errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				errmsg("function \"%s\" must be fired before INSERT or UPDATE, for each row, by a "
					   "trigger",
					   "enforce_embedding_model"));
}

static AttrNumber
RequiredColumn(Relation relation, const char *name)
{
	int attnum = SPI_fnumber(RelationGetDescr(relation), name);

	if (attnum <= 0)
		ereport(ERROR, errcode(ERRCODE_UNDEFINED_COLUMN),
				errmsg("column \"%s\" of relation \"%s\" does not exist", name,
					   QualifiedName(RelationGetRelid(relation))),
				errdetail("Trigger function hh.enforce_embedding_model() needs it."));
	return attnum;
}

static AttrNumber
ModelColumn(Relation relation)
{
	AttrNumber attnum = RequiredColumn(relation, "model_version");
	Oid type = SPI_gettypeid(RelationGetDescr(relation), attnum);
	Oid base = getBaseType(type);

	if (base != TEXTOID && base != VARCHAROID)
		ereport(ERROR, errcode(ERRCODE_DATATYPE_MISMATCH),
				errmsg("column \"model_version\" of relation \"%s\" has type %s, not text",
					   QualifiedName(RelationGetRelid(relation)), format_type_be(type)));
	return attnum;
}

/* The trigger serves pgvector's types of numbers, the ones that a cosine index can take. */
static EmbeddingColumn
EnforcedColumn(Relation relation)
{
	EmbeddingColumn column = FindEmbeddingColumn(relation, "embedding");

	if (column.kind != EMBEDDING_VECTOR && column.kind != EMBEDDING_HALFVEC &&
		column.kind != EMBEDDING_SPARSEVEC)
		ereport(ERROR, errcode(ERRCODE_DATATYPE_MISMATCH),
				errmsg("column \"embedding\" of relation \"%s\" is of no type that "
					   "hh.enforce_embedding_model() can check",
					   QualifiedName(RelationGetRelid(relation))),
				errhint("Make it vector, halfvec or sparsevec, or drop the trigger."));
	return column;
}

/*
 * fn_extra is empty at a statement's first row, as the executor looks up a trigger's function
 * anew each time: that makes it the moment to learn of changes to the registry, too.
 */
static const EnforcedTable *
PrepareStatement(FmgrInfo *flinfo, Relation relation)
{
	EnforcedTable *table = flinfo->fn_extra;

	if (table != NULL)
		return table;

	table = MemoryContextAlloc(flinfo->fn_mcxt, sizeof(EnforcedTable));
	table->tenant = RequiredColumn(relation, "tenant_id");
	table->entity = RequiredColumn(relation, "entity_id");
	table->model = ModelColumn(relation);
	table->embedding = EnforcedColumn(relation);
	RefreshEmbeddingModels();
	flinfo->fn_extra = table;
	return table;
}

static const char *
ColumnText(const EnforcedRow *row, AttrNumber attnum)
{
	char *text = SPI_getvalue(row->tuple, RelationGetDescr(row->relation), attnum);

	return text != NULL ? text : "(null)";
}

static void
RefuseDimension(const EnforcedRow *row, int registered, int dims)
{
	ereport(
		ERROR, errcode(ERRCODE_DATA_EXCEPTION),
		errmsg("embedding has %d dimensions, but model \"%s\" has %d", dims,
			   ColumnText(row, row->table->model), registered),
		errdetail("The embedding of tenant \"%s\", entity \"%s\" has %d dimensions; its model is "
				  "registered with %d.",
				  ColumnText(row, row->table->tenant), ColumnText(row, row->table->entity), dims,
				  registered),
		errhint("Write the model that made the embedding into model_version, or correct the "
				"model's dims in hh.embedding_model."));
}

static void
RefuseZero(const EnforcedRow *row)
{
	ereport(
		ERROR, errcode(ERRCODE_DATA_EXCEPTION), errmsg("embedding is a zero vector"),
		errdetail("The embedding of tenant \"%s\", entity \"%s\" has no element other than zero.",
				  ColumnText(row, row->table->tenant), ColumnText(row, row->table->entity)),
		errhint("A zero vector has no direction: a cosine index leaves it out, and no search "
				"would find it. Embed a text that is not empty."));
}

/* The dimension that the row's model is registered with; 0 if it is not, or is null. */
static int
RegisteredDims(const EnforcedRow *row)
{
	bool isnull;
	Datum value =
		heap_getattr(row->tuple, row->table->model, RelationGetDescr(row->relation), &isnull);
	text *model;

	if (isnull)
		return 0;
	model = DatumGetTextPP(value);
	return EmbeddingModelDims(VARDATA_ANY(model), VARSIZE_ANY_EXHDR(model));
}

/*
 * Null is the column's business, and so is the dimension where the model is not registered: a type
 * modifier has been applied before any trigger sees the row.
 */
static void
CheckRow(const EnforcedRow *row)
{
	const EmbeddingColumn *column = &row->table->embedding;
	bool isnull;
	Datum value =
		heap_getattr(row->tuple, column->attnum, RelationGetDescr(row->relation), &isnull);
	int dims;
	int registered;

	if (isnull)
		return;

	dims = EmbeddingDims(column->kind, value);
	registered = RegisteredDims(row);
	if (registered != 0 && dims != registered)
		RefuseDimension(row, registered, dims);
	if (EmbeddingIsZero(column->kind, value))
		RefuseZero(row);
}

PG_FUNCTION_INFO_V1(hh_enforce_embedding_model);
Datum
hh_enforce_embedding_model(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;
	EnforcedRow row;

	CheckCalledForRow(fcinfo);
	row.relation = trigger->tg_relation;
	row.tuple =
		TRIGGER_FIRED_BY_UPDATE(trigger->tg_event) ? trigger->tg_newtuple : trigger->tg_trigtuple;
	row.table = PrepareStatement(fcinfo->flinfo, row.relation);
	CheckRow(&row);
	PG_RETURN_POINTER(row.tuple);
}
