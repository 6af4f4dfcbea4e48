/*
 * role_graph.c
 *		The roles of the cluster and their memberships, read once.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/pg_auth_members.h"
#include "catalog/pg_authid.h"
#include "catalog/pg_database.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/syscache.h"

#include "compat.h"
#include "role_graph.h"

/* qsort_arg() and bsearch_arg() hand it over. */
static int
CompareOids(const void *a, const void *b, void *roles)
{
	Oid left = ((const Role *) roles)[*(const int *) a].oid;
	Oid right = ((const Role *) roles)[*(const int *) b].oid;

	return left < right ? -1 : left > right;
}

/* The role's number, or -1. */
int
FindRole(const RoleGraph *graph, Oid oid)
{
	int low = 0;
	int high = graph->count;

	while (low < high)
	{
		int middle = low + (high - low) / 2;

		if (graph->roles[graph->by_oid[middle]].oid < oid)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < graph->count && graph->roles[graph->by_oid[low]].oid == oid)
		return graph->by_oid[low];
	return -1;
}

/* The same of a role that somebody asks about. */
int
RequireRole(const RoleGraph *graph, Oid oid)
{
	int number = FindRole(graph, oid);

	if (number < 0)
		ereport(ERROR, errcode(ERRCODE_UNDEFINED_OBJECT),
				errmsg("role with OID %u does not exist", oid));
	return number;
}

static int
CompareNames(const void *a, const void *b)
{
	return strcmp(((const Role *) a)->name, ((const Role *) b)->name);
}

static void
FillRole(Role *role, const FormData_pg_authid *form)
{
	role->oid = form->oid;
	role->name = pstrdup(NameStr(form->rolname));
	role->quoted = pstrdup(quote_identifier(role->name));
	role->granted_by = psprintf("granted by %s", role->quoted);
	role->default_of = psprintf("default of %s", role->quoted);
	role->superuser = form->rolsuper;
	role->inherit = form->rolinherit;
	role->create_role = form->rolcreaterole;
	role->bypass_rls = form->rolbypassrls;
	role->replication = form->rolreplication;
	role->can_login = form->rolcanlogin;
}

static void
LoadRoles(RoleGraph *graph)
{
	Relation catalog = table_open(AuthIdRelationId, AccessShareLock);
	SysScanDesc scan = systable_beginscan(catalog, InvalidOid, false, NULL, 0, NULL);
	int room = 64;
	HeapTuple tuple;

	graph->roles = palloc(room * sizeof(Role));
	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		CHECK_FOR_INTERRUPTS();
		if (graph->count == room)
			graph->roles = repalloc_huge(graph->roles, (Size) (room *= 2) * sizeof(Role));
		FillRole(&graph->roles[graph->count++], (Form_pg_authid) GETSTRUCT(tuple));
	}
	systable_endscan(scan);
	table_close(catalog, AccessShareLock);

	qsort(graph->roles, graph->count, sizeof(Role), CompareNames);
	graph->by_oid = palloc(graph->count * sizeof(int));
	for (int i = 0; i < graph->count; i++)
		graph->by_oid[i] = i;
	qsort_arg(graph->by_oid, graph->count, sizeof(int), CompareOids, graph->roles);
}

static void
AddMembership(RoleGraph *graph, int *room, Membership membership)
{
	if (membership.member < 0 || membership.role < 0)
		return;
	if (graph->member_count == *room)
		graph->members = repalloc_huge(graph->members, (Size) (*room *= 2) * sizeof(Membership));
	graph->members[graph->member_count++] = membership;
}

/* The database's owner is a member of pg_database_owner, which pg_auth_members doesn't say. */
static Membership
DatabaseOwnership(const RoleGraph *graph)
{
	Membership membership = {.member = -1, .set = true};
	HeapTuple tuple = SearchSysCache1(DATABASEOID, ObjectIdGetDatum(MyDatabaseId));

	if (HeapTupleIsValid(tuple))
	{
		membership.member = FindRole(graph, ((Form_pg_database) GETSTRUCT(tuple))->datdba);
		ReleaseSysCache(tuple);
	}
	membership.role = FindRole(graph, ROLE_PG_DATABASE_OWNER);
	if (membership.member >= 0)
		membership.inherit = DatabaseOwnerInherits(graph->roles[membership.member].inherit);
	return membership;
}

static int
CompareMemberships(const void *a, const void *b)
{
	const Membership *left = a;
	const Membership *right = b;

	if (left->member != right->member)
		return left->member < right->member ? -1 : 1;
	if (left->role != right->role)
		return left->role < right->role ? -1 : 1;
	return left->grantor < right->grantor ? -1 : left->grantor > right->grantor;
}

/* One membership of what several grantors gave. */
static void
MergeMemberships(RoleGraph *graph)
{
	Membership *last = NULL;
	int kept = 0;

	qsort(graph->members, graph->member_count, sizeof(Membership), CompareMemberships);
	for (int i = 0; i < graph->member_count; i++)
	{
		Membership *this = &graph->members[i];

		if (last != NULL && last->member == this->member && last->role == this->role)
		{
			last->inherit |= this->inherit;
			last->set |= this->set;
			last->admin |= this->admin;
			continue;
		}
		last = &graph->members[kept++];
		*last = *this;
	}
	graph->member_count = kept;
}

static void
IndexMemberships(RoleGraph *graph)
{
	int next = 0;

	graph->first_membership = palloc((graph->count + 1) * sizeof(int));
	for (int i = 0; i <= graph->count; i++)
	{
		while (next < graph->member_count && graph->members[next].member < i)
			next++;
		graph->first_membership[i] = next;
	}
}

static void
LoadMemberships(RoleGraph *graph)
{
	Relation catalog = table_open(AuthMemRelationId, AccessShareLock);
	SysScanDesc scan = systable_beginscan(catalog, InvalidOid, false, NULL, 0, NULL);
	int room = 64;
	HeapTuple tuple;

	graph->members = palloc(room * sizeof(Membership));
	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		Form_pg_auth_members form = (Form_pg_auth_members) GETSTRUCT(tuple);
		Membership membership = {
			.member = FindRole(graph, form->member),
			.role = FindRole(graph, form->roleid),
			.grantor = form->grantor,
			.set = MembershipAllowsSet(form),
			.admin = form->admin_option,
		};

		CHECK_FOR_INTERRUPTS();
		if (membership.member >= 0)
			membership.inherit = MembershipInherits(form, graph->roles[membership.member].inherit);
		AddMembership(graph, &room, membership);
	}
	systable_endscan(scan);
	table_close(catalog, AccessShareLock);

	AddMembership(graph, &room, DatabaseOwnership(graph));
	MergeMemberships(graph);
	IndexMemberships(graph);
}

RoleGraph *
LoadRoleGraph(void)
{
	RoleGraph *graph = palloc0(sizeof(RoleGraph));

	LoadRoles(graph);
	LoadMemberships(graph);
	return graph;
}
