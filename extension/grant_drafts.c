/*
 * grant_drafts.c
 *		What the privileges on one object mean to every role, worked out.
 *
 * First come the holdings: what each grantee, the owner, the predefined roles and superusers hold. Then
 * every way from a role to one of them is a row for each privilege.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "port/pg_bitutils.h"
#include "utils/acl.h"
#include "utils/array.h"

#include "compat.h"
#include "grant_drafts.h"

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

typedef struct Holdings
{
	const RouteMap *map;
	int count;
	Holding *items;
} Holdings;

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
AddGranted(Holdings *holdings, const AclObject *object, Acl *acl, int item_count)
{
	const RoleGraph *graph = holdings->map->graph;
	uint32 allowed = object->kind->privileges;

	if (object->is_system)
		allowed &= ~(ACL_INSERT | ACL_UPDATE | ACL_DELETE | ACL_TRUNCATE | ACL_USAGE);
	for (int i = 0; i < item_count; i++)
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

/* As the server itself checks it: whoever calls us may have made it. */
static int
ItemCount(Acl *acl)
{
	if (ARR_NDIM(acl) == 0)
		return 0;
	if (ARR_NDIM(acl) != 1 || ARR_HASNULL(acl) || ARR_ELEMTYPE(acl) != ACLITEMOID)
		ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				errmsg("privileges must be an array of one dimension without nulls"));
	return ACL_NUM(acl);
}

static Acl *
AclOfObject(const AclObject *object)
{
	if (object->has_acl)
		return DatumGetAclP(object->acl);
	if (object->kind == &acl_object_kinds[ACL_DEFAULTS_KIND])
		return construct_empty_array(ACLITEMOID);
	return acldefault(object->kind->defaults, object->owner);
}

Drafts
DraftsOfObject(RouteMap *map, const AclObject *object)
{
	Acl *acl = AclOfObject(object);
	int item_count = ItemCount(acl);
	Holdings holdings = {.map = map};

	holdings.items = palloc((item_count + MAX_PREDEFINED + 2) * sizeof(Holding));
	AddGranted(&holdings, object, acl, item_count);
	AddPredefined(&holdings, object);
	AddImplied(&holdings, object);
	return DraftRows(map, &holdings);
}
