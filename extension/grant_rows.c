/*
 * grant_rows.c
 *		What the privileges on one object mean to every role: rows without the object.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "common/hashfn.h"
#include "funcapi.h"
#include "port/pg_bitutils.h"
#include "utils/acl.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "compat.h"
#include "grant_rows.h"

/* Enough for what objects have in common; the cache starts anew beyond it. */
#define CACHE_LIMIT	  (4 * 1024 * 1024)
#define CACHE_BUCKETS 1024

#define RESULT_COLUMNS 6

/* How a role comes by a privilege. */
typedef enum Via
{
	VIA_DIRECT,
	VIA_OWNER,
	VIA_MEMBER,
	VIA_PUBLIC,
	VIA_PREDEFINED,
	VIA_SUPERUSER,
	VIA_DEFAULT,
	VIA_SET_ROLE,
	VIA_ADMIN,
	VIA_COUNT
} Via;

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

/* Why a target holds privileges: the end of the path. */
typedef enum Source
{
	SOURCE_GRANT,
	SOURCE_BUILT_IN,
	SOURCE_OWNER,
	SOURCE_PREDEFINED,
	SOURCE_SUPERUSER,
	SOURCE_DEFAULT
} Source;

/* What one target holds on the object, from one grantor. */
typedef struct Holding
{
	int target;
	Source source;
	Oid grantor;
	uint32 privileges;
	uint32 grantable;
} Holding;

/* A row before it is one. */
typedef struct Draft
{
	int role;
	int length; /* of the way */
	Oid grantor;
	int privilege; /* the number of its bit */
	Via via;
	bool grantable;
	text *path;
} Draft;

typedef struct Drafts
{
	int count;
	Draft *items;
} Drafts;

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

typedef struct Holdings
{
	const RouteMap *map;
	int count;
	Holding *items;
} Holdings;

GrantRowCache *
MakeGrantRowCache(RouteMap *routes, TupleDesc columns)
{
	GrantRowCache *cache = palloc0(sizeof(GrantRowCache));

	cache->routes = routes;
	cache->columns = columns;
	for (int i = 0; i < PRIVILEGE_BITS; i++)
		if (PrivilegeName(i) != NULL)
			cache->privileges[i] = CStringGetTextDatum(PrivilegeName(i));
	for (int i = 0; i < VIA_COUNT; i++)
		cache->vias[i] = CStringGetTextDatum(via_names[i]);
	cache->context =
		AllocSetContextCreate(CurrentMemoryContext, "rows of grants", ALLOCSET_DEFAULT_SIZES);
	return cache;
}

static void
AddHolding(Holdings *holdings, Holding holding)
{
	/* A role that was dropped meanwhile, or one that nobody asked about reaches. */
	if (holding.target < 0 || holding.privileges == 0 ||
		holdings->map->first[holding.target] == holdings->map->first[holding.target + 1])
		return;
	holdings->items[holdings->count++] = holding;
}

static Holding
HoldingOfItem(const RoleGraph *graph, const AclItem *item, Oid owner)
{
	Holding holding = {
		.source = SOURCE_GRANT,
		.grantor = item->ai_grantor,
		.privileges = ACLITEM_GET_PRIVS(*item),
		.grantable = ACLITEM_GET_GOPTIONS(*item),
	};

	if (item->ai_grantee == ACL_ID_PUBLIC)
		holding.target = TARGET_PUBLIC(graph);
	else
		holding.target = FindRole(graph, item->ai_grantee);
	if (item->ai_grantee == owner)
	{
		/* An owner can always grant. */
		holding.source = SOURCE_OWNER;
		holding.grantable = holding.privileges;
	}
	return holding;
}

static void
AddGranted(Holdings *holdings, const AclObject *object, Acl *acl)
{
	const RoleGraph *graph = holdings->map->graph;
	uint32 allowed = object->kind->privileges;

	if (object->is_system)
		allowed &= ~(ACL_INSERT | ACL_UPDATE | ACL_DELETE | ACL_TRUNCATE | ACL_USAGE);
	for (int i = 0; i < ACL_NUM(acl); i++)
	{
		Holding holding = HoldingOfItem(graph, &ACL_DAT(acl)[i], object->owner);

		if (object->kind == &acl_object_kinds[ACL_DEFAULTS_KIND])
			holding.source = SOURCE_DEFAULT;
		else if (!object->has_acl && holding.source == SOURCE_GRANT)
			holding.source = SOURCE_BUILT_IN;
		holding.privileges &= allowed;
		AddHolding(holdings, holding);
	}
}

static void
AddPredefined(Holdings *holdings, const AclObject *object)
{
	const RoleGraph *graph = holdings->map->graph;

	for (int i = 0; i < MAX_PREDEFINED; i++)
	{
		const PredefinedPrivileges *predefined = &object->kind->predefined[i];
		Holding holding = {
			.target = OidIsValid(predefined->role) ? FindRole(graph, predefined->role) : -1,
			.source = SOURCE_PREDEFINED,
			.privileges = predefined->privileges,
		};

		if (object->is_system)
			holding.privileges &= ~(ACL_INSERT | ACL_UPDATE | ACL_DELETE);
		AddHolding(holdings, holding);
	}
}

/* What follows from being the owner or a superuser; a column has neither of its own. */
static void
AddImplied(Holdings *holdings, const AclObject *object)
{
	const RoleGraph *graph = holdings->map->graph;
	uint32 owner_privilege = object->kind->owner != 0 ? PRIVILEGE_OWNER : 0;
	Holding owner = {
		.target = FindRole(graph, object->owner),
		.source = SOURCE_OWNER,
		.privileges = owner_privilege,
		.grantable = owner_privilege,
	};
	Holding superuser = {
		.target = TARGET_SUPERUSER(graph),
		.source = SOURCE_SUPERUSER,
		.privileges = object->kind->privileges | owner_privilege,
		.grantable = object->kind->privileges | owner_privilege,
	};

	if (object->kind->no_implied)
		return;
	AddHolding(holdings, owner);
	AddHolding(holdings, superuser);
}

