/*
 * audit_catalog.c
 *		The objects that a policy speaks of, with their owners and privileges.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/dependency.h"
#include "catalog/indexing.h"
#include "catalog/namespace.h"
#include "catalog/pg_attribute.h"
#include "catalog/pg_class.h"
#include "catalog/pg_database.h"
#include "catalog/pg_depend.h"
#include "catalog/pg_extension.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "commands/extension.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/hsearch.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/regproc.h"
#include "utils/syscache.h"

#include "audit_catalog.h"
#include "compat.h"

/* An extension's member, and of which. */
typedef struct MemberEntry
{
	struct
	{
		Oid class;
		Oid object;
	} key;
	Oid extension;
} MemberEntry;

typedef struct CatalogReader
{
	AuditObjectList list;
	List *schemas; /* OIDs of those in scope */
	HTAB *members;
	Oid our_extension;
} CatalogReader;

static HTAB *
ReadMembers(void)
{
	HASHCTL control = {.keysize = sizeof(((MemberEntry *) NULL)->key),
					   .entrysize = sizeof(MemberEntry),
					   .hcxt = CurrentMemoryContext};
	HTAB *members =
		hash_create("extension members", 256, &control, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	Relation catalog = table_open(DependRelationId, AccessShareLock);
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple tuple;

	ScanKeyInit(&key, Anum_pg_depend_refclassid, BTEqualStrategyNumber, F_OIDEQ,
				ObjectIdGetDatum(ExtensionRelationId));
	scan = systable_beginscan(catalog, DependReferenceIndexId, true, NULL, 1, &key);
	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		Form_pg_depend form = (Form_pg_depend) GETSTRUCT(tuple);
		MemberEntry entry = {.key = {form->classid, form->objid}};
		MemberEntry *found;

		CHECK_FOR_INTERRUPTS();
		if (form->deptype != DEPENDENCY_EXTENSION)
			continue;
		found = hash_search(members, &entry.key, HASH_ENTER, NULL);
		found->extension = form->refobjid;
	}
	systable_endscan(scan);
	table_close(catalog, AccessShareLock);
	return members;
}

static ExtensionMember
MembershipOf(const CatalogReader *reader, Oid class, Oid object)
{
	MemberEntry entry = {.key = {class, object}};
	MemberEntry *found = hash_search(reader->members, &entry.key, HASH_FIND, NULL);

	if (found == NULL)
		return MEMBER_OF_NONE;
	return found->extension == reader->our_extension ? MEMBER_OF_OURS : MEMBER_OF_ANOTHER;
}

/* The schemas that the policy names, as far as they are there. */
static List *
SchemasOfPolicy(const PolicyImage *policy)
{
	List *schemas = NIL;

	for (int i = 0; i < policy->rule_count; i++)
	{
		const PolicyRule *rule = &policy->rules[i];
		const char *name =
			rule->object_type == KIND_SCHEMA ? rule->object_name : rule->object_schema;
		Oid schema = name != NULL ? get_namespace_oid(name, true) : InvalidOid;

		if (OidIsValid(schema))
			schemas = list_append_unique_oid(schemas, schema);
	}
	return schemas;
}

/* A new object with what all kinds have. */
static AuditObject *
AddObject(CatalogReader *reader, ObjectKind kind, Oid class, Oid oid, Oid owner, HeapTuple tuple,
		  AttrNumber acl_column, TupleDesc desc)
{
	AuditObjectList *list = &reader->list;
	AuditObject *object;
	Datum acl;
	bool isnull;

	if (list->count == list->capacity)
	{
		list->capacity = Max(256, list->capacity * 2);
		list->items = list->items == NULL
						  ? palloc(list->capacity * sizeof(AuditObject))
						  : repalloc_huge(list->items, list->capacity * sizeof(AuditObject));
	}
	object = &list->items[list->count++];
	acl = heap_getattr(tuple, acl_column, desc, &isnull);
	*object = (AuditObject){.kind = kind,
							.oid = oid,
							.owner = owner,
							.acl = isnull ? acldefault(ObjectKindType(kind), owner)
										  : DatumGetAclPCopy(acl),
							.has_default_acl = isnull,
							.member = MembershipOf(reader, class, oid)};
	return object;
}

static const char *
QualifiedTarget(const char *word, const char *schema, const char *name)
{
	return psprintf("%s %s", word, quote_qualified_identifier(schema, name));
}

static void
AddDatabase(CatalogReader *reader)
{
	Relation catalog = table_open(DatabaseRelationId, AccessShareLock);
	HeapTuple tuple = SearchSysCache1(DATABASEOID, ObjectIdGetDatum(MyDatabaseId));
	Form_pg_database form;
	AuditObject *object;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for database %u", MyDatabaseId);
	form = (Form_pg_database) GETSTRUCT(tuple);
	object = AddObject(reader, KIND_DATABASE, DatabaseRelationId, form->oid, form->datdba, tuple,
					   Anum_pg_database_datacl, RelationGetDescr(catalog));
	object->name = pstrdup(NameStr(form->datname));
	object->target = psprintf("DATABASE %s", quote_identifier(object->name));
	object->alter = psprintf("ALTER %s", object->target);
	ReleaseSysCache(tuple);
	table_close(catalog, AccessShareLock);
}

