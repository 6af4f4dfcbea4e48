/*
 * deploy.c
 *		hh.deploy() and the install script's hh.install(): from nothing, or from
 *		an older state, to the database this library describes.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/dependency.h"
#include "catalog/pg_type.h"
#include "commands/extension.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "funcapi.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "storage/latch.h"
#include "storage/proc.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/guc.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"
#include "utils/timestamp.h"
#include "utils/wait_event.h"

#include "../migrate/migration_file.h"
#include "bundled.h"
#include "compat.h"
#include "deployment.h"
#include "owner_context.h"
#include "settings.h"

/* How long to wait for another deployment where lock_timeout doesn't say. */
#define LOCK_WAIT_MS 60000
#define LOCK_POLL_MS 100

/*
 * Takes the deployment lock until the end of the transaction.  By trying again
 * and again: whoever waits in a blocking lock call makes a CREATE INDEX
 * CONCURRENTLY of the holder deadlock with it, and that may be the one to die.
 */
static void
TakeDeployLock(void)
{
	TimestampTz start = GetCurrentTimestamp();
	int limit = LockTimeout > 0 ? LockTimeout : LOCK_WAIT_MS;

	while (!DatumGetBool(
		DirectFunctionCall1(pg_try_advisory_xact_lock_int8, Int64GetDatum(HH_DEPLOY_LOCK_KEY))))
	{
		if (TimestampDifferenceExceeds(start, GetCurrentTimestamp(), limit))
			ereport(ERROR,
					(errcode(ERRCODE_LOCK_NOT_AVAILABLE),
					 errmsg("another deployment of headhunter is running in this database"),
					 errhint("Who runs it: SELECT pid FROM pg_locks WHERE locktype = 'advisory' "
							 "AND classid = %u AND objid = %u AND granted.",
							 (uint32) ((uint64) HH_DEPLOY_LOCK_KEY >> 32),
							 (uint32) HH_DEPLOY_LOCK_KEY)));
		(void) WaitLatch(MyLatch, WL_LATCH_SET | WL_TIMEOUT | WL_EXIT_ON_PM_DEATH, LOCK_POLL_MS,
						 PG_WAIT_EXTENSION);
		ResetLatch(MyLatch);
		CHECK_FOR_INTERRUPTS();
	}

	/* What the one before us has made must be seen in the catalogs. */
	AcceptInvalidationMessages();
}

/* The dimension to deploy with: the database's own, if it has one. */
static int
DecideDimensions(const Deployment *deployment)
{
	CheckSettings();
	if (deployment->dimensions == 0)
		return headhunter_embedding_dimensions;
	if (deployment->dimensions != headhunter_embedding_dimensions &&
		SettingIsSet(HH_EMBEDDING_DIMENSIONS))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("this database has embeddings of %d dimensions, not %d",
						deployment->dimensions, headhunter_embedding_dimensions),
				 errdetail("The parameter \"headhunter.embedding_dimensions\" decides at the "
						   "first deployment only."),
				 errhint("RESET headhunter.embedding_dimensions, or set it to %d.",
						 deployment->dimensions)));
	return deployment->dimensions;
}

/*
 * A type of that name which anybody made in public would be read as vector's by
 * functions in C: one that is no varlena makes them read any address.
 */
static void
RequireVectorType(const char *name)
{
	Oid type = GetSysCacheOid2(TYPENAMENSP, Anum_pg_type_oid, CStringGetDatum(name),
							   ObjectIdGetDatum(ExtensionSchema("vector")));

	if (!OidIsValid(type) ||
		getExtensionOfObject(TypeRelationId, type) != get_extension_oid("vector", false))
		ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
						errmsg("type \"public.%s\" does not belong to extension \"vector\"", name),
						errdetail("headhunter needs a version of the extension that has it."),
						errhint("Drop or rename the type if there is one, then run ALTER "
								"EXTENSION vector UPDATE.")));
}

/* The migrations name vector's types in public. */
static void
RequireVectorInPublic(void)
{
	const char *name = get_namespace_name(ExtensionSchema("vector"));

	if (strcmp(name, "public") != 0)
		ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
						errmsg("extension \"vector\" is in schema \"%s\"", name),
						errdetail("headhunter needs it in schema \"public\"."),
						errhint("Run ALTER EXTENSION vector SET SCHEMA public.")));
	RequireVectorType("vector");
	RequireVectorType("halfvec");
	RequireVectorType("sparsevec");
}

/* Refuses what is neither an empty database nor a deployment of ours. */
static void
CheckDataSchemas(const Deployment *deployment)
{
	if (deployment->present_schemas != NIL && deployment->absent_schemas != NIL)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("some of headhunter's schemas exist, others don't"),
				 errdetail("Existing: %s. Missing: %s.", JoinNames(deployment->present_schemas),
						   JoinNames(deployment->absent_schemas)),
				 errhint("Drop or rename the existing ones; or, to get the functions "
						 "alone, SET headhunter.deploy = off before CREATE EXTENSION.")));
	if (deployment->present_schemas == NIL && OidIsValid(deployment->ledger))
		ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
						errmsg("the ledger hh.migration exists, but none of headhunter's schemas"),
						errhint("Restore schemas %s, or drop table hh.migration to deploy anew.",
								JoinNames(deployment->absent_schemas))));
	if (deployment->absent_schemas == NIL && !OidIsValid(deployment->ledger))
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("headhunter's schemas exist, but not the ledger hh.migration"),
				 errdetail("What made them, and how, is not known."),
				 errhint("Restore the table hh.migration, or drop schemas %s to deploy anew.",
						 JoinNames(deployment->present_schemas))));
}

