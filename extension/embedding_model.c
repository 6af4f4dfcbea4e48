/*
 * embedding_model.c
 *		The registry of embedding models, hh.embedding_model, cached in the backend.
 *
 * The cache holds the whole registry, a handful of rows, sorted by name. A trigger on the registry
 * invalidates it in every backend by a relcache message. That alone would leave gaps:
 *
 * - A prepared statement in an open transaction has its locks already, so that nothing makes the
 *   backend read its messages. RefreshEmbeddingModels() does.
 * - A transaction under REPEATABLE READ would fill the cache with what was, and leave it to the
 *   transactions after it. The registry is read with the latest snapshot instead.
 * - The trigger is ENABLE ALWAYS, for a subscriber or a restore in replica mode fires no other.
 *   It fires on TRUNCATE too.
 *
 * Our own uncommitted changes are seen, and forgotten if they are rolled back: PostgreSQL replays
 * a transaction's own messages when it, or its subtransaction, aborts.
 */
#include "postgres.h"

#include "access/table.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "executor/tuptable.h"
#include "utils/builtins.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

#include "compat.h"
#include "embedding_model.h"

/* Changes that arrive while the registry is read make us read again, but not for ever. */
#define MAX_LOADS 3

typedef struct Model
{
	const char *name;
	Size length;
	int dims;
} Model;

typedef struct Registry
{
	MemoryContext context; /* holds models and names; a child of CacheMemoryContext */
	Model *models;		   /* sorted by name */
	int count;
	int capacity;
} Registry;

static Registry registry = {0};
static Oid registry_oid = InvalidOid;
static bool registry_loaded = false;
static uint64 registry_changes = 0; /* how many messages have come */

/* The model found last: rows in sequence are nearly always of one. Points into registry. */
static const Model *last_model = NULL;

static void
ForgetRegistry(Datum arg pg_attribute_unused(), Oid relid)
{
	if (relid != registry_oid && OidIsValid(relid))
		return;
	registry_loaded = false;
	last_model = NULL;
	registry_changes++;
}

static int
CompareNames(const char *a, Size a_length, const char *b, Size b_length)
{
	int order = memcmp(a, b, Min(a_length, b_length));

	if (order != 0)
		return order;
	return a_length < b_length ? -1 : a_length > b_length;
}

static int
CompareModels(const void *a, const void *b)
{
	const Model *left = a;
	const Model *right = b;

	return CompareNames(left->name, left->length, right->name, right->length);
}

/* A table of this name that is not the registry must not be read as if it were. */
static AttrNumber
RegistryColumn(Relation relation, const char *name, Oid type)
{
	AttrNumber attnum = get_attnum(RelationGetRelid(relation), name);

	if (attnum <= 0 || get_atttype(RelationGetRelid(relation), attnum) != type)
		ereport(ERROR, errcode(ERRCODE_DATATYPE_MISMATCH),
				errmsg("table hh.embedding_model is not the registry of embedding models"),
				errdetail("It has no column \"%s\" of type %s.", name, format_type_be(type)));
	return attnum;
}

/* Copies one row of the registry into the context that is being filled. */
static void
AddModel(Registry *loading, Datum name, int dims)
{
	MemoryContext previous = MemoryContextSwitchTo(loading->context);
	text *copy = DatumGetTextPCopy(name);
	Model *model;

	if (loading->count == loading->capacity)
	{
		loading->capacity *= 2;
		loading->models = repalloc(loading->models, loading->capacity * sizeof(Model));
	}
	model = &loading->models[loading->count++];
	model->name = VARDATA(copy);
	model->length = VARSIZE(copy) - VARHDRSZ;
	model->dims = dims;
	MemoryContextSwitchTo(previous);
}

static void
ScanRegistry(Relation relation, Registry *loading)
{
	AttrNumber name_column = RegistryColumn(relation, "model_version", TEXTOID);
	AttrNumber dims_column = RegistryColumn(relation, "dims", INT4OID);
	Snapshot snapshot = RegisterSnapshot(GetLatestSnapshot());
	TupleTableSlot *slot = table_slot_create(relation, NULL);
	TableScanDesc scan = table_beginscan(relation, snapshot, 0, NULL);

	while (table_scan_getnextslot(scan, ForwardScanDirection, slot))
	{
		bool name_missing;
		bool dims_missing;
		Datum name = slot_getattr(slot, name_column, &name_missing);
		Datum dims = slot_getattr(slot, dims_column, &dims_missing);

		if (!name_missing && !dims_missing)
			AddModel(loading, name, DatumGetInt32(dims));
	}
	table_endscan(scan);
	ExecDropSingleTupleTableSlot(slot);
	UnregisterSnapshot(snapshot);
}

