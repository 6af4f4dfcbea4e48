/*
 * validate_embeddings.c
 *		hh.validate_embeddings(): what is in a column of embeddings, one row a finding.
 *
 * The rows come from an ordinary SELECT as the caller, so that the caller's rights on the columns,
 * row security, partitions, views and cancellation are the executor's business. They go to a
 * DestReceiver of ours that counts them as they pass, for a copy of each would cost more than the
 * scan.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/relation.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "tcop/dest.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

#include "arguments.h"
#include "compat.h"
#include "embedding_column.h"
#include "embedding_model.h"
#include "embedding_query.h"

#define MAX_SAMPLES	   5
#define RESULT_COLUMNS 4

/* In the order of the report. A row gets one verdict: JudgeRow() says which comes first. */
typedef enum Verdict
{
	VERDICT_OK,
	VERDICT_WRONG_DIMENSION,
	VERDICT_NULL,
	VERDICT_ZERO_VECTOR,
	VERDICT_UNREGISTERED_MODEL
} Verdict;

static const char *const verdict_names[] = {
	[VERDICT_OK] = "ok",
	[VERDICT_WRONG_DIMENSION] = "wrong dimension",
	[VERDICT_NULL] = "null",
	[VERDICT_ZERO_VECTOR] = "zero vector",
	[VERDICT_UNREGISTERED_MODEL] = "unregistered model",
};

typedef struct FindingKey
{
	int32 verdict;
	int32 dims; /* -1 where the embedding has none */
} FindingKey;

typedef struct Finding
{
	FindingKey key; /* first, as dynahash wants it */
	int64 rows;
	int sample_count;
	Datum samples[MAX_SAMPLES];
} Finding;

typedef struct Validation
{
	DestReceiver receiver; /* first: the executor hands us back this pointer */
	EmbeddingKind kind;
	EmbeddingQuery query;
	bool deep;
	bool dims_given;   /* then expected_dims overrules the models' */
	int expected_dims; /* given or declared; 0 if any will do */
	TupleDesc key_desc;
	MemoryContext context; /* outlives the query */
	HTAB *findings;
	Finding *last;	 /* the finding of the row before, probably this one's too */
	char model[128]; /* the datum of the row before, unless it is longer */
	Size model_size; /* 0 if there is none */
	int model_dims;
} Validation;

/* What the models and the column say the dimension of a row has to be; 0 if any will do. */
static int
ExpectedDims(const Validation *validation, int registered_dims)
{
	if (validation->dims_given || registered_dims == 0)
		return validation->expected_dims;
	return registered_dims;
}

/*
 * Rows in sequence are mostly of one model. It is recognised by the bytes of the datum, in whatever
 * form that is, before anything is called.
 */
static int
RegisteredDims(Validation *validation, TupleTableSlot *slot)
{
	struct varlena *datum;
	Size size;
	text *model;

	if (slot->tts_isnull[1])
		return 0;

	datum = (struct varlena *) DatumGetPointer(slot->tts_values[1]);
	size = VARSIZE_ANY(datum);
	if (size == validation->model_size && memcmp(datum, validation->model, size) == 0)
		return validation->model_dims;

	model = pg_detoast_datum_packed(datum);
	validation->model_dims = EmbeddingModelDims(VARDATA_ANY(model), VARSIZE_ANY_EXHDR(model));
	validation->model_size = size <= sizeof(validation->model) ? size : 0;
	memcpy(validation->model, datum, validation->model_size);
	if (model != datum)
		pfree(model);
	return validation->model_dims;
}

static FindingKey
JudgeRow(Validation *validation, TupleTableSlot *slot)
{
	FindingKey key = {VERDICT_NULL, -1};
	Datum value = slot->tts_values[0];
	int registered_dims = 0;
	int expected;

	if (slot->tts_isnull[0])
		return key;

	if (validation->query.has_model)
		registered_dims = RegisteredDims(validation, slot);
	expected = ExpectedDims(validation, registered_dims);
	key.dims = EmbeddingDims(validation->kind, value);
	if (key.dims < 1 || (expected != 0 && key.dims != expected))
		key.verdict = VERDICT_WRONG_DIMENSION;
	else if (validation->deep && EmbeddingIsZero(validation->kind, value))
		key.verdict = VERDICT_ZERO_VECTOR;
	else if (validation->query.has_model && registered_dims == 0)
		key.verdict = VERDICT_UNREGISTERED_MODEL;
	else
		key.verdict = VERDICT_OK;
	return key;
}

