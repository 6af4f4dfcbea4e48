/*
 * deployment.c
 *		What stands in this database, and who owns it.
 *
 * migrate/deployment.c reads and refuses the same from outside.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_extension.h"
#include "catalog/pg_namespace.h"
#include "commands/extension.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/syscache.h"

#include "compat.h"
#include "deployment.h"

static const char *const data_schemas[] = {"search", "taxonomy", "msgs", "ops"};

typedef struct ExtensionRow
{
	Oid owner;
	Oid schema;
	char *version;
} ExtensionRow;

/* pg_extension has no cache by OID before 18, hence the scan. */
static ExtensionRow
ReadExtension(Oid extension)
{
	Relation catalog = table_open(ExtensionRelationId, AccessShareLock);
	ExtensionRow row = {0};
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple tuple;

	ScanKeyInit(&key, Anum_pg_extension_oid, BTEqualStrategyNumber, F_OIDEQ,
				ObjectIdGetDatum(extension));
	scan = systable_beginscan(catalog, ExtensionOidIndexId, true, NULL, 1, &key);
	tuple = systable_getnext(scan);
	if (HeapTupleIsValid(tuple))
	{
		Form_pg_extension form = (Form_pg_extension) GETSTRUCT(tuple);
		bool isnull;
		Datum version =
			heap_getattr(tuple, Anum_pg_extension_extversion, RelationGetDescr(catalog), &isnull);

		row.owner = form->extowner;
		row.schema = form->extnamespace;
		row.version = TextDatumGetCString(version);
	}
	else
		elog(ERROR, "could not find extension %u", extension);
	systable_endscan(scan);
	table_close(catalog, AccessShareLock);
	return row;
}

Oid
ExtensionSchema(const char *name)
{
	return ReadExtension(get_extension_oid(name, false)).schema;
}

static Oid
RelationOwner(Oid relation)
{
	HeapTuple tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relation));
	Oid owner;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for relation %u", relation);
	owner = ((Form_pg_class) GETSTRUCT(tuple))->relowner;
	ReleaseSysCache(tuple);
	return owner;
}

static Oid
SchemaOwner(Oid schema)
{
	HeapTuple tuple = SearchSysCache1(NAMESPACEOID, ObjectIdGetDatum(schema));
	Oid owner;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for schema %u", schema);
	owner = ((Form_pg_namespace) GETSTRUCT(tuple))->nspowner;
	ReleaseSysCache(tuple);
	return owner;
}

/* The dimension of search.candidate_embeddings.embedding, or 0. */
static int
ReadDimensions(void)
{
	Oid schema = get_namespace_oid("search", true);
	Oid relation =
		OidIsValid(schema) ? get_relname_relid("candidate_embeddings", schema) : InvalidOid;
	AttrNumber column = OidIsValid(relation) ? get_attnum(relation, "embedding") : 0;
	Oid type;
	int32 modifier;
	Oid collation;

	if (column <= 0)
		return 0;
	get_atttypetypmodcoll(relation, column, &type, &modifier, &collation);
	return Max(modifier, 0);
}

Deployment
ReadDeployment(void)
{
	Deployment deployment = {0};
	ExtensionRow extension;

	deployment.extension =
		creating_extension ? CurrentExtensionObject : get_extension_oid("headhunter", false);
	extension = ReadExtension(deployment.extension);
	deployment.extension_owner = extension.owner;
	deployment.extension_version = extension.version;
	deployment.control_schema = get_namespace_oid("hh", true);
	if (!OidIsValid(deployment.control_schema))
		ereport(ERROR, (errcode(ERRCODE_UNDEFINED_SCHEMA), errmsg("schema \"hh\" does not exist")));
	deployment.control_owner = SchemaOwner(deployment.control_schema);

	deployment.ledger = get_relname_relid("migration", deployment.control_schema);
	if (OidIsValid(deployment.ledger) && get_rel_relkind(deployment.ledger) != RELKIND_RELATION)
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE), errmsg("\"hh.migration\" is not a table"),
				 errdetail("The ledger of migrations must be an ordinary table.")));
	deployment.owner = OidIsValid(deployment.ledger) ? RelationOwner(deployment.ledger)
													 : deployment.extension_owner;

	for (size_t i = 0; i < lengthof(data_schemas); i++)
	{
		if (OidIsValid(get_namespace_oid(data_schemas[i], true)))
			deployment.present_schemas =
				lappend(deployment.present_schemas, pstrdup(data_schemas[i]));
		else
			deployment.absent_schemas =
				lappend(deployment.absent_schemas, pstrdup(data_schemas[i]));
	}
	deployment.dimensions = ReadDimensions();
	return deployment;
}

