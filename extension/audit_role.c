/*
 * audit_role.c
 *		The part of an audit about roles: whether they are there, and their attributes.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/indexing.h"
#include "catalog/pg_authid.h"
#include "catalog/pg_db_role_setting.h"
#include "catalog/pg_type.h"
#include "commands/dbcommands.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/guc.h"
#include "utils/rel.h"
#include "utils/syscache.h"
#include "utils/varlena.h"

#include "audit_claim.h"
#include "audit_finding.h"
#include "compat.h"

typedef struct RoleAttribute
{
	const char *name;
	bool is;
	bool should_be;
	bool gives_rights; /* more than to look at */
} RoleAttribute;

static void
AddRoleFinding(Audit *audit, const PolicyRole *role, Verdict verdict, Severity severity,
			   const char *privilege, const char *path, const char *remedy)
{
	AddFinding(audit,
			   &(Finding){.phase = verdict == VERDICT_MISSING ? PHASE_CREATE_ROLE : PHASE_ATTRIBUTE,
						  .verdict = verdict,
						  .severity = severity,
						  .role = role->oid,
						  .object_type = KIND_ROLE,
						  .object_name = role->name,
						  .privilege = privilege,
						  .path = path,
						  .remedy = remedy,
						  .line = role->line});
}

static const char *
Attribute(const char *name, bool is)
{
	return psprintf("%s%s", is ? "" : "NO", name);
}

static void
AddMissingRole(Audit *audit, const PolicyRole *role)
{
	StringInfoData create;

	initStringInfo(&create);
	appendStringInfo(&create, "CREATE ROLE %s", quote_identifier(role->name));
	if (role->is_declared)
	{
		appendStringInfo(&create, " %s %s", Attribute("LOGIN", role->can_login),
						 Attribute("INHERIT", role->inherit));
		if (role->create_db)
			appendStringInfoString(&create, " CREATEDB");
		if (role->create_role)
			appendStringInfoString(&create, " CREATEROLE");
		if (role->replication)
			appendStringInfoString(&create, " REPLICATION");
		if (role->bypass_rls)
			appendStringInfoString(&create, " BYPASSRLS");
		if (role->connection_limit >= 0)
			appendStringInfo(&create, " CONNECTION LIMIT %d", role->connection_limit);
	}
	AddRoleFinding(audit, role, VERDICT_MISSING, SEVERITY_ERROR, NULL,
				   "there is no such role in the cluster", create.data);
}

static void
AuditAttribute(Audit *audit, const PolicyRole *role, const RoleAttribute *attribute)
{
	const char *is = Attribute(attribute->name, attribute->is);
	const char *should_be = Attribute(attribute->name, attribute->should_be);
	const char *meaning = "";

	if (attribute->is == attribute->should_be)
		return;
	if (CREATEROLE_IS_SUPERUSER && attribute->is && strcmp(attribute->name, "CREATEROLE") == 0)
		meaning = ", with which before PostgreSQL 16 it can make itself as good as a superuser";
	AddRoleFinding(audit, role, VERDICT_WRONG_ATTRIBUTE,
				   attribute->gives_rights ? SEVERITY_ERROR : SEVERITY_WARNING, should_be,
				   psprintf("it is %s%s", is, meaning),
				   psprintf("ALTER ROLE %s %s", quote_identifier(role->name), should_be));
}

/* What the policy says of the role, and other databases' policies do. */
static ClaimedAttributes
WantedAttributes(const PolicyRole *role)
{
	ClaimedAttributes wanted = {role->can_login,	   role->inherit,	  role->create_db,
								role->create_role,	   role->replication, role->bypass_rls,
								role->connection_limit};

	AddClaimedAttributes(role->oid, &wanted);
	return wanted;
}

static void
AuditConnectionLimit(Audit *audit, const PolicyRole *role, int is, int should_be)
{
	if (is != should_be)
		AddRoleFinding(
			audit, role, VERDICT_WRONG_ATTRIBUTE, SEVERITY_WARNING,
			psprintf("CONNECTION LIMIT %d", should_be), psprintf("its connection limit is %d", is),
			psprintf("ALTER ROLE %s CONNECTION LIMIT %d", quote_identifier(role->name), should_be));
}

static void
AuditAttributes(Audit *audit, const PolicyRole *role)
{
	HeapTuple tuple = SearchSysCache1(AUTHOID, ObjectIdGetDatum(role->oid));
	ClaimedAttributes wanted = WantedAttributes(role);
	Form_pg_authid form;

	if (!HeapTupleIsValid(tuple))
		return;
	form = (Form_pg_authid) GETSTRUCT(tuple);
	{
		const RoleAttribute attributes[] = {
			{"SUPERUSER", form->rolsuper, false, true},
			{"LOGIN", form->rolcanlogin, wanted.can_login, true},
			{"INHERIT", form->rolinherit, wanted.inherit, false},
			{"CREATEDB", form->rolcreatedb, wanted.create_db, true},
			{"CREATEROLE", form->rolcreaterole, wanted.create_role, true},
			{"REPLICATION", form->rolreplication, wanted.replication, true},
			{"BYPASSRLS", form->rolbypassrls, wanted.bypass_rls, true},
		};

		for (size_t i = 0; i < lengthof(attributes); i++)
			AuditAttribute(audit, role, &attributes[i]);
	}
	AuditConnectionLimit(audit, role, form->rolconnlimit, wanted.connection_limit);
	ReleaseSysCache(tuple);
}