static Finding *
FindingOf(Validation *validation, FindingKey key)
{
	Finding *finding = validation->last;
	bool found;

	if (finding != NULL && finding->key.verdict == key.verdict && finding->key.dims == key.dims)
		return finding;

	finding = hash_search(validation->findings, &key, HASH_ENTER, &found);
	if (!found)
	{
		finding->rows = 0;
		finding->sample_count = 0;
	}
	validation->last = finding;
	return finding;
}

static char *
PrimaryKeyText(const Validation *validation, TupleTableSlot *slot)
{
	HeapTuple tuple =
		heap_form_tuple(validation->key_desc, slot->tts_values + validation->query.key_column,
						slot->tts_isnull + validation->query.key_column);

	return OidOutputFunctionCall(F_RECORD_OUT, HeapTupleGetDatum(tuple));
}

/* Names a row by what the query brought for it, in the validation's context. */
static Datum
SampleText(const Validation *validation, TupleTableSlot *slot)
{
	MemoryContext previous = MemoryContextSwitchTo(validation->context);
	Datum *values = slot->tts_values + validation->query.key_column;
	char *text;
	Datum sample;

	if (validation->query.sample_key == KEY_PRIMARY)
		text = PrimaryKeyText(validation, slot);
	else
	{
		text = OidOutputFunctionCall(F_TIDOUT, values[0]);
		if (validation->query.sample_key == KEY_TABLE_AND_CTID)
			text = psprintf("%s %s", QualifiedName(DatumGetObjectId(values[1])), text);
	}
	sample = CStringGetTextDatum(text);
	MemoryContextSwitchTo(previous);
	return sample;
}

static bool
ReceiveRow(TupleTableSlot *slot, DestReceiver *self)
{
	Validation *validation = (Validation *) self;
	Finding *finding;

	slot_getallattrs(slot);
	finding = FindingOf(validation, JudgeRow(validation, slot));
	finding->rows++;
	if (finding->sample_count < MAX_SAMPLES && finding->key.verdict != VERDICT_OK &&
		validation->query.sample_key != KEY_NONE)
		finding->samples[finding->sample_count++] = SampleText(validation, slot);
	return true;
}

/* The query names the table: here is the last moment to see that it named the one looked up. */
static void
StartReceiving(DestReceiver *self, int operation pg_attribute_unused(), TupleDesc rows)
{
	Validation *validation = (Validation *) self;
	Oid type = getBaseType(TupleDescAttr(rows, 0)->atttypid);
	int key_count = rows->natts - validation->query.key_column;
	MemoryContext previous;

	if (GetEmbeddingKind(type) != validation->kind)
		elog(ERROR, "column of embeddings changed its type");
	if (validation->query.sample_key != KEY_PRIMARY)
		return;

	previous = MemoryContextSwitchTo(validation->context);
	validation->key_desc = CreateTemplateTupleDesc(key_count);
	for (int i = 0; i < key_count; i++)
		TupleDescCopyEntry(validation->key_desc, i + 1, rows, validation->query.key_column + i + 1);
	BlessTupleDesc(validation->key_desc);
	MemoryContextSwitchTo(previous);
}

static void
StopReceiving(DestReceiver *self pg_attribute_unused())
{
}

static void
RunQuery(Validation *validation)
{
	SPIExecuteOptions options = {0};
	int result;

	validation->receiver.receiveSlot = ReceiveRow;
	validation->receiver.rStartup = StartReceiving;
	validation->receiver.rShutdown = StopReceiving;
	validation->receiver.rDestroy = StopReceiving;
	/* SPI takes DestNone for "no rows wanted"; nobody looks at the other values. */
	validation->receiver.mydest = DestTuplestore;

	options.read_only = true;
	options.must_return_tuples = true;
	options.dest = &validation->receiver;

	SPI_connect();
	result = SPI_execute_extended(validation->query.text, &options);
	if (result != SPI_OK_SELECT)
		elog(ERROR, "could not read embeddings: %s", SPI_result_code_string(result));
	SPI_finish();
}

