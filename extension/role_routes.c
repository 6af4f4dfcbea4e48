/*
 * role_routes.c
 *		The ways from one role to what another one holds.
 *
 * A session has one login role and may become, by SET ROLE, whatever that role reaches through
 * memberships that all allow it; it holds what the role it has become inherits. So it is not enough
 * to know that a role is reached: from one that is only inherited from, no further SET ROLE leads
 * on. A membership WITH ADMIN OPTION, even an inherited one, lets it grant itself the role whole.
 *
 * The search goes breadth first through the pairs of a role and how it is reached, so that the first
 * way found is a shortest one, and so that a lattice of memberships, in which the number of ways
 * grows exponentially, costs no more than its edges.
 */
#include "postgres.h"

#include "catalog/pg_authid.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"

#include "compat.h"
#include "role_graph.h"

#define STATES_PER_ROLE (2 * WAY_COUNT)

typedef struct Search
{
	RoleGraph *graph;
	int subject;
	int *seen;	   /* of each state, the subject that came by last */
	int *kept;	   /* the same of each target and way */
	Route **queue; /* as long as there are states */
	int queue_end;
	RouteMap *map;
	int room; /* of map->routes */
} Search;

static Route *
MakeRoute(int subject, int target, Way way, Step step, const Route *previous)
{
	Route *route = palloc0(sizeof(Route));

	route->subject = subject;
	route->target = target;
	route->role = target;
	route->way = way;
	route->step = step;
	route->length = previous ? previous->length + 1 : 0;
	route->previous = previous;
	return route;
}

static void
Keep(Search *search, Route *route)
{
	RouteMap *map = search->map;
	int *kept = &search->kept[route->target * WAY_COUNT + route->way];

	if (*kept == search->subject)
		return;
	*kept = search->subject;
	if (map->count == search->room)
		map->routes = repalloc_huge(map->routes, (Size) (search->room *= 2) * sizeof(Route *));
	map->routes[map->count++] = route;
}

/* Whoever can become a superuser is one: its attribute is not inherited. */
static void
KeepSuperuser(Search *search, const Route *route)
{
	RoleGraph *graph = search->graph;
	Route *last;

	if (!route->full || !graph->roles[route->target].superuser ||
		(route->previous != NULL && graph->roles[route->subject].superuser))
		return;
	if (route->previous == NULL)
		last = MakeRoute(route->subject, TARGET_SUPERUSER(graph), WAY_INHERIT, STEP_NONE, NULL);
	else
		last = MakeRoute(route->subject, TARGET_SUPERUSER(graph), Max(route->way, WAY_SET_ROLE),
						 STEP_SET_ROLE, route->previous);
	last->role = route->role;
	Keep(search, last);
}

/* A superuser needs no SET ROLE and no ADMIN; what is granted to it is worth knowing all the same. */
static bool
IsWorthVisiting(const Search *search, const Route *route)
{
	return route->way == WAY_INHERIT || !search->graph->roles[search->subject].superuser;
}

static void
Visit(Search *search, Route *route)
{
	int state = route->target * STATES_PER_ROLE + route->way * 2 + (route->full ? 1 : 0);

	if (search->seen[state] == search->subject || !IsWorthVisiting(search, route))
	{
		pfree(route);
		return;
	}
	search->seen[state] = search->subject;
	search->queue[search->queue_end++] = route;
	if (!route->superseded)
		Keep(search, route);
	KeepSuperuser(search, route);
}

/* Nobody but a superuser grants a superuser's role, and nobody pg_database_owner. */
static bool
IsGrantable(const Role *role)
{
	return !role->superuser && role->oid != ROLE_PG_DATABASE_OWNER;
}

static void
Follow(Search *search, const Route *route, const Membership *membership)
{
	const Role *role = &search->graph->roles[membership->role];
	bool can_set = route->full && membership->set;
	Route *next;

	if (membership->inherit || can_set)
	{
		Step step = !membership->inherit			  ? STEP_SET_ROLE
					: OidIsValid(membership->grantor) ? STEP_INHERIT
													  : STEP_DATABASE_OWNER;
		Way way = membership->inherit ? route->way : Max(route->way, WAY_SET_ROLE);

		next = MakeRoute(route->subject, membership->role, way, step, route);
		next->full = can_set;
		Visit(search, next);
	}
	if (membership->admin && !can_set && IsGrantable(role))
	{
		next = MakeRoute(route->subject, membership->role, WAY_ADMIN, STEP_ADMIN, route);
		next->full = true;
		next->superseded = membership->inherit;
		Visit(search, next);
	}
}

