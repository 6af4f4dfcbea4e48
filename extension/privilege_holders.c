/*
 * privilege_holders.c
 *		hh.privilege_holders(): what the privileges on one object mean to every role, or to one.
 *
 * It returns a row a call, so that no result is stored, and keeps roles, memberships and rows from
 * one object to the next of the same query.
 */
#include "postgres.h"

#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "acl_object.h"
#include "arguments.h"
#include "compat.h"
#include "grant_rows.h"
#include "role_graph.h"

enum
{
	ARGUMENT_ROLE,
	ARGUMENT_KIND,
	ARGUMENT_IS_SYSTEM,
	ARGUMENT_OWNER,
	ARGUMENT_ACL
};

/* What lasts as long as the query, in flinfo->fn_extra. */
typedef struct HolderSeries
{
	MemoryContext context;
	Oid role; /* that it is about, or invalid */
	GrantRowCache *cache;
	const GrantRows *rows; /* of the object at hand; NULL between two */
	int next;
	bool watched; /* ForgetObject() will be called */
} HolderSeries;

/* The executor may stop in the middle of an object's rows and come again with another object. */
static void
ForgetObject(Datum argument)
{
	HolderSeries *series = (HolderSeries *) DatumGetPointer(argument);

	series->rows = NULL;
	series->watched = false;
}

/* The number of the role that was asked about, or -1 for all. */
static int
SubjectOf(const RoleGraph *graph, Oid role)
{
	int subject;

	if (!OidIsValid(role))
		return -1;
	subject = FindRole(graph, role);
	if (subject < 0)
		ereport(ERROR, errcode(ERRCODE_UNDEFINED_OBJECT),
				errmsg("role with OID %u does not exist", role));
	return subject;
}

static HolderSeries *
StartSeries(FunctionCallInfo fcinfo, Oid role)
{
	MemoryContext context = AllocSetContextCreate(fcinfo->flinfo->fn_mcxt, "holders of privileges",
												  ALLOCSET_DEFAULT_SIZES);
	MemoryContext previous = MemoryContextSwitchTo(context);
	HolderSeries *series = palloc0(sizeof(HolderSeries));
	RoleGraph *graph = LoadRoleGraph();
	TupleDesc columns;

	if (get_call_result_type(fcinfo, NULL, &columns) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	series->context = context;
	series->role = role;
	series->cache =
		MakeGrantRowCache(FindRoutes(graph, SubjectOf(graph, role)), BlessTupleDesc(columns));
	MemoryContextSwitchTo(previous);
	fcinfo->flinfo->fn_extra = series;
	return series;
}

static HolderSeries *
CurrentSeries(FunctionCallInfo fcinfo)
{
	HolderSeries *series = fcinfo->flinfo->fn_extra;
	Oid role = PG_ARGISNULL(ARGUMENT_ROLE) ? InvalidOid : PG_GETARG_OID(ARGUMENT_ROLE);

	if (series != NULL && series->role == role)
		return series;
	if (series != NULL && series->watched)
		elog(ERROR, "hh.privilege_holders was called about another role meanwhile");
	return StartSeries(fcinfo, role);
}

static const GrantRows *
RowsOfArguments(FunctionCallInfo fcinfo, HolderSeries *series)
{
	AclObject object = {0};

	CheckNotNull(fcinfo, ARGUMENT_KIND, "kind");
	CheckNotNull(fcinfo, ARGUMENT_IS_SYSTEM, "is_system");
	CheckNotNull(fcinfo, ARGUMENT_OWNER, "owner");
	object.kind = FindAclObjectKind(PG_GETARG_INT32(ARGUMENT_KIND));
	object.is_system = PG_GETARG_BOOL(ARGUMENT_IS_SYSTEM);
	object.owner = PG_GETARG_OID(ARGUMENT_OWNER);
	object.has_acl = !PG_ARGISNULL(ARGUMENT_ACL);
	if (object.has_acl)
		object.acl = PG_GETARG_DATUM(ARGUMENT_ACL);
	return GrantRowsOf(series->cache, &object);
}

static void
StartObject(FunctionCallInfo fcinfo, HolderSeries *series)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;

	series->rows = RowsOfArguments(fcinfo, series);
	series->next = 0;
	if (!series->watched)
		RegisterExprContextCallback(result->econtext, ForgetObject, PointerGetDatum(series));
	series->watched = true;
}

PG_FUNCTION_INFO_V1(hh_privilege_holders);
Datum
hh_privilege_holders(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	HolderSeries *series = fcinfo->flinfo->fn_extra;

	if (result == NULL || !IsA(result, ReturnSetInfo) ||
		(result->allowedModes & SFRM_ValuePerCall) == 0)
		ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				errmsg("set-valued function called in context that cannot accept a set"));

	if (series == NULL || series->rows == NULL)
	{
		CHECK_FOR_INTERRUPTS();
		series = CurrentSeries(fcinfo);
		StartObject(fcinfo, series);
	}
	if (series->next < series->rows->count)
	{
		result->isDone = ExprMultipleResult;
		return series->rows->rows[series->next++];
	}
	series->rows = NULL;
	result->isDone = ExprEndResult;
	PG_RETURN_NULL();
}
