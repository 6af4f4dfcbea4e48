/*
 * acl_object.c
 *		The kinds of objects that privileges are granted on, and all objects of a kind.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/catalog.h"
#include "catalog/namespace.h"
#include "catalog/pg_attribute.h"
#include "catalog/pg_authid.h"
#include "catalog/pg_class.h"
#include "catalog/pg_database.h"
#include "catalog/pg_foreign_data_wrapper.h"
#include "catalog/pg_foreign_server.h"
#include "catalog/pg_language.h"
#include "catalog/pg_largeobject_metadata.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_parameter_acl.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_tablespace.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/fmgroids.h"
#include "utils/rel.h"
#include "utils/syscache.h"

#include "acl_object.h"
#include "compat.h"
#include "function_signature.h"

typedef struct AclScan AclScan;

#define WRITE_PRIVILEGES (ACL_INSERT | ACL_UPDATE | ACL_DELETE)

static bool DescribeTable(AclScan *scan, AclObject *object, HeapTuple tuple);
static bool DescribeSequence(AclScan *scan, AclObject *object, HeapTuple tuple);
static bool DescribeColumn(AclScan *scan, AclObject *object, HeapTuple tuple);
static bool DescribeSchema(AclScan *scan, AclObject *object, HeapTuple tuple);
static bool DescribeFunction(AclScan *scan, AclObject *object, HeapTuple tuple);
static bool DescribeType(AclScan *scan, AclObject *object, HeapTuple tuple);
static bool DescribeLargeObject(AclScan *scan, AclObject *object, HeapTuple tuple);
static bool DescribeParameter(AclScan *scan, AclObject *object, HeapTuple tuple);

const AclObjectKind acl_object_kinds[] = {
	{
		.type = "database",
		.catalog = DatabaseRelationId,
		.name = Anum_pg_database_datname,
		.owner = Anum_pg_database_datdba,
		.acl = Anum_pg_database_datacl,
		.defaults = OBJECT_DATABASE,
		.privileges = ACL_ALL_RIGHTS_DATABASE,
	},
	{
		.type = "tablespace",
		.catalog = TableSpaceRelationId,
		.name = Anum_pg_tablespace_spcname,
		.owner = Anum_pg_tablespace_spcowner,
		.acl = Anum_pg_tablespace_spcacl,
		.defaults = OBJECT_TABLESPACE,
		.privileges = ACL_ALL_RIGHTS_TABLESPACE,
	},
	{
		.type = "parameter",
		.catalog = ParameterAclRelationId,
		.name = Anum_pg_parameter_acl_parname,
		.acl = Anum_pg_parameter_acl_paracl,
		.defaults = OBJECT_PARAMETER_ACL,
		.privileges = ACL_ALL_RIGHTS_PARAMETER_ACL,
		.describe = DescribeParameter,
	},
	{
		.type = "language",
		.catalog = LanguageRelationId,
		.name = Anum_pg_language_lanname,
		.owner = Anum_pg_language_lanowner,
		.acl = Anum_pg_language_lanacl,
		.defaults = OBJECT_LANGUAGE,
		.privileges = ACL_ALL_RIGHTS_LANGUAGE,
	},
	{
		.type = "foreign data wrapper",
		.catalog = ForeignDataWrapperRelationId,
		.name = Anum_pg_foreign_data_wrapper_fdwname,
		.owner = Anum_pg_foreign_data_wrapper_fdwowner,
		.acl = Anum_pg_foreign_data_wrapper_fdwacl,
		.defaults = OBJECT_FDW,
		.privileges = ACL_ALL_RIGHTS_FDW,
	},
	{
		.type = "foreign server",
		.catalog = ForeignServerRelationId,
		.name = Anum_pg_foreign_server_srvname,
		.owner = Anum_pg_foreign_server_srvowner,
		.acl = Anum_pg_foreign_server_srvacl,
		.defaults = OBJECT_FOREIGN_SERVER,
		.privileges = ACL_ALL_RIGHTS_FOREIGN_SERVER,
	},
	{
		.type = "schema",
		.catalog = NamespaceRelationId,
		.name = Anum_pg_namespace_nspname,
		.owner = Anum_pg_namespace_nspowner,
		.acl = Anum_pg_namespace_nspacl,
		.defaults = OBJECT_SCHEMA,
		.privileges = ACL_ALL_RIGHTS_SCHEMA,
		.predefined = {{ROLE_PG_READ_ALL_DATA, ACL_USAGE}, {ROLE_PG_WRITE_ALL_DATA, ACL_USAGE}},
		.describe = DescribeSchema,
	},
	{
		.type = "table",
		.catalog = RelationRelationId,
		.name = Anum_pg_class_relname,
		.schema = Anum_pg_class_relnamespace,
		.owner = Anum_pg_class_relowner,
		.acl = Anum_pg_class_relacl,
		.defaults = OBJECT_TABLE,
		.privileges = ACL_ALL_RIGHTS_RELATION,
		.predefined = {{ROLE_PG_READ_ALL_DATA, ACL_SELECT},
					   {ROLE_PG_WRITE_ALL_DATA, WRITE_PRIVILEGES},
					   {ROLE_PG_MAINTAIN, ACL_MAINTAIN}},
		.describe = DescribeTable,
	},
	{
		.type = "table",
		.catalog = AttributeRelationId,
		.name = Anum_pg_attribute_attname,
		.acl = Anum_pg_attribute_attacl,
		.defaults = OBJECT_COLUMN,
		.privileges = ACL_ALL_RIGHTS_COLUMN,
		.no_implied = true,
		.describe = DescribeColumn,
	},
	{
		.type = "sequence",
		.catalog = RelationRelationId,
		.name = Anum_pg_class_relname,
		.schema = Anum_pg_class_relnamespace,
		.owner = Anum_pg_class_relowner,
		.acl = Anum_pg_class_relacl,
		.defaults = OBJECT_SEQUENCE,
		.privileges = ACL_ALL_RIGHTS_SEQUENCE,
		.predefined = {{ROLE_PG_READ_ALL_DATA, ACL_SELECT}, {ROLE_PG_WRITE_ALL_DATA, ACL_UPDATE}},
		.describe = DescribeSequence,
	},
	{
		.type = "function",
		.catalog = ProcedureRelationId,
		.name = Anum_pg_proc_proname,
		.schema = Anum_pg_proc_pronamespace,
		.owner = Anum_pg_proc_proowner,
		.acl = Anum_pg_proc_proacl,
		.defaults = OBJECT_FUNCTION,
		.privileges = ACL_ALL_RIGHTS_FUNCTION,
		.describe = DescribeFunction,
	},
	{
		.type = "type",
		.catalog = TypeRelationId,
		.name = Anum_pg_type_typname,
		.schema = Anum_pg_type_typnamespace,
		.owner = Anum_pg_type_typowner,
		.acl = Anum_pg_type_typacl,
		.defaults = OBJECT_TYPE,
		.privileges = ACL_ALL_RIGHTS_TYPE,
		.describe = DescribeType,
	},
	{
		.type = "large object",
		.catalog = LargeObjectMetadataRelationId,
		.name = Anum_pg_largeobject_metadata_oid,
		.owner = Anum_pg_largeobject_metadata_lomowner,
		.acl = Anum_pg_largeobject_metadata_lomacl,
		.defaults = OBJECT_LARGEOBJECT,
		.privileges = ACL_ALL_RIGHTS_LARGEOBJECT,
		.describe = DescribeLargeObject,
	},
	[ACL_DEFAULTS_KIND] =
		{
			.type = "default privileges",
			.privileges = (1u << N_ACL_RIGHTS) - 1,
			.no_implied = true,
		},
};

/* The relations whose privileges are a table's. */
bool
HasTableRights(char relkind)
{
	return relkind == RELKIND_RELATION || relkind == RELKIND_PARTITIONED_TABLE ||
		   relkind == RELKIND_VIEW || relkind == RELKIND_MATVIEW ||
		   relkind == RELKIND_FOREIGN_TABLE;
}