static void
SearchFrom(Search *search, int subject)
{
	RoleGraph *graph = search->graph;
	int next = 0;
	Route *start = MakeRoute(subject, subject, WAY_INHERIT, STEP_NONE, NULL);

	CHECK_FOR_INTERRUPTS();
	search->subject = subject;
	search->queue_end = 0;
	start->full = true;
	Visit(search, start);
	Keep(search, MakeRoute(subject, TARGET_PUBLIC(graph), WAY_INHERIT, STEP_PUBLIC, start));

	while (next < search->queue_end)
	{
		Route *route = search->queue[next++];

		for (int i = graph->first_membership[route->target];
			 i < graph->first_membership[route->target + 1]; i++)
			Follow(search, route, &graph->members[i]);
	}
}

static int
CompareRoutes(const void *a, const void *b)
{
	const Route *left = *(Route *const *) a;
	const Route *right = *(Route *const *) b;

	if (left->target != right->target)
		return left->target < right->target ? -1 : 1;
	if (left->subject != right->subject)
		return left->subject < right->subject ? -1 : 1;
	return left->way < right->way ? -1 : left->way > right->way;
}

static void
IndexRoutes(RouteMap *map)
{
	int next = 0;

	qsort(map->routes, map->count, sizeof(Route *), CompareRoutes);
	map->first = palloc((TARGET_COUNT(map->graph) + 1) * sizeof(int));
	for (int i = 0; i <= TARGET_COUNT(map->graph); i++)
	{
		while (next < map->count && map->routes[next]->target < i)
			next++;
		map->first[i] = next;
	}
}

static int *
MakeMarks(int count)
{
	int *marks = palloc_extended((Size) count * sizeof(int), MCXT_ALLOC_HUGE);

	for (int i = 0; i < count; i++)
		marks[i] = -1;
	return marks;
}

/* The ways from one role, or from each where the subject is -1. */
RouteMap *
FindRoutes(RoleGraph *graph, int subject)
{
	RouteMap *map = palloc0(sizeof(RouteMap));
	Search search = {.graph = graph, .map = map, .room = 256};

	map->graph = graph;
	map->context = CurrentMemoryContext;
	map->routes = palloc(search.room * sizeof(Route *));
	search.seen = MakeMarks(graph->count * STATES_PER_ROLE);
	search.kept = MakeMarks(TARGET_COUNT(graph) * WAY_COUNT);
	search.queue =
		palloc_extended((Size) graph->count * STATES_PER_ROLE * sizeof(Route *), MCXT_ALLOC_HUGE);
	if (subject >= 0)
		SearchFrom(&search, subject);
	else
		for (int i = 0; i < graph->count; i++)
			SearchFrom(&search, i);
	IndexRoutes(map);
	pfree(search.seen);
	pfree(search.kept);
	pfree(search.queue);
	return map;
}

static const char *const step_names[] = {
	[STEP_INHERIT] = "inherit",
	[STEP_DATABASE_OWNER] = "database owner",
	[STEP_SET_ROLE] = "set role",
	[STEP_ADMIN] = "admin option",
};

static void
AppendRoute(StringInfo text, const RoleGraph *graph, const Route *route)
{
	if (route->step == STEP_NONE)
	{
		appendStringInfoString(text, graph->roles[route->subject].quoted);
		return;
	}
	AppendRoute(text, graph, route->previous);
	appendStringInfoString(text, " -> ");
	if (route->target == TARGET_PUBLIC(graph))
		appendStringInfoString(text, "PUBLIC");
	else
		appendStringInfo(text, "%s (%s)", graph->roles[route->role].quoted,
						 step_names[route->step]);
}

/* "a -> b (inherit) -> c (set role)"; kept with the route, in the memory context of the map. */
const char *
RouteText(RouteMap *map, Route *route)
{
	if (route->text == NULL)
	{
		MemoryContext previous = MemoryContextSwitchTo(map->context);
		StringInfoData text;

		initStringInfo(&text);
		AppendRoute(&text, map->graph, route);
		route->text = text.data;
		route->text_length = text.len;
		MemoryContextSwitchTo(previous);
	}
	return route->text;
}
