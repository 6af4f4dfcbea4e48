/*
 * escalation_objects.c
 *		Ways to more rights through functions, triggers, views and partitions.
 *
 * PostgreSQL's own are left out: they are as it made them.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/relation.h"
#include "access/table.h"
#include "access/transam.h"
#include "catalog/dependency.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_depend.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_rewrite.h"
#include "catalog/pg_trigger.h"
#include "miscadmin.h"
#include "nodes/pg_list.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/syscache.h"

#include "acl_object.h"
#include "compat.h"
#include "escalation.h"
#include "function_signature.h"

/* A SECURITY DEFINER function. */
typedef struct DefinerFunction
{
	Oid oid;
	Oid schema;
	Oid owner;
	bool pins_search_path;
	const char *name;
} DefinerFunction;

typedef struct OwnedRelation
{
	Oid oid;
	Oid owner;
	List *lent; /* of a view that lends its owner's rights: OIDs of what it reads */
} OwnedRelation;

/* A function of another owner than the table's that a trigger calls. */
typedef struct ForeignTrigger
{
	Oid table;
	Oid table_owner;
	Oid function_owner;
	const char *name;
} ForeignTrigger;

typedef struct Inheritance
{
	Oid child;
	Oid parent;
	Oid owner;		   /* of the parent; its row security doesn't hold for it */
	bool row_security; /* of the parent alone */
} Inheritance;

struct ObjectEscalations
{
	List *functions;  /* DefinerFunction */
	List *relations;  /* OwnedRelation: what may have triggers, and views that lend rights */
	List *triggers;	  /* ForeignTrigger */
	List *partitions; /* Inheritance */
};

typedef void (*RowVisitor)(ObjectEscalations *objects, Relation catalog, HeapTuple tuple);

static void
VisitCatalog(Oid catalog, RowVisitor visitor, ObjectEscalations *objects)
{
	Relation relation = table_open(catalog, AccessShareLock);
	SysScanDesc scan = systable_beginscan(relation, InvalidOid, false, NULL, 0, NULL);
	HeapTuple tuple;

	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		CHECK_FOR_INTERRUPTS();
		visitor(objects, relation, tuple);
	}
	systable_endscan(scan);
	table_close(relation, AccessShareLock);
}

/* One that has just been dropped has its OID for a name. */
static const char *
RelationName(Oid relation)
{
	const char *schema = get_namespace_name(get_rel_namespace(relation));
	const char *name = get_rel_name(relation);

	return name != NULL ? quote_qualified_identifier(schema, name) : psprintf("%u", relation);
}

static void
FindFunction(ObjectEscalations *objects, Relation catalog, HeapTuple tuple)
{
	Form_pg_proc form = (Form_pg_proc) GETSTRUCT(tuple);
	DefinerFunction *function;
	const char *schema;
	bool is_null;
	Datum settings;

	if (!form->prosecdef || form->oid < FirstNormalObjectId)
		return;
	schema = get_namespace_name(form->pronamespace);
	if (schema == NULL)
		return;
	settings = heap_getattr(tuple, Anum_pg_proc_proconfig, RelationGetDescr(catalog), &is_null);
	function = palloc(sizeof(DefinerFunction));
	function->oid = form->oid;
	function->schema = form->pronamespace;
	function->owner = form->proowner;
	function->pins_search_path = !is_null && SearchPathIn(settings) != NULL;
	function->name = psprintf("%s.%s", quote_identifier(schema),
							  TextDatumGetCString(FunctionSignature(MakeSignatureCache(), form)));
	objects->functions = lappend(objects->functions, function);
}

/* A view that its caller's rights don't limit. */
static bool
LendsRights(Oid view)
{
	Relation relation = try_relation_open(view, AccessShareLock);
	bool lends;

	if (relation == NULL)
		return false;
	lends = relation->rd_rel->relkind == RELKIND_VIEW && !RelationHasSecurityInvoker(relation);
	relation_close(relation, AccessShareLock);
	return lends;
}

