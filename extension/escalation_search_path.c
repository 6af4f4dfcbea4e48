/*
 * escalation_search_path.c
 *		Schemas in which a role may create what another one then finds by its search_path.
 *
 * A role's search_path is what it has been set for the role or the database, else PostgreSQL's
 * default; what postgresql.conf or a session says is not known here.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/namespace.h"
#include "catalog/pg_db_role_setting.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "nodes/pg_list.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/varlena.h"

#include "compat.h"
#include "escalation.h"

#define DEFAULT_SEARCH_PATH "\"$user\", public"
#define MAX_NAMED_VICTIMS	3

/* How near a setting is to the role: the nearest one holds. */
typedef enum Nearness
{
	NEAR_NOT,
	NEAR_CLUSTER,
	NEAR_DATABASE,
	NEAR_ROLE,
	NEAR_ROLE_IN_DATABASE
} Nearness;

struct SearchPaths
{
	int count;		  /* of roles, as in the graph */
	List **schemas;	  /* of each role, the OIDs of the schemas in its path */
	List *all;		  /* the schemas in anybody's */
	const char **set; /* what its path has been set to */
	Nearness *nearness;
};

/* The value of search_path among settings, name=value each; or NULL. */
const char *
SearchPathIn(Datum settings)
{
	static const char name[] = "search_path=";
	Datum *items;
	int count;

	deconstruct_array(DatumGetArrayTypeP(settings), TEXTOID, -1, false, TYPALIGN_INT, &items, NULL,
					  &count);
	for (int i = 0; i < count; i++)
	{
		const char *item = TextDatumGetCString(items[i]);

		if (pg_strncasecmp(item, name, sizeof(name) - 1) == 0)
			return item + sizeof(name) - 1;
	}
	return NULL;
}

static Nearness
NearnessOf(Form_pg_db_role_setting form)
{
	if (OidIsValid(form->setdatabase) && form->setdatabase != MyDatabaseId)
		return NEAR_NOT;
	if (OidIsValid(form->setrole))
		return OidIsValid(form->setdatabase) ? NEAR_ROLE_IN_DATABASE : NEAR_ROLE;
	return OidIsValid(form->setdatabase) ? NEAR_DATABASE : NEAR_CLUSTER;
}

static void
SetSearchPath(SearchPaths *paths, int role, Nearness nearness, const char *value)
{
	if (nearness <= paths->nearness[role])
		return;
	paths->nearness[role] = nearness;
	paths->set[role] = value;
}

static void
ReadSettings(SearchPaths *paths, const RoleGraph *graph)
{
	Relation catalog = table_open(DbRoleSettingRelationId, AccessShareLock);
	SysScanDesc scan = systable_beginscan(catalog, InvalidOid, false, NULL, 0, NULL);
	HeapTuple tuple;

	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		Form_pg_db_role_setting form = (Form_pg_db_role_setting) GETSTRUCT(tuple);
		Nearness nearness = NearnessOf(form);
		bool is_null;
		Datum settings = heap_getattr(tuple, Anum_pg_db_role_setting_setconfig,
									  RelationGetDescr(catalog), &is_null);
		const char *value = is_null ? NULL : SearchPathIn(settings);
		int role = FindRole(graph, form->setrole);

		if (value == NULL || nearness == NEAR_NOT)
			continue;
		if (role >= 0)
			SetSearchPath(paths, role, nearness, value);
		else if (!OidIsValid(form->setrole))
			for (int i = 0; i < paths->count; i++)
				SetSearchPath(paths, i, nearness, value);
	}
	systable_endscan(scan);
	table_close(catalog, AccessShareLock);
}

static List *
SchemasOf(const char *search_path, const char *role)
{
	List *schemas = NIL;
	List *names;
	ListCell *cell;

	if (!SplitIdentifierString(pstrdup(search_path), ',', &names))
		return NIL;
	foreach (cell, names)
	{
		const char *name = lfirst(cell);
		Oid schema = get_namespace_oid(strcmp(name, "$user") == 0 ? role : name, true);

		if (OidIsValid(schema) && schema != PG_CATALOG_NAMESPACE)
			schemas = list_append_unique_oid(schemas, schema);
	}
	return schemas;
}

SearchPaths *
FindSearchPaths(const RoleGraph *graph)
{
	SearchPaths *paths = palloc0(sizeof(SearchPaths));

	paths->count = graph->count;
	paths->schemas = palloc0(graph->count * sizeof(List *));
	paths->nearness = palloc0(graph->count * sizeof(Nearness));
	paths->set = palloc(graph->count * sizeof(char *));
	for (int i = 0; i < graph->count; i++)
		paths->set[i] = DEFAULT_SEARCH_PATH;
	ReadSettings(paths, graph);
	for (int i = 0; i < graph->count; i++)
	{
		if (!graph->roles[i].can_login)
			continue;
		paths->schemas[i] = SchemasOf(paths->set[i], graph->roles[i].name);
		paths->all = list_concat_unique_oid(paths->all, paths->schemas[i]);
	}
	return paths;
}

/* Whose path the schema stands in, but for the role itself; NULL if nobody's. */
static const char *
VictimsOf(EscalationReport *report, SearchPaths *paths, Oid schema, bool *superuser)
{
	StringInfoData names;
	int count = 0;

	initStringInfo(&names);
	*superuser = false;
	for (int i = 0; i < paths->count; i++)
	{
		const Role *victim = &report->graph->roles[i];

		if (victim == report->role || !list_member_oid(paths->schemas[i], schema))
			continue;
		*superuser |= victim->superuser;
		if (++count <= MAX_NAMED_VICTIMS)
			appendStringInfo(&names, "%s%s", count > 1 ? ", " : "", victim->quoted);
	}
	if (count > MAX_NAMED_VICTIMS)
		appendStringInfo(&names, " and %d more", count - MAX_NAMED_VICTIMS);
	return count > 0 ? names.data : NULL;
}

void
ReportSearchPaths(EscalationReport *report, SearchPaths *paths)
{
	ListCell *cell;

	foreach (cell, paths->all)
	{
		Oid schema = lfirst_oid(cell);
		const char *name = get_namespace_name(schema);
		const char *victims;
		bool superuser;

		if (name == NULL || !HasSchemaRight(schema, report->role->oid, ACL_CREATE))
			continue;
		victims = VictimsOf(report, paths, schema, &superuser);
		if (victims != NULL)
			ReportEscalation(
				report, "search_path", superuser ? SEVERITY_ERROR : SEVERITY_WARNING,
				quote_identifier(name),
				psprintf("functions and operators of its own are found by the search_path of %s",
						 victims),
				psprintf("%s (CREATE on the schema)", report->role->quoted));
	}
}