/* After the query: who may not read the embeddings either is told that, and no more. */
static void
TellModelDenied(Relation relation)
{
	ereport(NOTICE, errmsg("models are not considered"),
			errdetail("Column \"model_version\" of relation \"%s\" may not be read by role \"%s\".",
					  QualifiedName(RelationGetRelid(relation)),
					  GetUserNameFromId(GetUserId(), false)));
}

static void
Validate(Oid relid, const char *name, Validation *validation)
{
	HASHCTL control = {.keysize = sizeof(FindingKey), .entrysize = sizeof(Finding)};
	Relation relation = OpenEmbeddingRelation(relid);
	EmbeddingColumn column = FindEmbeddingColumn(relation, name);

	validation->kind = column.kind;
	if (!validation->dims_given)
		validation->expected_dims = column.dims;
	validation->context = CurrentMemoryContext;
	control.hcxt = CurrentMemoryContext;
	validation->findings =
		hash_create("embedding findings", 16, &control, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);

	RefreshEmbeddingModels();
	validation->query = BuildEmbeddingQuery(relation, column.attnum);
	RunQuery(validation);
	if (validation->query.model_denied)
		TellModelDenied(relation);
	relation_close(relation, AccessShareLock);
}

static int
CompareFindings(const void *a, const void *b)
{
	const FindingKey *left = &(*(Finding *const *) a)->key;
	const FindingKey *right = &(*(Finding *const *) b)->key;

	if (left->verdict != right->verdict)
		return left->verdict < right->verdict ? -1 : 1;
	return left->dims < right->dims ? -1 : left->dims > right->dims;
}

/* The findings in the order of the report. */
static Finding **
SortedFindings(HTAB *findings, int *count)
{
	Finding **sorted = palloc(Max(hash_get_num_entries(findings), 1) * sizeof(Finding *));
	Finding *finding;
	HASH_SEQ_STATUS status;

	*count = 0;
	hash_seq_init(&status, findings);
	while ((finding = hash_seq_search(&status)) != NULL)
		sorted[(*count)++] = finding;
	qsort(sorted, *count, sizeof(Finding *), CompareFindings);
	return sorted;
}

static void
ReportFinding(ReturnSetInfo *result, const Finding *finding)
{
	Datum values[RESULT_COLUMNS];
	bool nulls[RESULT_COLUMNS] = {false};

	values[0] = CStringGetTextDatum(verdict_names[finding->key.verdict]);
	values[1] = Int32GetDatum(finding->key.dims);
	nulls[1] = finding->key.dims < 0;
	values[2] = Int64GetDatum(finding->rows);
	values[3] = PointerGetDatum(construct_array((Datum *) finding->samples, finding->sample_count,
												TEXTOID, -1, false, TYPALIGN_INT));
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

PG_FUNCTION_INFO_V1(hh_validate_embeddings);
Datum
hh_validate_embeddings(PG_FUNCTION_ARGS)
{
	Validation validation = {0};
	Finding **findings;
	int count;

	CheckNotNull(fcinfo, 0, "relation");
	CheckNotNull(fcinfo, 1, "column_name");
	CheckNotNull(fcinfo, 3, "deep");
	validation.deep = PG_GETARG_BOOL(3);
	validation.dims_given = !PG_ARGISNULL(2);
	if (validation.dims_given)
	{
		validation.expected_dims = PG_GETARG_INT32(2);
		CheckExpectedDims(validation.expected_dims);
	}

	InitMaterializedSRF(fcinfo, 0);
	Assert(((ReturnSetInfo *) fcinfo->resultinfo)->setDesc->natts == RESULT_COLUMNS);
	Validate(PG_GETARG_OID(0), NameStr(*PG_GETARG_NAME(1)), &validation);

	findings = SortedFindings(validation.findings, &count);
	for (int i = 0; i < count; i++)
	{
		CHECK_FOR_INTERRUPTS();
		ReportFinding((ReturnSetInfo *) fcinfo->resultinfo, findings[i]);
	}
	return (Datum) 0;
}