static Oid
RuleOf(Oid view)
{
	Relation catalog = table_open(RewriteRelationId, AccessShareLock);
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple tuple;
	Oid rule = InvalidOid;

	ScanKeyInit(&key, Anum_pg_rewrite_ev_class, BTEqualStrategyNumber, F_OIDEQ,
				ObjectIdGetDatum(view));
	scan = systable_beginscan(catalog, RewriteRelRulenameIndexId, true, NULL, 1, &key);
	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
		if (((Form_pg_rewrite) GETSTRUCT(tuple))->ev_type == '1') /* SELECT */
			rule = ((Form_pg_rewrite) GETSTRUCT(tuple))->oid;
	systable_endscan(scan);
	table_close(catalog, AccessShareLock);
	return rule;
}

/* The relations that a view's query names. */
static List *
ReadBy(Oid view)
{
	Relation catalog = table_open(DependRelationId, AccessShareLock);
	ScanKeyData keys[2];
	SysScanDesc scan;
	HeapTuple tuple;
	List *relations = NIL;

	ScanKeyInit(&keys[0], Anum_pg_depend_classid, BTEqualStrategyNumber, F_OIDEQ,
				ObjectIdGetDatum(RewriteRelationId));
	ScanKeyInit(&keys[1], Anum_pg_depend_objid, BTEqualStrategyNumber, F_OIDEQ,
				ObjectIdGetDatum(RuleOf(view)));
	scan = systable_beginscan(catalog, DependDependerIndexId, true, NULL, 2, keys);
	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		Form_pg_depend form = (Form_pg_depend) GETSTRUCT(tuple);

		if (form->refclassid == RelationRelationId && form->refobjid != view)
			relations = list_append_unique_oid(relations, form->refobjid);
	}
	systable_endscan(scan);
	table_close(catalog, AccessShareLock);
	return relations;
}

static void
FindRelation(ObjectEscalations *objects, Relation catalog pg_attribute_unused(), HeapTuple tuple)
{
	Form_pg_class form = (Form_pg_class) GETSTRUCT(tuple);
	OwnedRelation *relation;

	if (form->oid < FirstNormalObjectId || isAnyTempNamespace(form->relnamespace))
		return;
	if (!HasTableRights(form->relkind))
		return;
	relation = palloc(sizeof(OwnedRelation));
	relation->oid = form->oid;
	relation->owner = form->relowner;
	relation->lent =
		form->relkind == RELKIND_VIEW && LendsRights(form->oid) ? ReadBy(form->oid) : NIL;
	objects->relations = lappend(objects->relations, relation);
}

static void
FindTrigger(ObjectEscalations *objects, Relation catalog pg_attribute_unused(), HeapTuple tuple)
{
	Form_pg_trigger form = (Form_pg_trigger) GETSTRUCT(tuple);
	HeapTuple table;
	HeapTuple function;

	if (form->tgisinternal || form->tgfoid < FirstNormalObjectId)
		return;
	table = SearchSysCache1(RELOID, ObjectIdGetDatum(form->tgrelid));
	function = SearchSysCache1(PROCOID, ObjectIdGetDatum(form->tgfoid));
	if (HeapTupleIsValid(table) && HeapTupleIsValid(function))
	{
		ForeignTrigger *trigger = palloc(sizeof(ForeignTrigger));

		trigger->table = form->tgrelid;
		trigger->table_owner = ((Form_pg_class) GETSTRUCT(table))->relowner;
		trigger->function_owner = ((Form_pg_proc) GETSTRUCT(function))->proowner;
		trigger->name = pstrdup(quote_identifier(NameStr(form->tgname)));
		if (trigger->table_owner != trigger->function_owner)
			objects->triggers = lappend(objects->triggers, trigger);
	}
	if (HeapTupleIsValid(table))
		ReleaseSysCache(table);
	if (HeapTupleIsValid(function))
		ReleaseSysCache(function);
}

