/*
 * effective_privileges.c
 *		hh.effective_privileges(): what each role may do to which object, and by which way.
 *
 * The rows go to a tuplestore, which spills to disk; what is kept in memory beside it grows with the
 * number of roles and memberships alone.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/pg_default_acl.h"
#include "catalog/pg_namespace.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/syscache.h"

#include "acl_object.h"
#include "compat.h"
#include "grant_rows.h"
#include "role_graph.h"

#define RESULT_COLUMNS 10

static const char *const privilege_names[PRIVILEGE_BITS] = {
	"INSERT",	"SELECT",		"UPDATE",	 "DELETE",
	"TRUNCATE", "REFERENCES",	"TRIGGER",	 "EXECUTE",
	"USAGE",	"CREATE",		"TEMPORARY", "CONNECT",
	"SET",		"ALTER SYSTEM", "MAINTAIN",	 [PRIVILEGE_OWNER_BIT] = "OWNER",
};

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

typedef struct PrivilegeReport
{
	ReturnSetInfo *result;
	RoleGraph *graph;
	RouteMap *routes;
	GrantRowCache *cache;
	Datum type; /* of the objects that are being reported */
	Datum privileges[PRIVILEGE_BITS];
	Datum vias[VIA_COUNT];
} PrivilegeReport;

static void
ReportRows(PrivilegeReport *report, const AclObject *object, const GrantRows *rows)
{
	Datum values[RESULT_COLUMNS];
	bool nulls[RESULT_COLUMNS] = {false};

	values[1] = report->type;
	values[2] = NameGetDatum(object->schema);
	nulls[2] = object->schema == NULL;
	values[3] = object->name;
	nulls[3] = object->name == 0;
	values[4] = NameGetDatum(object->column);
	nulls[4] = object->column == NULL;
	for (int i = 0; i < rows->count; i++)
	{
		const GrantRow *row = &rows->rows[i];

		CHECK_FOR_INTERRUPTS();
		values[0] = ObjectIdGetDatum(report->graph->roles[row->role].oid);
		values[5] = report->privileges[row->privilege];
		values[6] = report->vias[row->via];
		values[7] = row->path;
		values[8] = BoolGetDatum(row->grantable);
		values[9] = ObjectIdGetDatum(row->grantor);
		nulls[9] = !OidIsValid(row->grantor);
		tuplestore_putvalues(report->result->setResult, report->result->setDesc, values, nulls);
	}
}

static void
ReportObject(const AclObject *object, void *argument)
{
	PrivilegeReport *report = argument;

	ReportRows(report, object, GrantRowsOf(report->cache, object));
}

static void
ReportObjects(PrivilegeReport *report)
{
	for (int i = 0; i < acl_object_kind_count; i++)
	{
		report->type = CStringGetTextDatum(acl_object_kinds[i].type);
		VisitAclObjects(&acl_object_kinds[i], ReportObject, report);
	}
}

/* The objects that default privileges are for. */
static const char *
DefaultType(char type)
{
	switch (type)
	{
		case DEFACLOBJ_RELATION:
			return "table";
		case DEFACLOBJ_SEQUENCE:
			return "sequence";
		case DEFACLOBJ_FUNCTION:
			return "function";
		case DEFACLOBJ_TYPE:
			return "type";
		case DEFACLOBJ_NAMESPACE:
			return "schema";
		case HH_DEFACLOBJ_LARGEOBJECT:
			return "large object";
		default:
			elog(ERROR, "unexpected type of default privileges: %c", type);
	}
}

/* Objects that are still to be made have no name. */
static void
ReportDefault(PrivilegeReport *report, HeapTuple tuple, TupleDesc columns)
{
	Form_pg_default_acl form = (Form_pg_default_acl) GETSTRUCT(tuple);
	AclObject future = {0};
	HeapTuple schema = NULL;
	bool is_null;
	Datum acl = heap_getattr(tuple, Anum_pg_default_acl_defaclacl, columns, &is_null);
	GrantRows rows;

	if (is_null)
		return;
	if (OidIsValid(form->defaclnamespace))
	{
		schema = SearchSysCache1(NAMESPACEOID, ObjectIdGetDatum(form->defaclnamespace));
		if (!HeapTupleIsValid(schema))
			return;
		future.schema = &((Form_pg_namespace) GETSTRUCT(schema))->nspname;
	}
	report->type = CStringGetTextDatum(DefaultType(form->defaclobjtype));
	rows = DefaultGrantRows(report->routes, form->defaclrole, DatumGetAclP(acl));
	ReportRows(report, &future, &rows);
	if (HeapTupleIsValid(schema))
		ReleaseSysCache(schema);
}

static void
ReportDefaults(PrivilegeReport *report)
{
	Relation catalog = table_open(DefaultAclRelationId, AccessShareLock);
	SysScanDesc scan = systable_beginscan(catalog, InvalidOid, false, NULL, 0, NULL);
	MemoryContext row =
		AllocSetContextCreate(CurrentMemoryContext, "default privileges", ALLOCSET_DEFAULT_SIZES);
	MemoryContext previous = MemoryContextSwitchTo(row);
	HeapTuple tuple;

	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		CHECK_FOR_INTERRUPTS();
		ReportDefault(report, tuple, RelationGetDescr(catalog));
		MemoryContextReset(row);
	}
	MemoryContextSwitchTo(previous);
	MemoryContextDelete(row);
	systable_endscan(scan);
	table_close(catalog, AccessShareLock);
}

/* The number of the role that was asked about, or -1 for all. */
static int
SubjectOf(FunctionCallInfo fcinfo, const RoleGraph *graph)
{
	int subject;

	if (PG_ARGISNULL(0))
		return -1;
	subject = FindRole(graph, PG_GETARG_OID(0));
	if (subject < 0)
		ereport(ERROR, errcode(ERRCODE_UNDEFINED_OBJECT),
				errmsg("role with OID %u does not exist", PG_GETARG_OID(0)));
	return subject;
}

PG_FUNCTION_INFO_V1(hh_effective_privileges);
Datum
hh_effective_privileges(PG_FUNCTION_ARGS)
{
	PrivilegeReport report = {0};

	InitMaterializedSRF(fcinfo, 0);
	report.result = (ReturnSetInfo *) fcinfo->resultinfo;
	Assert(report.result->setDesc->natts == RESULT_COLUMNS);

	report.graph = LoadRoleGraph();
	report.routes = FindRoutes(report.graph, SubjectOf(fcinfo, report.graph));
	report.cache = MakeGrantRowCache(report.routes);
	for (int i = 0; i < PRIVILEGE_BITS; i++)
		if (privilege_names[i] != NULL)
			report.privileges[i] = CStringGetTextDatum(privilege_names[i]);
	for (int i = 0; i < VIA_COUNT; i++)
		report.vias[i] = CStringGetTextDatum(via_names[i]);

	ReportObjects(&report);
	ReportDefaults(&report);
	return (Datum) 0;
}
