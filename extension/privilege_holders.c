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
	bool is_about_all;
	Oid role; /* that it is about, else */
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

/* Roles and memberships are read anew for another role than before. */
static void
LoadHolders(HolderSeries *series, FunctionCallInfo fcinfo)
{
	MemoryContext previous;
	RoleGraph *graph;
	TupleDesc columns;
	int subject;

	MemoryContextReset(series->context);
	previous = MemoryContextSwitchTo(series->context);
	if (get_call_result_type(fcinfo, NULL, &columns) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	graph = LoadRoleGraph();
	subject = series->is_about_all ? -1 : RequireRole(graph, series->role);
	series->cache = MakeGrantRowCache(FindRoutes(graph, subject), BlessTupleDesc(columns));
	MemoryContextSwitchTo(previous);
}

static HolderSeries *
CurrentSeries(FunctionCallInfo fcinfo)
{
	HolderSeries *series = fcinfo->flinfo->fn_extra;
	bool is_about_all = PG_ARGISNULL(ARGUMENT_ROLE);
	Oid role = is_about_all ? InvalidOid : PG_GETARG_OID(ARGUMENT_ROLE);

	if (series == NULL)
	{
		series = MemoryContextAllocZero(fcinfo->flinfo->fn_mcxt, sizeof(HolderSeries));
		series->context = AllocSetContextCreate(fcinfo->flinfo->fn_mcxt, "holders of privileges",
												ALLOCSET_DEFAULT_SIZES);
		fcinfo->flinfo->fn_extra = series;
	}
	if (series->cache == NULL || series->is_about_all != is_about_all || series->role != role)
	{
		series->cache = NULL; /* until it is loaded */
		series->is_about_all = is_about_all;
		series->role = role;
		LoadHolders(series, fcinfo);
	}
	return series;
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