static void
FindPartition(ObjectEscalations *objects, Relation catalog pg_attribute_unused(), HeapTuple tuple)
{
	Form_pg_inherits form = (Form_pg_inherits) GETSTRUCT(tuple);
	HeapTuple child = SearchSysCache1(RELOID, ObjectIdGetDatum(form->inhrelid));
	HeapTuple parent = SearchSysCache1(RELOID, ObjectIdGetDatum(form->inhparent));

	/* Indexes have partitions too. */
	if (HeapTupleIsValid(child) && HeapTupleIsValid(parent) &&
		HasTableRights(((Form_pg_class) GETSTRUCT(child))->relkind))
	{
		Form_pg_class upper = (Form_pg_class) GETSTRUCT(parent);
		Inheritance *inheritance = palloc(sizeof(Inheritance));

		inheritance->child = form->inhrelid;
		inheritance->parent = form->inhparent;
		inheritance->owner = upper->relowner;
		inheritance->row_security =
			upper->relrowsecurity && !((Form_pg_class) GETSTRUCT(child))->relrowsecurity;
		objects->partitions = lappend(objects->partitions, inheritance);
	}
	if (HeapTupleIsValid(child))
		ReleaseSysCache(child);
	if (HeapTupleIsValid(parent))
		ReleaseSysCache(parent);
}

ObjectEscalations *
FindObjectEscalations(void)
{
	ObjectEscalations *objects = palloc0(sizeof(ObjectEscalations));

	VisitCatalog(ProcedureRelationId, FindFunction, objects);
	VisitCatalog(RelationRelationId, FindRelation, objects);
	VisitCatalog(TriggerRelationId, FindTrigger, objects);
	VisitCatalog(InheritsRelationId, FindPartition, objects);
	return objects;
}

static bool
HasRelationRight(Oid relation, Oid role, AclMode right)
{
	bool is_missing = false;

	return pg_class_aclcheck_ext(relation, role, right, &is_missing) == ACLCHECK_OK;
}

/* The whole of it, or a column. */
static bool
MayRead(Oid relation, Oid role)
{
	return HasRelationRight(relation, role, ACL_SELECT) ||
		   (get_rel_name(relation) != NULL &&
			pg_attribute_aclcheck_all(relation, role, ACL_SELECT, ACLMASK_ANY) == ACLCHECK_OK);
}

static const char *
SeverityOf(const EscalationReport *report, Oid owner)
{
	return IsSuperuser(report, owner) ? SEVERITY_ERROR : SEVERITY_WARNING;
}

static void
ReportFunctions(EscalationReport *report, ObjectEscalations *objects)
{
	Oid role = report->role->oid;
	ListCell *cell;

	foreach (cell, objects->functions)
	{
		const DefinerFunction *function = lfirst(cell);
		const char *owner = GraphRoleName(report, function->owner);

		if (has_privs_of_role(role, function->owner) ||
			!HasSchemaRight(function->schema, role, ACL_USAGE) ||
			!HasFunctionRight(function->oid, role, ACL_EXECUTE))
			continue;
		ReportEscalation(
			report, "security definer function", SeverityOf(report, function->owner),
			function->name,
			function->pins_search_path
				? psprintf("what it does with the rights of %s", owner)
				: psprintf("what it does with the rights of %s, and with the caller's search_path",
						   owner),
			psprintf("%s (execute) : owned by %s", report->role->quoted, owner));
	}
}

static void
ReportTriggers(EscalationReport *report, ObjectEscalations *objects)
{
	Oid role = report->role->oid;
	ListCell *cell;

	foreach (cell, objects->triggers)
	{
		const ForeignTrigger *trigger = lfirst(cell);

		if (!has_privs_of_role(role, trigger->function_owner) ||
			has_privs_of_role(role, trigger->table_owner) || get_rel_name(trigger->table) == NULL)
			continue;
		ReportEscalation(report, "trigger function", SeverityOf(report, trigger->table_owner),
						 psprintf("%s on %s", trigger->name, RelationName(trigger->table)),
						 "replaces a function that runs as whoever writes to the table",
						 psprintf("%s (owner of the function) : table owned by %s",
								  report->role->quoted,
								  GraphRoleName(report, trigger->table_owner)));
	}
}