/* Calls add() for each row of a catalog. */
static void
ScanCatalog(CatalogReader *reader, Oid catalog_oid,
			void (*add)(CatalogReader *reader, HeapTuple tuple, TupleDesc desc))
{
	Relation catalog = table_open(catalog_oid, AccessShareLock);
	SysScanDesc scan = systable_beginscan(catalog, InvalidOid, false, NULL, 0, NULL);
	HeapTuple tuple;

	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		CHECK_FOR_INTERRUPTS();
		add(reader, tuple, RelationGetDescr(catalog));
	}
	systable_endscan(scan);
	table_close(catalog, AccessShareLock);
}

static void
AddSchema(CatalogReader *reader, HeapTuple tuple, TupleDesc desc)
{
	Form_pg_namespace form = (Form_pg_namespace) GETSTRUCT(tuple);
	AuditObject *object;

	if (!list_member_oid(reader->schemas, form->oid))
		return;
	object = AddObject(reader, KIND_SCHEMA, NamespaceRelationId, form->oid, form->nspowner, tuple,
					   Anum_pg_namespace_nspacl, desc);
	object->name = pstrdup(NameStr(form->nspname));
	object->target = psprintf("SCHEMA %s", quote_identifier(object->name));
	object->alter = psprintf("ALTER %s", object->target);
}

/* The schema's name; NULL where the policy doesn't name it, or it has just been dropped. */
static const char *
SchemaInScope(const CatalogReader *reader, Oid schema)
{
	return list_member_oid(reader->schemas, schema) ? get_namespace_name(schema) : NULL;
}

/* How ALTER calls a relation; NULL for those without privileges. */
static const char *
RelationWord(char relkind)
{
	switch (relkind)
	{
		case RELKIND_RELATION:
		case RELKIND_PARTITIONED_TABLE:
			return "TABLE";
		case RELKIND_VIEW:
			return "VIEW";
		case RELKIND_MATVIEW:
			return "MATERIALIZED VIEW";
		case RELKIND_FOREIGN_TABLE:
			return "FOREIGN TABLE";
		case RELKIND_SEQUENCE:
			return "SEQUENCE";
		default:
			return NULL;
	}
}

static void
AddRelation(CatalogReader *reader, HeapTuple tuple, TupleDesc desc)
{
	Form_pg_class form = (Form_pg_class) GETSTRUCT(tuple);
	const char *word = RelationWord(form->relkind);
	bool is_sequence = form->relkind == RELKIND_SEQUENCE;
	const char *schema;
	AuditObject *object;
	int32 column;

	if (word == NULL || (schema = SchemaInScope(reader, form->relnamespace)) == NULL)
		return;
	object = AddObject(reader, is_sequence ? KIND_SEQUENCE : KIND_TABLE, RelationRelationId,
					   form->oid, form->relowner, tuple, Anum_pg_class_relacl, desc);
	object->schema = schema;
	object->name = pstrdup(NameStr(form->relname));
	object->target =
		QualifiedTarget(is_sequence ? "SEQUENCE" : "TABLE", object->schema, object->name);
	object->alter = psprintf("ALTER %s", QualifiedTarget(word, object->schema, object->name));
	if (is_sequence)
	{
		object->needs_no_privileges =
			sequenceIsOwned(form->oid, DEPENDENCY_INTERNAL, &object->owning_table, &column);
		if (!object->needs_no_privileges &&
			!sequenceIsOwned(form->oid, DEPENDENCY_AUTO, &object->owning_table, &column))
			object->owning_table = InvalidOid;
	}
}

/* As regprocedure writes it, without the schema. */
static const char *
FunctionName(Form_pg_proc form)
{
	StringInfoData name;

	initStringInfo(&name);
	appendStringInfo(&name, "%s(", quote_identifier(NameStr(form->proname)));
	for (int i = 0; i < form->pronargs; i++)
		appendStringInfo(
			&name, "%s%s", i > 0 ? "," : "",
			format_type_extended(form->proargtypes.values[i], -1, FORMAT_TYPE_ALLOW_INVALID));
	appendStringInfoChar(&name, ')');
	return name.data;
}

static void
AddFunction(CatalogReader *reader, HeapTuple tuple, TupleDesc desc)
{
	Form_pg_proc form = (Form_pg_proc) GETSTRUCT(tuple);
	const char *schema = SchemaInScope(reader, form->pronamespace);
	AuditObject *object;
	const char *signature;

	if (schema == NULL)
		return;
	object = AddObject(reader, KIND_FUNCTION, ProcedureRelationId, form->oid, form->proowner, tuple,
					   Anum_pg_proc_proacl, desc);
	signature = format_procedure_qualified(form->oid);
	object->schema = schema;
	object->name = FunctionName(form);
	object->target =
		psprintf("%s %s", form->prokind == PROKIND_PROCEDURE ? "PROCEDURE" : "FUNCTION", signature);
	object->alter = psprintf("ALTER ROUTINE %s", signature);
}

