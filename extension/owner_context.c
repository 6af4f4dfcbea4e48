/*
 * owner_context.c
 *		Working as the deployment's owner, with no way back for the owner's code.
 */
#include "postgres.h"

#include "access/heapam.h"
#include "access/table.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "commands/extension.h"
#include "miscadmin.h"
#include "utils/guc.h"

#include "compat.h"
#include "owner_context.h"

/* What decides which objects a text names, how it is read, and what CREATE makes of it. */
static const struct
{
	const char *name;
	const char *value;
} pinned_settings[] = {
	{"search_path", "pg_catalog, pg_temp"},
	{"standard_conforming_strings", "on"},
	{"backslash_quote", "safe_encoding"},
	{"transform_null_equals", "off"},
	{"quote_all_identifiers", "off"},
	{"check_function_bodies", "on"},
	{"default_tablespace", ""},
	{"default_table_access_method", "heap"},
	{"TimeZone", "UTC"},
	{"DateStyle", "ISO, YMD"},
	{"IntervalStyle", "postgres"},
	{"row_security", "off"}, /* an error, where a policy would hide rows in silence */
};

int
PinSettings(void)
{
	int level = NewGUCNestLevel();

	for (size_t i = 0; i < lengthof(pinned_settings); i++)
		(void) set_config_option(pinned_settings[i].name, pinned_settings[i].value, PGC_USERSET,
								 PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
	return level;
}

/*
 * A type in the session's temporary schema is found before any other of its name,
 * and a domain's check runs with the rights of whoever uses it.  Of PostgreSQL's
 * own releases 15.20 and 17.12 refuse to make one here; 15.18 and 18.6 don't.
 */
static void
RefuseTemporaryTypes(Oid owner)
{
	Oid temporary_schema;
	Oid toast_schema;
	Relation catalog;
	TableScanDesc scan;
	HeapTuple tuple;

	GetTempNamespaceState(&temporary_schema, &toast_schema);
	if (!OidIsValid(temporary_schema))
		return;
	CommandCounterIncrement();
	catalog = table_open(TypeRelationId, AccessShareLock);
	scan = table_beginscan_catalog(catalog, 0, NULL);
	while ((tuple = heap_getnext(scan, ForwardScanDirection)) != NULL)
	{
		Form_pg_type type = (Form_pg_type) GETSTRUCT(tuple);

		/* Row types of temporary tables that the session made before are none of the work's. */
		if (type->typnamespace == temporary_schema && type->typowner == owner &&
			TransactionIdIsCurrentTransactionId(HeapTupleHeaderGetXmin(tuple->t_data)))
			ereport(ERROR, (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
							errmsg("cannot create temporary type \"%s\" within security-restricted "
								   "operation",
								   NameStr(type->typname))));
	}
	table_endscan(scan);
	table_close(catalog, AccessShareLock);
}

void
RunAsOwner(Oid owner, void (*work)(void *), void *argument)
{
	bool creating = creating_extension;
	Oid user;
	int sec_context;
	int level;

	GetUserIdAndSecContext(&user, &sec_context);
	level = PinSettings();
	SetUserIdAndSecContext(owner, sec_context | SECURITY_LOCAL_USERID_CHANGE |
									  SECURITY_RESTRICTED_OPERATION);

	/* After an error, the (sub)transaction's abort restores user and settings. */
	PG_TRY();
	{
		creating_extension = false;
		work(argument);
	}
	PG_FINALLY();
	{
		creating_extension = creating;
	}
	PG_END_TRY();

	SetUserIdAndSecContext(user, sec_context);
	if (user != owner)
		RefuseTemporaryTypes(owner);
	AtEOXact_GUC(false, level);
}
