/*
 * role_graph.h
 *		The roles of the cluster and their memberships, read once, and the ways from one role to
 *		what another one holds.
 *
 * Everything is allocated in the memory context that is current at the call, and freed with it.
 */
#ifndef HH_ROLE_GRAPH_H
#define HH_ROLE_GRAPH_H

/* How a way leads from a role to another, the weakest of its steps. */
typedef enum Way
{
	WAY_INHERIT,  /* its privileges are held now */
	WAY_SET_ROLE, /* after SET ROLE */
	WAY_ADMIN	  /* after a GRANT to itself that its ADMIN option allows */
} Way;

#define WAY_COUNT 3

typedef struct Role
{
	Oid oid;
	const char *name;		/* as it is */
	const char *quoted;		/* as SQL writes it */
	const char *granted_by; /* the end of a path whose grant is this role's */
	const char *default_of; /* ... whose grant is a default of what this role makes */
	bool superuser;
	bool inherit;
	bool create_role;
	bool bypass_rls;
	bool replication;
	bool can_login;
} Role;

/* All grants of a role to a member, whoever made them: any of them may bring an option. */
typedef struct Membership
{
	int member;
	int role;
	Oid grantor; /* of one of them; invalid: the database's owner is in pg_database_owner */
	bool inherit;
	bool set;
	bool admin;
} Membership;

typedef struct RoleGraph
{
	int count;
	Role *roles; /* by name */
	int *by_oid; /* their numbers, by OID */
	int member_count;
	Membership *members;   /* by member, then role */
	int *first_membership; /* of each role; one more than there are roles */
} RoleGraph;

/* What a privilege may be held by, beside the roles by their numbers. */
#define TARGET_SUPERUSER(graph) ((graph)->count)
#define TARGET_PUBLIC(graph)	((graph)->count + 1)
#define TARGET_COUNT(graph)		((graph)->count + 2)

typedef enum Step
{
	STEP_NONE,
	STEP_INHERIT,
	STEP_DATABASE_OWNER,
	STEP_SET_ROLE,
	STEP_ADMIN,
	STEP_PUBLIC
} Step;

/* A way from a role, the subject, to a target. */
typedef struct Route
{
	int subject;
	int target;
	int role; /* the target, or the superuser that is one */
	Way way;
	Step step; /* the last one */
	int length;
	bool full;		 /* the subject can become the target, not only inherit from it */
	bool superseded; /* its target's privileges are held by a stronger way of the same steps */
	const struct Route *previous;
	const char *text; /* made by RouteText() */
	int text_length;
} Route;

/* The ways to each target: the shortest of each Way of each subject. */
typedef struct RouteMap
{
	RoleGraph *graph;
	MemoryContext context;
	Route **routes; /* by target, then subject, then strongest way first */
	int *first;		/* of each target; one more than there are targets */
	int count;
} RouteMap;

extern RoleGraph *LoadRoleGraph(void);
extern int FindRole(const RoleGraph *graph, Oid oid);
extern int RequireRole(const RoleGraph *graph, Oid oid);
extern RouteMap *FindRoutes(RoleGraph *graph, int subject);
extern const char *RouteText(RouteMap *map, Route *route);

#endif