static void
AddType(CatalogReader *reader, HeapTuple tuple, TupleDesc desc)
{
	Form_pg_type form = (Form_pg_type) GETSTRUCT(tuple);
	const char *schema = SchemaInScope(reader, form->typnamespace);
	AuditObject *object;

	if (schema == NULL || IsTrueArrayType(form) || form->typtype == TYPTYPE_MULTIRANGE ||
		(OidIsValid(form->typrelid) && get_rel_relkind(form->typrelid) != RELKIND_COMPOSITE_TYPE))
		return;
	object = AddObject(reader, KIND_TYPE, TypeRelationId, form->oid, form->typowner, tuple,
					   Anum_pg_type_typacl, desc);
	object->schema = schema;
	object->name = pstrdup(NameStr(form->typname));
	object->target = QualifiedTarget("TYPE", object->schema, object->name);
	object->alter =
		psprintf("ALTER %s", QualifiedTarget(form->typtype == TYPTYPE_DOMAIN ? "DOMAIN" : "TYPE",
											 object->schema, object->name));
}

static int
CompareText(const char *left, const char *right)
{
	return strcmp(left != NULL ? left : "", right != NULL ? right : "");
}

static int
CompareObjects(const void *a, const void *b)
{
	const AuditObject *left = a;
	const AuditObject *right = b;
	int order = CompareText(left->schema, right->schema);

	if (left->kind != right->kind)
		return left->kind < right->kind ? -1 : 1;
	return order != 0 ? order : CompareText(left->name, right->name);
}

/* An entry of the table by which columns find their relation. */
typedef struct RelationEntry
{
	Oid oid;
	AuditObject *object;
} RelationEntry;

static void
AddColumn(AuditObject *object, HeapTuple tuple, TupleDesc desc)
{
	Form_pg_attribute form = (Form_pg_attribute) GETSTRUCT(tuple);
	bool isnull;
	Datum acl = heap_getattr(tuple, Anum_pg_attribute_attacl, desc, &isnull);
	size_t size = (object->column_count + 1) * sizeof(AuditColumn);

	object->columns = object->columns == NULL ? palloc(size) : repalloc(object->columns, size);
	object->columns[object->column_count++] = (AuditColumn){.attnum = form->attnum,
															.name = pstrdup(NameStr(form->attname)),
															.acl = DatumGetAclPCopy(acl)};
}

static int
CompareColumns(const void *a, const void *b)
{
	return ((const AuditColumn *) a)->attnum - ((const AuditColumn *) b)->attnum;
}

/* One pass over pg_attribute: few columns have privileges, and no index knows which. */
static void
ReadColumns(AuditObjectList *list)
{
	HASHCTL control = {
		.keysize = sizeof(Oid), .entrysize = sizeof(RelationEntry), .hcxt = CurrentMemoryContext};
	HTAB *relations =
		hash_create("audited relations", 256, &control, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	Relation catalog = table_open(AttributeRelationId, AccessShareLock);
	SysScanDesc scan = systable_beginscan(catalog, InvalidOid, false, NULL, 0, NULL);
	HeapTuple tuple;

	for (int i = 0; i < list->count; i++)
	{
		if (list->items[i].kind == KIND_TABLE)
			((RelationEntry *) hash_search(relations, &list->items[i].oid, HASH_ENTER, NULL))
				->object = &list->items[i];
	}
	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		Form_pg_attribute form = (Form_pg_attribute) GETSTRUCT(tuple);
		RelationEntry *entry;

		CHECK_FOR_INTERRUPTS();
		if (form->attisdropped || heap_attisnull(tuple, Anum_pg_attribute_attacl, NULL))
			continue;
		entry = hash_search(relations, &form->attrelid, HASH_FIND, NULL);
		if (entry != NULL)
			AddColumn(entry->object, tuple, RelationGetDescr(catalog));
	}
	systable_endscan(scan);
	table_close(catalog, AccessShareLock);
	for (int i = 0; i < list->count; i++)
	{
		if (list->items[i].column_count > 1)
			qsort(list->items[i].columns, list->items[i].column_count, sizeof(AuditColumn),
				  CompareColumns);
	}
}

AuditObjectList
ReadAuditObjects(const PolicyImage *policy)
{
	CatalogReader reader = {.schemas = SchemasOfPolicy(policy),
							.members = ReadMembers(),
							.our_extension = get_extension_oid("headhunter", true)};

	AddDatabase(&reader);
	ScanCatalog(&reader, NamespaceRelationId, AddSchema);
	ScanCatalog(&reader, RelationRelationId, AddRelation);
	ScanCatalog(&reader, ProcedureRelationId, AddFunction);
	ScanCatalog(&reader, TypeRelationId, AddType);
	qsort(reader.list.items, reader.list.count, sizeof(AuditObject), CompareObjects);
	ReadColumns(&reader.list);
	return reader.list;
}