static const char *const privilege_names[PRIVILEGE_BITS] = {
	"INSERT",	"SELECT",		"UPDATE",	 "DELETE",
	"TRUNCATE", "REFERENCES",	"TRIGGER",	 "EXECUTE",
	"USAGE",	"CREATE",		"TEMPORARY", "CONNECT",
	"SET",		"ALTER SYSTEM", "MAINTAIN",	 [PRIVILEGE_OWNER_BIT] = "OWNER",
};

/* NULL where no privilege has the bit. */
const char *
PrivilegeBitName(int bit)
{
	return privilege_names[bit];
}

const AclObjectKind *
FindAclObjectKind(int number)
{
	if (number < 0 || number >= (int) lengthof(acl_object_kinds))
		ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				errmsg("there is no kind of objects %d", number));
	return &acl_object_kinds[number];
}

/* A scan of a kind's catalog. Neighbours mostly stand in the same schema. */
struct AclScan
{
	const AclObjectKind *kind;
	Relation catalog;
	Oid schema;
	NameData schema_name;
	bool schema_is_temporary;
	SignatureCache *signatures;
};

static Datum
RequiredAttribute(const AclScan *scan, HeapTuple tuple, AttrNumber number)
{
	bool is_null;
	Datum value = heap_getattr(tuple, number, RelationGetDescr(scan->catalog), &is_null);

	if (is_null)
		elog(ERROR, "unexpected null in %s", RelationGetRelationName(scan->catalog));
	return value;
}

