/*
 * privilege_objects.c
 *		hh.privilege_objects(): every object that has privileges, and these as they are stored.
 *
 * hh.effective_privileges() joins each with what hh.privilege_holders() makes of it. So its result,
 * millions of rows where there are thousands of objects and PUBLIC may use them all, is not stored
 * anywhere: only these rows are, one an object, in a tuplestore that spills to disk.
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

#define RESULT_COLUMNS 8

typedef struct ObjectReport
{
	ReturnSetInfo *result;
	int kind;
	Datum type; /* the kind's, as a text */
} ObjectReport;

static void
ReportObject(const AclObject *object, void *argument)
{
	const ObjectReport *report = argument;
	Datum values[RESULT_COLUMNS];
	bool nulls[RESULT_COLUMNS] = {false};

	values[0] = report->type;
	values[1] = NameGetDatum(object->schema);
	nulls[1] = object->schema == NULL;
	values[2] = object->name;
	nulls[2] = object->name == 0;
	values[3] = NameGetDatum(object->column);
	nulls[3] = object->column == NULL;
	values[4] = Int32GetDatum(report->kind);
	values[5] = BoolGetDatum(object->is_system);
	values[6] = ObjectIdGetDatum(object->owner);
	nulls[7] = !object->has_acl;
	values[7] = object->acl;
	if (object->has_acl && VARATT_IS_EXTERNAL(DatumGetPointer(object->acl)))
		values[7] = PointerGetDatum(PG_DETOAST_DATUM(object->acl));
	tuplestore_putvalues(report->result->setResult, report->result->setDesc, values, nulls);
}

static void
ReportObjects(ObjectReport *report)
{
	for (report->kind = 0; report->kind < ACL_DEFAULTS_KIND; report->kind++)
	{
		const AclObjectKind *kind = &acl_object_kinds[report->kind];

		report->type = CStringGetTextDatum(kind->type);
		VisitAclObjects(kind, ReportObject, report);
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

/* Objects that are still to be made have no name, and their creator as owner. */
static void
ReportDefault(ObjectReport *report, HeapTuple tuple, TupleDesc columns)
{
	Form_pg_default_acl form = (Form_pg_default_acl) GETSTRUCT(tuple);
	AclObject future = {.owner = form->defaclrole, .has_acl = true};
	HeapTuple schema = NULL;
	bool is_null;

	future.acl = heap_getattr(tuple, Anum_pg_default_acl_defaclacl, columns, &is_null);
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
	ReportObject(&future, report);
	if (HeapTupleIsValid(schema))
		ReleaseSysCache(schema);
}

static void
ReportDefaults(ObjectReport *report)
{
	Relation catalog = table_open(DefaultAclRelationId, AccessShareLock);
	SysScanDesc scan = systable_beginscan(catalog, InvalidOid, false, NULL, 0, NULL);
	MemoryContext row =
		AllocSetContextCreate(CurrentMemoryContext, "default privileges", ALLOCSET_DEFAULT_SIZES);
	MemoryContext previous = MemoryContextSwitchTo(row);
	HeapTuple tuple;

	report->kind = ACL_DEFAULTS_KIND;
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

PG_FUNCTION_INFO_V1(hh_privilege_objects);
Datum
hh_privilege_objects(PG_FUNCTION_ARGS)
{
	ObjectReport report = {0};

	InitMaterializedSRF(fcinfo, 0);
	report.result = (ReturnSetInfo *) fcinfo->resultinfo;
	Assert(report.result->setDesc->natts == RESULT_COLUMNS);
	ReportObjects(&report);
	ReportDefaults(&report);
	return (Datum) 0;
}