/* Texts are cut, and lexemes made, as UTF-8; hh-migrate says the same. */
static void
RequireUtf8(void)
{
	if (GetDatabaseEncoding() != PG_UTF8)
		ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
						errmsg("this database has encoding %s", GetDatabaseEncodingName()),
						errdetail("headhunter needs UTF8."),
						errhint("CREATE DATABASE ... ENCODING 'UTF8' TEMPLATE template0 makes such "
								"a database.")));
}

static void
RequireReadCommitted(const char *command)
{
	if (IsolationUsesXactSnapshot())
		ereport(ERROR, (errcode(ERRCODE_ACTIVE_SQL_TRANSACTION),
						errmsg("%s must run at isolation level READ COMMITTED", command),
						errdetail("An older snapshot would not show what another deployment has "
								  "just done."),
						errhint("SET default_transaction_isolation = 'read committed' in this "
								"session.")));
}

/* Applies what is pending; returns how many migrations that were. */
static int
Deploy(const Deployment *deployment, ReturnSetInfo *result)
{
	Application application = {.deployment = deployment,
							   .results = result ? result->setResult : NULL,
							   .result_desc = result ? result->setDesc : NULL};

	RequireUtf8();
	CheckDataSchemas(deployment);
	RefuseForeignSchemaOwner(deployment);
	application.dimensions = DecideDimensions(deployment);
	RunAsOwner(deployment->owner, ApplyBundled, &application);
	return application.count;
}

/*
 * hh.deploy(): applies the bundled migrations that are pending, as the
 * deployment's owner, and returns them.  42501 where the caller may not SET ROLE
 * to the owner, 55P03 where another deployment goes on too long, 55000 where
 * what stands can't be deployed over.
 */
PG_FUNCTION_INFO_V1(hh_deploy);
Datum
hh_deploy(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	Deployment deployment;

	RequireReadCommitted("hh.deploy()");
	PreventCommandIfReadOnly("hh.deploy()");
	InitMaterializedSRF(fcinfo, 0);

	TakeDeployLock();
	deployment = ReadDeployment();
	RequireOwnerMembership(&deployment);
	CheckControlSchema(&deployment, GetUserId());
	if (deployment.present_schemas == NIL)
		RequireVectorInPublic();
	(void) Deploy(&deployment, result);
	return (Datum) 0;
}

/*
 * Refuses functions and operators in hh that are not the extension's: they were
 * there before it, waiting for a call meant for ours.
 */
static void
RefuseForeignCode(const Deployment *deployment)
{
	int level = PinSettings();
	Oid types[] = {OIDOID, OIDOID};
	Datum values[] = {ObjectIdGetDatum(deployment->control_schema),
					  ObjectIdGetDatum(deployment->extension)};

	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	if (SPI_execute_with_args(
			"SELECT pg_catalog.pg_describe_object(o.classid, o.oid, 0) FROM ("
			"  SELECT 'pg_catalog.pg_proc'::pg_catalog.regclass AS classid, p.oid "
			"  FROM pg_catalog.pg_proc AS p WHERE p.pronamespace = $1 "
			"  UNION ALL "
			"  SELECT 'pg_catalog.pg_operator'::pg_catalog.regclass, p.oid "
			"  FROM pg_catalog.pg_operator AS p WHERE p.oprnamespace = $1) AS o "
			"WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS d "
			"  WHERE d.classid = o.classid AND d.objid = o.oid AND d.deptype = 'e' "
			"  AND d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass "
			"  AND d.refobjid = $2) "
			"ORDER BY 1",
			lengthof(values), types, values, NULL, false, 1) != SPI_OK_SELECT)
		elog(ERROR, "could not read the catalogs");
	if (SPI_processed > 0)
		ereport(ERROR, (errcode(ERRCODE_DUPLICATE_OBJECT),
						errmsg("schema \"hh\" holds %s, which is not part of the extension",
							   SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1)),
						errhint("Drop it, or drop the whole schema if nothing in it is yours.")));
	SPI_finish();
	AtEOXact_GUC(false, level);
}

/*
 * hh.install(): the install script's last statement.  Deploys where nothing
 * stands yet, and leaves alone what does: a dump brings its own tables, after
 * CREATE EXTENSION.
 */
PG_FUNCTION_INFO_V1(hh_install);
Datum
hh_install(PG_FUNCTION_ARGS)
{
	Deployment deployment;

	if (!creating_extension)
		ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
						errmsg("hh.install() can only be called by CREATE EXTENSION"),
						errhint("Call hh.deploy().")));
	CheckSettings();
	/* Before reading what stands, so that a deployment which goes on is over. */
	if (headhunter_deploy)
		TakeDeployLock();
	deployment = ReadDeployment();
	RequireVectorInPublic();
	CheckControlSchema(&deployment, deployment.extension_owner);
	RefuseForeignCode(&deployment);

	if (!headhunter_deploy)
		ereport(INFO, (errmsg("headhunter %s: functions only, for headhunter.deploy is off",
							  deployment.extension_version)));
	else if (deployment.absent_schemas == NIL)
		ereport(INFO, (errmsg("headhunter %s: functions only, for the schemas exist",
							  deployment.extension_version),
					   errhint("SELECT hh.deploy() applies what is pending.")));
	else
	{
		int count;
		int dimensions;

		RequireReadCommitted("CREATE EXTENSION headhunter");

		/* Not among ereport's arguments, which are evaluated only where it reports. */
		count = Deploy(&deployment, NULL);
		dimensions = ReadDeployment().dimensions;
		ereport(INFO, (errmsg("headhunter %s: %d migrations applied for role \"%s\"",
							  deployment.extension_version, count,
							  GetUserNameFromId(deployment.owner, false)),
					   errdetail("Embeddings have %d dimensions.", dimensions)));
	}
	PG_RETURN_VOID();
}