/*
 * False where the schema is temporary, for nobody but its own session reaches what is in it, or has
 * just been dropped.
 */
static bool
SetSchema(AclScan *scan, AclObject *object, Oid schema)
{
	if (schema != scan->schema)
	{
		HeapTuple tuple = SearchSysCache1(NAMESPACEOID, ObjectIdGetDatum(schema));

		if (!HeapTupleIsValid(tuple))
			return false;
		scan->schema_name = ((Form_pg_namespace) GETSTRUCT(tuple))->nspname;
		ReleaseSysCache(tuple);
		scan->schema_is_temporary = isAnyTempNamespace(schema);
		scan->schema = schema;
	}
	object->schema = &scan->schema_name;
	return !scan->schema_is_temporary;
}

/* Nobody but a superuser writes to the catalogs, whatever their privileges say. */
static void
SetRelation(AclObject *object, Form_pg_class form)
{
	object->owner = form->relowner;
	object->is_system = IsSystemClass(form->oid, form) && form->relkind != RELKIND_VIEW;
}

static bool
DescribeTable(AclScan *scan pg_attribute_unused(), AclObject *object, HeapTuple tuple)
{
	Form_pg_class form = (Form_pg_class) GETSTRUCT(tuple);

	SetRelation(object, form);
	return HasTableRights(form->relkind);
}

static bool
DescribeSequence(AclScan *scan pg_attribute_unused(), AclObject *object, HeapTuple tuple)
{
	Form_pg_class form = (Form_pg_class) GETSTRUCT(tuple);

	SetRelation(object, form);
	return form->relkind == RELKIND_SEQUENCE;
}

/* A column has no owner and no default: what is not granted on it is its table's. */
static bool
DescribeColumn(AclScan *scan, AclObject *object, HeapTuple tuple)
{
	Form_pg_attribute column = (Form_pg_attribute) GETSTRUCT(tuple);
	HeapTuple relation;
	Form_pg_class form;
	bool is_table;

	if (!object->has_acl || column->attisdropped)
		return false;
	relation = SearchSysCache1(RELOID, ObjectIdGetDatum(column->attrelid));
	if (!HeapTupleIsValid(relation))
		return false;
	form = (Form_pg_class) GETSTRUCT(relation);
	object->owner = form->relowner;
	object->column = &column->attname;
	object->name = CStringGetTextDatum(NameStr(form->relname));
	is_table = HasTableRights(form->relkind) && SetSchema(scan, object, form->relnamespace);
	ReleaseSysCache(relation);
	return is_table;
}