/*
 * Fills a registry of its own, in a context that an error would take away with the statement's;
 * the caller's replaces the old one only when it is whole.
 */
static Registry
ReadRegistry(Oid relid)
{
	Registry loading = {.capacity = 16};
	Relation relation = try_table_open(relid, AccessShareLock);

	loading.context =
		AllocSetContextCreate(CurrentMemoryContext, "embedding models", ALLOCSET_SMALL_SIZES);
	loading.models = MemoryContextAlloc(loading.context, loading.capacity * sizeof(Model));
	if (relation == NULL)
		return loading;

	if (relation->rd_rel->relkind != RELKIND_RELATION)
		ereport(ERROR, errcode(ERRCODE_WRONG_OBJECT_TYPE),
				errmsg("hh.embedding_model is not an ordinary table"));
	ScanRegistry(relation, &loading);
	table_close(relation, AccessShareLock);
	qsort(loading.models, loading.count, sizeof(Model), CompareModels);
	return loading;
}

static void
LoadRegistry(void)
{
	for (int loads = 0; loads < MAX_LOADS && !registry_loaded; loads++)
	{
		uint64 changes = registry_changes;
		MemoryContext replaced = registry.context;
		Registry loading = ReadRegistry(registry_oid);

		MemoryContextSetParent(loading.context, CacheMemoryContext);
		registry = loading;
		last_model = NULL;
		if (replaced != NULL)
			MemoryContextDelete(replaced);

		/* A message that came in the meantime may tell of what the scan did not see. */
		registry_loaded = changes == registry_changes;
	}
}

/*
 * The name is resolved in the catalogs, in schema hh, whatever search_path says, and anew each
 * time: the table may have been dropped and made again. Without it no model is registered.
 * What has changed is read at once, for a look-up within a parallel plan could not.
 */
void
RefreshEmbeddingModels(void)
{
	static bool callback_registered = false;
	Oid schema;
	Oid relid;

	if (!callback_registered)
	{
		CacheRegisterRelcacheCallback(ForgetRegistry, (Datum) 0);
		callback_registered = true;
	}
	AcceptInvalidationMessages();

	schema = get_namespace_oid("hh", true);
	relid = OidIsValid(schema) ? get_relname_relid("embedding_model", schema) : InvalidOid;
	if (relid != registry_oid)
	{
		registry_oid = relid;
		ForgetRegistry((Datum) 0, InvalidOid);
	}
	if (OidIsValid(registry_oid) && !registry_loaded)
		LoadRegistry();
}

int
EmbeddingModelDims(const char *name, Size length)
{
	Model key = {.name = name, .length = length};
	const Model *model;

	if (last_model != NULL && last_model->length == length &&
		memcmp(last_model->name, name, length) == 0)
		return last_model->dims;

	if (!OidIsValid(registry_oid))
		return 0;
	/* PostgreSQL takes no snapshot in parallel mode: a change in mid-statement waits for the next. */
	if (!registry_loaded && !IsInParallelMode())
		LoadRegistry();
	model = bsearch(&key, registry.models, registry.count, sizeof(Model), CompareModels);

	/* What kept changing while it was read does for this row; the next one reads anew. */
	last_model = registry_loaded ? model : NULL;
	return model == NULL ? 0 : model->dims;
}

/*
 * hh.embedding_model_changed(): the registry's trigger that invalidates the cache everywhere, for
 * each statement or for each row. A subscriber applying changes fires none but row triggers.
 */
PG_FUNCTION_INFO_V1(hh_embedding_model_changed);
Datum
hh_embedding_model_changed(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;

	if (!CALLED_AS_TRIGGER(fcinfo) || !TRIGGER_FIRED_AFTER(trigger->tg_event))
		ereport(ERROR, errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				errmsg("function \"%s\" must be fired after a change by a trigger",
					   "embedding_model_changed"));

	CacheInvalidateRelcacheByRelid(RelationGetRelid(trigger->tg_relation));
	PG_RETURN_POINTER(NULL);
}