static Via
ViaOf(const Route *route, Source source)
{
	if (source == SOURCE_DEFAULT)
		return VIA_DEFAULT;
	if (route->way == WAY_SET_ROLE)
		return VIA_SET_ROLE;
	if (route->way == WAY_ADMIN)
		return VIA_ADMIN;
	if (source == SOURCE_SUPERUSER)
		return VIA_SUPERUSER;
	if (source == SOURCE_PREDEFINED)
		return VIA_PREDEFINED;
	if (route->step == STEP_PUBLIC)
		return VIA_PUBLIC;
	if (route->length > 0)
		return VIA_MEMBER;
	return source == SOURCE_OWNER ? VIA_OWNER : VIA_DIRECT;
}

static const char *
SourceText(const RoleGraph *graph, const Holding *holding)
{
	int grantor;

	switch (holding->source)
	{
		case SOURCE_OWNER:
			return "owner";
		case SOURCE_BUILT_IN:
			return "built-in default";
		case SOURCE_PREDEFINED:
			return "predefined role";
		case SOURCE_SUPERUSER:
			return "superuser";
		case SOURCE_DEFAULT:
			grantor = FindRole(graph, holding->grantor);
			return grantor < 0 ? "default" : graph->roles[grantor].default_of;
		case SOURCE_GRANT:
			break;
	}
	grantor = FindRole(graph, holding->grantor);
	return grantor < 0 ? "granted" : graph->roles[grantor].granted_by;
}

/* "ROUTE : SOURCE", with the short header that tuples store. */
static text *
PathText(RouteMap *map, Route *route, const char *source)
{
	static const char separator[] = " : ";
	const char *steps = RouteText(map, route);
	Size source_length = strlen(source);
	Size length = route->text_length + sizeof(separator) - 1 + source_length;
	text *path = palloc(VARHDRSZ + length);
	char *end;

	if (length + VARHDRSZ_SHORT <= VARATT_SHORT_MAX)
		SET_VARSIZE_SHORT(path, length + VARHDRSZ_SHORT);
	else
		SET_VARSIZE(path, length + VARHDRSZ);
	end = VARDATA_ANY(path);
	memcpy(end, steps, route->text_length);
	memcpy(end += route->text_length, separator, sizeof(separator) - 1);
	memcpy(end + sizeof(separator) - 1, source, source_length);
	return path;
}

static void
AddDrafts(Drafts *drafts, RouteMap *map, const Holding *holding)
{
	const char *source = SourceText(map->graph, holding);

	for (int i = map->first[holding->target]; i < map->first[holding->target + 1]; i++)
	{
		Route *route = map->routes[i];
		Draft draft = {
			.role = route->subject,
			.length = route->length,
			.grantor = holding->grantor,
			.via = ViaOf(route, holding->source),
			.path = PathText(map, route, source),
		};

		for (uint32 left = holding->privileges; left != 0; left &= left - 1)
		{
			draft.privilege = pg_rightmost_one_pos32(left);
			draft.grantable = (holding->grantable & (1u << draft.privilege)) != 0;
			drafts->items[drafts->count++] = draft;
		}
	}
}

static int
CompareDrafts(const void *a, const void *b)
{
	const Draft *left = a;
	const Draft *right = b;

	if (left->role != right->role)
		return left->role < right->role ? -1 : 1;
	if (left->privilege != right->privilege)
		return left->privilege < right->privilege ? -1 : 1;
	if (left->length != right->length)
		return left->length < right->length ? -1 : 1;
	if (left->via != right->via)
		return left->via < right->via ? -1 : 1;
	return strcmp(VARDATA_ANY(left->path), VARDATA_ANY(right->path));
}

static Drafts
DraftRows(RouteMap *map, const Holdings *holdings)
{
	Drafts drafts = {0};
	Size count = 0;

	for (int i = 0; i < holdings->count; i++)
	{
		const Holding *holding = &holdings->items[i];

		count += (Size) pg_popcount32(holding->privileges) *
				 (map->first[holding->target + 1] - map->first[holding->target]);
	}
	drafts.items = palloc_extended(count * sizeof(Draft), MCXT_ALLOC_HUGE);
	for (int i = 0; i < holdings->count; i++)
		AddDrafts(&drafts, map, &holdings->items[i]);
	qsort(drafts.items, drafts.count, sizeof(Draft), CompareDrafts);
	return drafts;
}

static Drafts
DraftsOfObject(RouteMap *map, const AclObject *object)
{
	Acl *acl = object->has_acl ? DatumGetAclP(object->acl)
							   : acldefault(object->kind->defaults, object->owner);
	Holdings holdings = {.map = map};

	holdings.items = palloc((ACL_NUM(acl) + MAX_PREDEFINED + 2) * sizeof(Holding));
	AddGranted(&holdings, object, acl);
	AddPredefined(&holdings, object);
	AddImplied(&holdings, object);
	return DraftRows(map, &holdings);
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

/* The privileges are compared as they are stored: equal bytes of one catalog are equal privileges. */
static CacheKey
KeyOf(const AclObject *object)
{
	CacheKey key = {.kind = object->kind, .owner = object->owner, .is_system = object->is_system};

	if (object->has_acl)
	{
		key.acl = DatumGetPointer(object->acl);
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
