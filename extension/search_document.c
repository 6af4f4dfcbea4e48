/*
 * search_document.c
 *		hh.search_document(): the full-text document of a candidate profile.
 *
 * Weight A: current_title; B: headline, skills; C: industries; D: the strings in
 * profile.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "lib/stringinfo.h"
#include "mb/pg_wchar.h"
#include "tsearch/ts_type.h"
#include "tsearch/ts_utils.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/jsonb.h"
#include "utils/regproc.h"
#include "utils/rel.h"

#include "compat.h"

/*
 * So much text, in bytes, is indexed of one profile.  A tsvector holds 1 MB of
 * lexemes with their positions, and this much text of two-letter words, the
 * worst there is, stays below it; an error would refuse the profile.
 */
#define MAX_INDEXED_TEXT (256 * 1024)

#define SOURCE_COUNT 5

/* Sources by falling weight: what comes last is cut first. */
static const struct
{
	const char *column;
	Oid type;
	char weight;
} sources[SOURCE_COUNT] = {
	{"current_title", TEXTOID, 'A'},   {"headline", TEXTOID, 'B'}, {"skills", TEXTARRAYOID, 'B'},
	{"industries", TEXTARRAYOID, 'C'}, {"profile", JSONBOID, 'D'},
};

/* What a statement's first call looks up for the others. */
typedef struct DocumentLayout
{
	Oid config;
	int target;
	int columns[SOURCE_COUNT];
} DocumentLayout;

static int
RequireColumn(Relation relation, const char *name, Oid type)
{
	int column = SPI_fnumber(RelationGetDescr(relation), name);

	if (column <= 0)
		ereport(ERROR, (errcode(ERRCODE_UNDEFINED_COLUMN),
						errmsg("relation \"%s\" has no column \"%s\" for hh.search_document()",
							   RelationGetRelationName(relation), name)));
	if (SPI_gettypeid(RelationGetDescr(relation), column) != type)
		ereport(ERROR, (errcode(ERRCODE_DATATYPE_MISMATCH),
						errmsg("column \"%s\" of relation \"%s\" must be of type %s", name,
							   RelationGetRelationName(relation), format_type_be(type))));
	return column;
}

/* A name without a schema is one of pg_catalog's, whatever the search path. */
static Oid
ConfigurationOid(const char *name)
{
#if PG_VERSION_NUM >= 160000
	List *names = stringToQualifiedNameList(name, NULL);
#else
	List *names = stringToQualifiedNameList(name);
#endif

	if (list_length(names) == 1)
		names = lcons(makeString("pg_catalog"), names);
	return get_ts_config_oid(names, false);
}

static DocumentLayout *
LookUpLayout(FunctionCallInfo fcinfo, const TriggerData *trigger)
{
	DocumentLayout *layout = fcinfo->flinfo->fn_extra;

	if (layout != NULL)
		return layout;
	if (trigger->tg_trigger->tgnargs != 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("hh.search_document() takes one argument, a text search configuration")));
	layout = MemoryContextAlloc(fcinfo->flinfo->fn_mcxt, sizeof(*layout));
	layout->config = ConfigurationOid(trigger->tg_trigger->tgargs[0]);
	layout->target = RequireColumn(trigger->tg_relation, "search_document", TSVECTOROID);
	for (int i = 0; i < SOURCE_COUNT; i++)
		layout->columns[i] =
			RequireColumn(trigger->tg_relation, sources[i].column, sources[i].type);
	fcinfo->flinfo->fn_extra = layout;
	return layout;
}

/* Appends a text on a line of its own, as much of it as the budget leaves. */
static void
AppendWithin(StringInfo text, const char *data, int length, int *budget)
{
	if (length > *budget)
		length = pg_mbcliplen(data, length, *budget);
	if (length <= 0)
		return;
	appendBinaryStringInfo(text, data, length);
	appendStringInfoChar(text, '\n');
	*budget -= length;
}