/* What the role has set for itself in this database: "name=value", as char *. */
static List *
SettingsInDatabase(Oid role)
{
	Relation catalog = table_open(DbRoleSettingRelationId, AccessShareLock);
	List *settings = NIL;
	ScanKeyData keys[2];
	SysScanDesc scan;
	HeapTuple tuple;
	bool isnull = true;
	Datum array = (Datum) 0;

	ScanKeyInit(&keys[0], Anum_pg_db_role_setting_setdatabase, BTEqualStrategyNumber, F_OIDEQ,
				ObjectIdGetDatum(MyDatabaseId));
	ScanKeyInit(&keys[1], Anum_pg_db_role_setting_setrole, BTEqualStrategyNumber, F_OIDEQ,
				ObjectIdGetDatum(role));
	scan = systable_beginscan(catalog, DbRoleSettingDatidRolidIndexId, true, NULL, 2, keys);
	if (HeapTupleIsValid(tuple = systable_getnext(scan)))
		array = heap_getattr(tuple, Anum_pg_db_role_setting_setconfig, RelationGetDescr(catalog),
							 &isnull);
	if (!isnull)
	{
		Datum *elements;
		int count;

		deconstruct_array(DatumGetArrayTypeP(array), TEXTOID, -1, false, TYPALIGN_INT, &elements,
						  NULL, &count);
		for (int i = 0; i < count; i++)
			settings = lappend(settings, TextDatumGetCString(elements[i]));
	}
	systable_endscan(scan);
	table_close(catalog, AccessShareLock);
	return settings;
}

static size_t
NameLength(const char *setting)
{
	return strcspn(setting, "=");
}

/* The setting of the same name in a list, or NULL. */
static const char *
FindSetting(List *settings, const char *setting)
{
	const ListCell *cell;

	foreach (cell, settings)
	{
		const char *other = lfirst(cell);

		if (NameLength(other) == NameLength(setting) &&
			pg_strncasecmp(other, setting, NameLength(setting)) == 0)
			return other;
	}
	return NULL;
}

/* "name", each part between dots quoted where it must be. */
static const char *
QuotedSettingName(const char *setting)
{
	char *name = pnstrdup(setting, NameLength(setting));
	StringInfoData quoted;
	char *at = name;
	char *part;

	initStringInfo(&quoted);
	while ((part = strsep(&at, ".")) != NULL)
		appendStringInfo(&quoted, "%s%s", quoted.len > 0 ? "." : "", quote_identifier(part));
	return quoted.data;
}

/* The value; a list of names is one of literals, or it would be one name with commas in it. */
static const char *
QuotedSettingValue(const char *setting)
{
	char *name = pnstrdup(setting, NameLength(setting));
	char *value = pstrdup(setting + NameLength(setting) + 1);
	StringInfoData quoted;
	List *elements;
	const ListCell *cell;

	if (!(GetConfigOptionFlags(name, true) & GUC_LIST_QUOTE) ||
		!SplitGUCList(pstrdup(value), ',', &elements) || elements == NIL)
		return quote_literal_cstr(value);
	/* SplitGUCList() writes into what it is given: the elements stay there. */
	initStringInfo(&quoted);
	foreach (cell, elements)
		appendStringInfo(&quoted, "%s%s", quoted.len > 0 ? ", " : "",
						 quote_literal_cstr(lfirst(cell)));
	return quoted.data;
}

static void
AuditSettings(Audit *audit, const PolicyRole *role)
{
	List *present = role->is_there ? SettingsInDatabase(role->oid) : NIL;
	const char *alter = psprintf("ALTER ROLE %s IN DATABASE %s", quote_identifier(role->name),
								 quote_identifier(get_database_name(MyDatabaseId)));
	const ListCell *cell;

	foreach (cell, role->settings)
	{
		const char *setting = lfirst(cell);
		const char *other = FindSetting(present, setting);

		if (other == NULL || strcmp(other + NameLength(other), setting + NameLength(setting)) != 0)
			AddRoleFinding(audit, role, VERDICT_WRONG_ATTRIBUTE, SEVERITY_WARNING, setting,
						   other ? psprintf("in this database it has %s", other)
								 : "it has no such setting in this database",
						   psprintf("%s SET %s TO %s", alter, QuotedSettingName(setting),
									QuotedSettingValue(setting)));
	}
	foreach (cell, present)
	{
		const char *setting = lfirst(cell);

		if (FindSetting(role->settings, setting) == NULL)
			AddRoleFinding(audit, role, VERDICT_WRONG_ATTRIBUTE, SEVERITY_WARNING,
						   pnstrdup(setting, NameLength(setting)),
						   psprintf("in this database it has %s", setting),
						   psprintf("%s RESET %s", alter, QuotedSettingName(setting)));
	}
}

void
AuditRoles(Audit *audit)
{
	for (int i = 0; i < audit->policy.role_count; i++)
	{
		const PolicyRole *role = &audit->policy.roles[i];

		if (!role->is_there)
			AddMissingRole(audit, role);
		else if (role->is_declared)
			AuditAttributes(audit, role);
		if (role->is_declared)
			AuditSettings(audit, role);
	}
}
