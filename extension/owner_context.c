/*
 * owner_context.c
 *		Working as the deployment's owner, with no way back for the owner's code.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/xact.h"
#include "catalog/namespace.h"
#include "catalog/objectaccess.h"
#include "catalog/pg_type.h"
#include "commands/extension.h"
#include "miscadmin.h"
#include "utils/guc.h"
#include "utils/syscache.h"

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

/* Types made or altered by the work that runs; NULL while none runs.  In memory of its caller. */
typedef struct TouchedTypes
{
	MemoryContext context;
	List *oids;
} TouchedTypes;

static TouchedTypes *touched_types = NULL;
static object_access_hook_type next_object_access_hook = NULL;

/* Every type there is comes through here, rows and arrays of tables and multiranges too. */
static void
NoteTouchedType(ObjectAccessType access, Oid class, Oid object, int sub_id, void *argument)
{
	if (next_object_access_hook)
		next_object_access_hook(access, class, object, sub_id, argument);
	if (touched_types != NULL && class == TypeRelationId &&
		(access == OAT_POST_CREATE || access == OAT_POST_ALTER))
	{
		MemoryContext caller = MemoryContextSwitchTo(touched_types->context);

		touched_types->oids = lappend_oid(touched_types->oids, object);
		MemoryContextSwitchTo(caller);
	}
}

/* For good: a hook that a library hangs behind ours must not be lost. */
static void
WatchTypes(void)
{
	static bool is_watching = false;

	if (is_watching)
		return;
	is_watching = true;
	next_object_access_hook = object_access_hook;
	object_access_hook = NoteTouchedType;
}

/*
 * A type in the session's temporary schema is found before any other of its name,
 * and a domain's check runs with the rights of whoever uses it.  Of PostgreSQL's
 * own releases 15.20 and 17.12 refuse to make one here; 15.18 and 18.6 don't.
 * pg_type has no index by schema, and to read all of it takes long where there are
 * many tables.
 */
static void
RefuseTemporaryTypes(const TouchedTypes *types)
{
	Oid temporary_schema;
	Oid toast_schema;
	const ListCell *cell;

	GetTempNamespaceState(&temporary_schema, &toast_schema);
	if (!OidIsValid(temporary_schema))
		return;
	CommandCounterIncrement();
	foreach (cell, types->oids)
	{
		HeapTuple tuple = SearchSysCache1(TYPEOID, ObjectIdGetDatum(lfirst_oid(cell)));
		Form_pg_type type;

		if (!HeapTupleIsValid(tuple))
			continue;
		type = (Form_pg_type) GETSTRUCT(tuple);
		if (type->typnamespace == temporary_schema)
			ereport(ERROR, (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
							errmsg("cannot create temporary type \"%s\" within security-restricted "
								   "operation",
								   NameStr(type->typname))));
		ReleaseSysCache(tuple);
	}
}

void
RunAsOwner(Oid owner, void (*work)(void *), void *argument)
{
	bool creating = creating_extension;
	TouchedTypes types = {.context = CurrentMemoryContext};
	TouchedTypes *outer_types = touched_types;
	Oid user;
	int sec_context;
	int level;

	GetUserIdAndSecContext(&user, &sec_context);
	level = PinSettings();
	WatchTypes();
	SetUserIdAndSecContext(owner, sec_context | SECURITY_LOCAL_USERID_CHANGE |
									  SECURITY_RESTRICTED_OPERATION);

	/* After an error, the (sub)transaction's abort restores user and settings. */
	PG_TRY();
	{
		creating_extension = false;
		/* The outermost work's list has all: what one within made is looked at behind that one, too. */
		if (touched_types == NULL)
			touched_types = &types;
		work(argument);
	}
	PG_FINALLY();
	{
		creating_extension = creating;
		touched_types = outer_types;
	}
	PG_END_TRY();

	SetUserIdAndSecContext(user, sec_context);
	if (user != owner)
		RefuseTemporaryTypes(touched_types ? touched_types : &types);
	list_free(types.oids);
	AtEOXact_GUC(false, level);
}
