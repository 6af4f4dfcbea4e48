/*
 * grant_rows.c
 *		What the privileges on one object mean to every role: rows without the object.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "common/hashfn.h"
#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "compat.h"
#include "grant_drafts.h"
#include "grant_rows.h"

/* Enough for what objects have in common; the cache starts anew beyond it. */
#define CACHE_LIMIT	  (4 * 1024 * 1024)
#define CACHE_BUCKETS 1024

#define RESULT_COLUMNS 6

static const char *const via_names[VIA_COUNT] = {
	[VIA_DIRECT] = "direct",
	[VIA_OWNER] = "owner",
	[VIA_MEMBER] = "member",
	[VIA_PUBLIC] = "public",
	[VIA_PREDEFINED] = "predefined role",
	[VIA_SUPERUSER] = "superuser",
	[VIA_DEFAULT] = "default",
	[VIA_SET_ROLE] = "set role",
	[VIA_ADMIN] = "admin option",
};

/* What the rows depend on. */
typedef struct CacheKey
{
	const AclObjectKind *kind;
	Oid owner;
	bool is_system;
	Size acl_size; /* 0: the kind's defaults */
	const void *acl;
} CacheKey;

typedef struct CacheEntry
{
	uint32 hash;
	CacheKey key;
	GrantRows rows;
	struct CacheEntry *next;
} CacheEntry;

struct GrantRowCache
{
	RouteMap *routes;
	TupleDesc columns;
	Datum privileges[PRIVILEGE_BITS]; /* their names, as texts */
	Datum vias[VIA_COUNT];
	MemoryContext context; /* of the entries */
	CacheEntry *last;
	CacheEntry *buckets[CACHE_BUCKETS];
};

GrantRowCache *
MakeGrantRowCache(RouteMap *routes, TupleDesc columns)
{
	GrantRowCache *cache = palloc0(sizeof(GrantRowCache));

	cache->routes = routes;
	cache->columns = columns;
	for (int i = 0; i < PRIVILEGE_BITS; i++)
		if (PrivilegeBitName(i) != NULL)
			cache->privileges[i] = CStringGetTextDatum(PrivilegeBitName(i));
	for (int i = 0; i < VIA_COUNT; i++)
		cache->vias[i] = CStringGetTextDatum(via_names[i]);
	cache->context =
		AllocSetContextCreate(CurrentMemoryContext, "rows of grants", ALLOCSET_DEFAULT_SIZES);
	return cache;
}

static Datum
RowOfDraft(const GrantRowCache *cache, const Draft *draft)
{
	Datum values[RESULT_COLUMNS];
	bool nulls[RESULT_COLUMNS] = {false};

	values[0] = ObjectIdGetDatum(cache->routes->graph->roles[draft->role].oid);
	values[1] = cache->privileges[draft->privilege];
	values[2] = cache->vias[draft->via];
	values[3] = PointerGetDatum(draft->path);
	values[4] = BoolGetDatum(draft->grantable);
	values[5] = ObjectIdGetDatum(draft->grantor);
	nulls[5] = !OidIsValid(draft->grantor);
	return HeapTupleGetDatum(heap_form_tuple(cache->columns, values, nulls));
}

/* What is needed on the way goes, and the rows stay in the current memory context. */
static GrantRows
MakeRows(const GrantRowCache *cache, const AclObject *object)
{
	MemoryContext kept = CurrentMemoryContext;
	MemoryContext passing = AllocSetContextCreate(kept, "drafts of rows", ALLOCSET_DEFAULT_SIZES);
	GrantRows rows;
	Drafts drafts;

	MemoryContextSwitchTo(passing);
	drafts = DraftsOfObject(cache->routes, object);
	rows.count = drafts.count;
	rows.rows = MemoryContextAllocHuge(kept, (Size) drafts.count * sizeof(Datum));
	for (int i = 0; i < drafts.count; i++)
	{
		Datum row = RowOfDraft(cache, &drafts.items[i]);
		Size size = VARSIZE(DatumGetPointer(row));

		rows.rows[i] =
			PointerGetDatum(memcpy(MemoryContextAlloc(kept, size), DatumGetPointer(row), size));
	}
	MemoryContextSwitchTo(kept);
	MemoryContextDelete(passing);
	return rows;
}

static bool
SameKey(const CacheKey *a, const CacheKey *b)
{
	return a->kind == b->kind && a->owner == b->owner && a->is_system == b->is_system &&
		   a->acl_size == b->acl_size && memcmp(a->acl, b->acl, a->acl_size) == 0;
}

/*
 * The privileges are compared as they are stored: equal bytes of one catalog are equal privileges.
 * What only points to them, as a variable's array does, is not what it points to.
 */
static CacheKey
KeyOf(const AclObject *object)
{
	CacheKey key = {.kind = object->kind, .owner = object->owner, .is_system = object->is_system};

	if (object->has_acl)
	{
		key.acl = DatumGetPointer(object->acl);
		if (VARATT_IS_EXTERNAL(key.acl))
			key.acl = PG_DETOAST_DATUM(object->acl);
		key.acl_size = VARSIZE_ANY(key.acl);
	}
	return key;
}

static uint32
HashKey(const CacheKey *key)
{
	uint32 hash = hash_bytes_uint32(key->owner ^ (uint32) (uintptr_t) key->kind);

	if (key->acl_size > 0)
		hash = hash_combine(hash, hash_bytes(key->acl, (int) key->acl_size));
	return hash;
}

static void
ForgetAll(GrantRowCache *cache)
{
	MemoryContextReset(cache->context);
	memset(cache->buckets, 0, sizeof(cache->buckets));
	cache->last = NULL;
}

static CacheEntry *
AddEntry(GrantRowCache *cache, const AclObject *object, CacheKey key, uint32 hash)
{
	MemoryContext previous;
	CacheEntry *entry;
	char *copy;

	if (MemoryContextMemAllocated(cache->context, true) > CACHE_LIMIT)
		ForgetAll(cache);
	previous = MemoryContextSwitchTo(cache->context);
	entry = palloc(sizeof(CacheEntry));
	copy = palloc(key.acl_size);
	memcpy(copy, key.acl, key.acl_size);
	key.acl = copy;
	entry->key = key;
	entry->hash = hash;
	entry->rows = MakeRows(cache, object);
	entry->next = cache->buckets[hash % CACHE_BUCKETS];
	cache->buckets[hash % CACHE_BUCKETS] = entry;
	MemoryContextSwitchTo(previous);
	return entry;
}

const GrantRows *
GrantRowsOf(GrantRowCache *cache, const AclObject *object)
{
	CacheKey key = KeyOf(object);
	CacheEntry *entry;
	uint32 hash;

	if (cache->last != NULL && SameKey(&cache->last->key, &key))
		return &cache->last->rows;
	hash = HashKey(&key);
	for (entry = cache->buckets[hash % CACHE_BUCKETS]; entry != NULL; entry = entry->next)
		if (entry->hash == hash && SameKey(&entry->key, &key))
			break;
	if (entry == NULL)
		entry = AddEntry(cache, object, key, hash);
	cache->last = entry;
	return &entry->rows;
}