static void
ReportTriggerRight(EscalationReport *report, const OwnedRelation *relation)
{
	if (!HasRelationRight(relation->oid, report->role->oid, ACL_TRIGGER))
		return;
	ReportEscalation(report, "trigger", SeverityOf(report, relation->owner),
					 RelationName(relation->oid),
					 "a trigger of its own runs as whoever writes to the table",
					 psprintf("%s (TRIGGER) : table owned by %s", report->role->quoted,
							  GraphRoleName(report, relation->owner)));
}

static void
ReportView(EscalationReport *report, const OwnedRelation *view)
{
	ListCell *cell;

	if (!MayRead(view->oid, report->role->oid))
		return;
	foreach (cell, view->lent)
	{
		Oid read = lfirst_oid(cell);

		if (get_rel_name(read) == NULL || MayRead(read, report->role->oid))
			continue;
		ReportEscalation(report, "view", SEVERITY_NOTE, RelationName(view->oid),
						 psprintf("rows of %s, on which it holds no SELECT", RelationName(read)),
						 psprintf("%s (SELECT) : view without security_invoker, owned by %s",
								  report->role->quoted, GraphRoleName(report, view->owner)));
	}
}

static void
ReportRelations(EscalationReport *report, ObjectEscalations *objects)
{
	ListCell *cell;

	foreach (cell, objects->relations)
	{
		const OwnedRelation *relation = lfirst(cell);

		CHECK_FOR_INTERRUPTS();
		if (has_privs_of_role(report->role->oid, relation->owner) ||
			get_rel_name(relation->oid) == NULL)
			continue;
		ReportTriggerRight(report, relation);
		ReportView(report, relation);
	}
}

/* A parent's privileges reach its children's rows; a child's reach past the parent's row security. */
static void
ReportPartition(EscalationReport *report, const Inheritance *inheritance, Oid *last_parent)
{
	bool reads_parent = MayRead(inheritance->parent, report->role->oid);
	bool reads_child = MayRead(inheritance->child, report->role->oid);

	if (reads_parent && !reads_child && inheritance->parent != *last_parent)
	{
		*last_parent = inheritance->parent;
		ReportEscalation(report, "partitioned parent", SEVERITY_NOTE,
						 RelationName(inheritance->parent),
						 psprintf("rows of its partitions, as of %s, on which it holds no SELECT",
								  RelationName(inheritance->child)),
						 psprintf("%s (SELECT on the parent)", report->role->quoted));
	}
	if (reads_child && inheritance->row_security && !report->role->bypass_rls &&
		!has_privs_of_role(report->role->oid, inheritance->owner))
		ReportEscalation(
			report, "partition", SEVERITY_WARNING, RelationName(inheritance->child),
			psprintf("rows past the row security of %s", RelationName(inheritance->parent)),
			psprintf("%s (SELECT on the partition)", report->role->quoted));
}

static void
ReportPartitions(EscalationReport *report, ObjectEscalations *objects)
{
	Oid last_parent = InvalidOid;
	ListCell *cell;

	foreach (cell, objects->partitions)
	{
		const Inheritance *inheritance = lfirst(cell);

		if (get_rel_name(inheritance->parent) != NULL && get_rel_name(inheritance->child) != NULL)
			ReportPartition(report, inheritance, &last_parent);
	}
}

void
ReportObjectEscalations(EscalationReport *report, ObjectEscalations *objects)
{
	ReportFunctions(report, objects);
	ReportTriggers(report, objects);
	ReportRelations(report, objects);
	ReportPartitions(report, objects);
}