/* The first role other than its owner that holds CREATE on the schema, as text; or NULL. */
static const char *
ForeignCreator(Oid schema, Oid owner)
{
	HeapTuple tuple = SearchSysCache1(NAMESPACEOID, ObjectIdGetDatum(schema));
	const char *creator = NULL;
	Datum acl;
	bool isnull;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for schema %u", schema);
	acl = SysCacheGetAttr(NAMESPACEOID, tuple, Anum_pg_namespace_nspacl, &isnull);
	for (int i = 0; !isnull && creator == NULL && i < ACL_NUM(DatumGetAclP(acl)); i++)
	{
		const AclItem *item = &ACL_DAT(DatumGetAclP(acl))[i];

		if (item->ai_grantee == owner || !(ACLITEM_GET_PRIVS(*item) & ACL_CREATE))
			continue;
		creator = item->ai_grantee == ACL_ID_PUBLIC
					  ? "PUBLIC"
					  : quote_identifier(GetUserNameFromId(item->ai_grantee, false));
	}
	ReleaseSysCache(tuple);
	return creator;
}

void
CheckControlSchema(const Deployment *deployment, Oid installer)
{
	Oid owner = deployment->control_owner;
	const char *creator = ForeignCreator(deployment->control_schema, owner);

	if (!CanSetRole(installer, owner))
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("schema \"hh\" belongs to role \"%s\"", GetUserNameFromId(owner, false)),
				 errdetail("Role \"%s\" is not a member of it, so what stands in the "
						   "schema can't be trusted.",
						   GetUserNameFromId(installer, false)),
				 errhint("Have the schema's owner install, or drop the schema.")));
	if (creator != NULL)
		ereport(ERROR, (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
						errmsg("role %s may create objects in schema \"hh\"", creator),
						errdetail("Only its owner may: others would run what is planted there."),
						errhint("REVOKE CREATE ON SCHEMA hh FROM %s, and look through the schema.",
								creator)));
}

/* Superusers have no need to replace anything, and don't count as everybody's members here. */
static void
RefuseSchemaOwner(const char *schema, Oid schema_owner, Oid owner)
{
	if (superuser_arg(schema_owner) || is_member_of_role_nosuper(owner, schema_owner))
		return;
	ereport(
		ERROR,
		(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
		 errmsg("schema \"%s\" belongs to role \"%s\", and the deployment to role \"%s\"", schema,
				GetUserNameFromId(schema_owner, false), GetUserNameFromId(owner, false)),
		 errdetail("What is run for role \"%s\" would be in the hands of role \"%s\".",
				   GetUserNameFromId(owner, false), GetUserNameFromId(schema_owner, false)),
		 errhint("Have one role own both: see ALTER SCHEMA %s OWNER TO.", schema)));
}

void
RefuseForeignSchemaOwner(const Deployment *deployment)
{
	const ListCell *cell;

	RefuseSchemaOwner("hh", deployment->control_owner, deployment->owner);
	foreach (cell, deployment->present_schemas)
		RefuseSchemaOwner(lfirst(cell), SchemaOwner(get_namespace_oid(lfirst(cell), false)),
						  deployment->owner);
}

void
RequireOwnerMembership(const Deployment *deployment)
{
	if (!CanSetRole(GetUserId(), deployment->owner))
		ereport(ERROR, (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
						errmsg("permission denied to act for headhunter's owner"),
						errdetail("The deployment belongs to role \"%s\".",
								  GetUserNameFromId(deployment->owner, false)),
						errhint("Connect as this role, or as one that may SET ROLE to it.")));
}

char *
JoinNames(const List *names)
{
	StringInfoData joined;
	const ListCell *cell;

	initStringInfo(&joined);
	foreach (cell, names)
		appendStringInfo(&joined, "%s%s", joined.len > 0 ? ", " : "", (const char *) lfirst(cell));
	return joined.data;
}