static bool
DescribeSchema(AclScan *scan pg_attribute_unused(), AclObject *object pg_attribute_unused(),
			   HeapTuple tuple)
{
	return !isAnyTempNamespace(((Form_pg_namespace) GETSTRUCT(tuple))->oid);
}

static bool
DescribeFunction(AclScan *scan, AclObject *object, HeapTuple tuple)
{
	object->name = FunctionSignature(scan->signatures, (Form_pg_proc) GETSTRUCT(tuple));
	return true;
}

static bool
DescribeType(AclScan *scan pg_attribute_unused(), AclObject *object pg_attribute_unused(),
			 HeapTuple tuple)
{
	return HasOwnPrivileges((Form_pg_type) GETSTRUCT(tuple));
}

static bool
DescribeLargeObject(AclScan *scan pg_attribute_unused(), AclObject *object, HeapTuple tuple)
{
	Form_pg_largeobject_metadata form = (Form_pg_largeobject_metadata) GETSTRUCT(tuple);

	object->name = CStringGetTextDatum(psprintf("%u", form->oid));
	return true;
}

/* A parameter has no owner; its grants come from the bootstrap superuser, as if it were one. */
static bool
DescribeParameter(AclScan *scan, AclObject *object, HeapTuple tuple)
{
	object->name = RequiredAttribute(scan, tuple, scan->kind->name);
	object->owner = BOOTSTRAP_SUPERUSERID;
	return true;
}

/* False: no object of the kind, or one that is left out. */
static bool
Describe(AclScan *scan, AclObject *object, HeapTuple tuple)
{
	const AclObjectKind *kind = scan->kind;
	bool is_null;

	*object = (AclObject){.kind = kind};
	object->acl = heap_getattr(tuple, kind->acl, RelationGetDescr(scan->catalog), &is_null);
	object->has_acl = !is_null;
	if (kind->describe != NULL && !kind->describe(scan, object, tuple))
		return false;
	if (kind->owner != 0)
		object->owner = DatumGetObjectId(RequiredAttribute(scan, tuple, kind->owner));
	if (object->name == 0)
		object->name =
			CStringGetTextDatum(NameStr(*DatumGetName(RequiredAttribute(scan, tuple, kind->name))));
	return kind->schema == 0 ||
		   SetSchema(scan, object, DatumGetObjectId(RequiredAttribute(scan, tuple, kind->schema)));
}

/* Calls the visitor with each object of the kind, in a memory context that is emptied after it. */
void
VisitAclObjects(const AclObjectKind *kind, AclObjectVisitor visitor, void *argument)
{
	AclScan scan = {.kind = kind, .catalog = table_open(kind->catalog, AccessShareLock)};
	SysScanDesc rows = systable_beginscan(scan.catalog, InvalidOid, false, NULL, 0, NULL);
	MemoryContext row =
		AllocSetContextCreate(CurrentMemoryContext, "object", ALLOCSET_DEFAULT_SIZES);
	MemoryContext previous;
	HeapTuple tuple;

	scan.signatures = MakeSignatureCache();
	previous = MemoryContextSwitchTo(row);
	while (HeapTupleIsValid(tuple = systable_getnext(rows)))
	{
		AclObject object;

		CHECK_FOR_INTERRUPTS();
		if (Describe(&scan, &object, tuple))
			visitor(&object, argument);
		MemoryContextReset(row);
	}
	MemoryContextSwitchTo(previous);
	MemoryContextDelete(row);
	systable_endscan(rows);
	table_close(scan.catalog, AccessShareLock);
}