static void
AppendArray(StringInfo text, ArrayType *array, int *budget)
{
	Datum *elements;
	bool *nulls;
	int count;

	deconstruct_array(array, TEXTOID, -1, false, TYPALIGN_INT, &elements, &nulls, &count);
	for (int i = 0; i < count && (*budget) > 0; i++)
	{
		const struct varlena *element;

		if (nulls[i])
			continue;
		element = PG_DETOAST_DATUM_PACKED(elements[i]);
		AppendWithin(text, VARDATA_ANY(element), VARSIZE_ANY_EXHDR(element), budget);
	}
}

static void
AppendJsonStrings(StringInfo text, Jsonb *json, int *budget)
{
	JsonbIterator *iterator = JsonbIteratorInit(&json->root);
	JsonbValue value;
	JsonbIteratorToken token;

	while (*budget > 0 && (token = JsonbIteratorNext(&iterator, &value, false)) != WJB_DONE)
	{
		if ((token == WJB_ELEM || token == WJB_VALUE) && value.type == jbvString)
			AppendWithin(text, value.val.string.val, value.val.string.len, budget);
	}
}

static void
AppendSource(StringInfo text, Oid type, Datum value, int *budget)
{
	if (type == TEXTOID)
	{
		const struct varlena *string = PG_DETOAST_DATUM_PACKED(value);

		AppendWithin(text, VARDATA_ANY(string), VARSIZE_ANY_EXHDR(string), budget);
	}
	else if (type == TEXTARRAYOID)
		AppendArray(text, DatumGetArrayTypeP(value), budget);
	else
		AppendJsonStrings(text, DatumGetJsonbP(value), budget);
}

static Datum
WeightedVector(Oid config, const StringInfoData *text, char weight)
{
	Datum string = PointerGetDatum(cstring_to_text_with_len(text->data, text->len));
	Datum vector = DirectFunctionCall2(to_tsvector_byid, ObjectIdGetDatum(config), string);

	return DirectFunctionCall2(tsvector_setweight, vector, CharGetDatum(weight));
}

static Datum
BuildDocument(const DocumentLayout *layout, HeapTuple tuple, TupleDesc desc)
{
	int budget = MAX_INDEXED_TEXT;
	Datum document = (Datum) 0;
	StringInfoData text;

	initStringInfo(&text);
	for (int i = 0; i < SOURCE_COUNT; i++)
	{
		bool isnull;
		Datum value = heap_getattr(tuple, layout->columns[i], desc, &isnull);

		if (!isnull)
			AppendSource(&text, sources[i].type, value, &budget);
		/* Sources of one weight make one vector. */
		if (i + 1 < SOURCE_COUNT && sources[i + 1].weight == sources[i].weight)
			continue;
		value = WeightedVector(layout->config, &text, sources[i].weight);
		document = document ? DirectFunctionCall2(tsvector_concat, document, value) : value;
		resetStringInfo(&text);
	}
	return document;
}

PG_FUNCTION_INFO_V1(hh_search_document);
Datum
hh_search_document(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;
	DocumentLayout *layout;
	HeapTuple tuple;
	Datum document;
	bool isnull = false;

	if (!CALLED_AS_TRIGGER(fcinfo) || !TRIGGER_FIRED_BEFORE(trigger->tg_event) ||
		!TRIGGER_FIRED_FOR_ROW(trigger->tg_event) || TRIGGER_FIRED_BY_DELETE(trigger->tg_event))
		ereport(ERROR, (errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
						errmsg("hh.search_document() must be called as a BEFORE INSERT OR UPDATE "
							   "trigger for each row")));

	layout = LookUpLayout(fcinfo, trigger);
	tuple =
		TRIGGER_FIRED_BY_UPDATE(trigger->tg_event) ? trigger->tg_newtuple : trigger->tg_trigtuple;
	document = BuildDocument(layout, tuple, RelationGetDescr(trigger->tg_relation));
	tuple = heap_modify_tuple_by_cols(tuple, RelationGetDescr(trigger->tg_relation), 1,
									  &layout->target, &document, &isnull);
	return PointerGetDatum(tuple);
}
