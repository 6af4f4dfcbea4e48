/*
 * execute_as_owner.c
 *		hh.execute_as_owner(): SQL as the deployment's owner, for a client that is
 *		connected as someone else.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/tuplestore.h"

#include "deployment.h"
#include "owner_context.h"

/* What execute_as_owner() runs, and where its rows go. */
typedef struct OwnerStatement
{
	const char *text;
	ReturnSetInfo *result;
} OwnerStatement;

/* How each column becomes text: looked up once, for a ledger has thousands of rows. */
static FmgrInfo *
OutputFunctions(TupleDesc desc)
{
	FmgrInfo *outputs = palloc0(Max(desc->natts, 1) * sizeof(FmgrInfo));

	for (int column = 0; column < desc->natts; column++)
	{
		Oid type = TupleDescAttr(desc, column)->atttypid;
		Oid function;
		bool is_varlena;

		if (type == TEXTOID)
			continue;
		getTypeOutputInfo(type, &function, &is_varlena);
		fmgr_info(function, &outputs[column]);
	}
	return outputs;
}

/* The row's columns as text, as psql would show them. */
static ArrayType *
RowAsTextArray(HeapTuple tuple, TupleDesc desc, FmgrInfo *outputs)
{
	Datum *values = palloc(desc->natts * sizeof(Datum));
	bool *nulls = palloc(desc->natts * sizeof(bool));
	int dims[] = {desc->natts};
	int bounds[] = {1};

	heap_deform_tuple(tuple, desc, values, nulls);
	for (int column = 0; column < desc->natts; column++)
	{
		if (!nulls[column] && OidIsValid(outputs[column].fn_oid))
			values[column] =
				CStringGetTextDatum(OutputFunctionCall(&outputs[column], values[column]));
	}
	return construct_md_array(values, nulls, 1, dims, bounds, TEXTOID, -1, false, TYPALIGN_INT);
}

static void
ReturnRows(const SPITupleTable *table, uint64 count, ReturnSetInfo *result)
{
	FmgrInfo *outputs = OutputFunctions(table->tupdesc);
	MemoryContext row_context =
		AllocSetContextCreate(CurrentMemoryContext, "a row as text", ALLOCSET_DEFAULT_SIZES);
	MemoryContext caller = MemoryContextSwitchTo(row_context);

	for (uint64 row = 0; row < count; row++)
	{
		bool isnull = false;
		Datum value = PointerGetDatum(RowAsTextArray(table->vals[row], table->tupdesc, outputs));

		tuplestore_putvalues(result->setResult, result->setDesc, &value, &isnull);
		MemoryContextReset(row_context);
		CHECK_FOR_INTERRUPTS();
	}
	MemoryContextSwitchTo(caller);
	MemoryContextDelete(row_context);
}

static void
RunStatement(void *argument)
{
	OwnerStatement *statement = argument;
	int result;

	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	result = SPI_execute(statement->text, false, 0);
	if (result == SPI_ERROR_TRANSACTION)
		ereport(ERROR, (errcode(ERRCODE_INVALID_TRANSACTION_TERMINATION),
						errmsg("the statement must not begin or end a transaction")));
	if (result == SPI_ERROR_COPY)
		ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
						errmsg("COPY to or from the client can't be run as the owner")));
	if (result < 0)
		elog(ERROR, "SPI_execute failed: %s", SPI_result_code_string(result));
	if (SPI_tuptable != NULL)
		ReturnRows(SPI_tuptable, SPI_processed, statement->result);
	SPI_finish();
}

/*
 * hh.execute_as_owner(statement): runs SQL as the deployment's owner and returns
 * the last statement's rows as text[].  It gives nothing that SET ROLE doesn't;
 * it takes away the way back that SET ROLE leaves to whatever the owner planted.
 */
PG_FUNCTION_INFO_V1(hh_execute_as_owner);
Datum
hh_execute_as_owner(PG_FUNCTION_ARGS)
{
	OwnerStatement statement = {.result = (ReturnSetInfo *) fcinfo->resultinfo};
	Deployment deployment;

	if (PG_ARGISNULL(0))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("statement must not be null")));
	statement.text = text_to_cstring(PG_GETARG_TEXT_PP(0));
	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);

	deployment = ReadDeployment();
	RequireOwnerMembership(&deployment);
	CheckControlSchema(&deployment, GetUserId());
	RefuseForeignSchemaOwner(&deployment);
	/* Whoever drops the ledger must not make the extension's owner the one that is acted for. */
	if (!OidIsValid(deployment.ledger) && deployment.present_schemas != NIL)
		ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
						errmsg("headhunter's schemas exist, but not the ledger hh.migration"),
						errdetail("Whose they are is not known.")));
	RunAsOwner(deployment.owner, RunStatement, &statement);
	return (Datum) 0;
}
