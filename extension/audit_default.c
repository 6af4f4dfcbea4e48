/*
 * audit_default.c
 *		The part of an audit about default privileges.
 *
 * What a role makes gets the privileges that are stored for the role, else PostgreSQL's
 * own (PUBLIC may execute functions and use types), and those for the schema besides.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/namespace.h"
#include "catalog/pg_default_acl.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

#include "audit_finding.h"
#include "compat.h"

/* The privileges of what one role makes of one kind, everywhere or in one schema. */
typedef struct DefaultAcl
{
	Oid creator;
	ObjectKind kind;
	const char *schema; /* NULL: everywhere */
	Acl *acl;
} DefaultAcl;

typedef struct DefaultAclList
{
	DefaultAcl *items;
	int count;
} DefaultAclList;

static const struct
{
	char letter;
	ObjectKind kind;
} default_kinds[] = {
	{DEFACLOBJ_RELATION, KIND_TABLE},	 {DEFACLOBJ_SEQUENCE, KIND_SEQUENCE},
	{DEFACLOBJ_FUNCTION, KIND_FUNCTION}, {DEFACLOBJ_TYPE, KIND_TYPE},
	{DEFACLOBJ_NAMESPACE, KIND_SCHEMA},
};

static bool
IsSameSchema(const char *left, const char *right)
{
	return left == NULL || right == NULL ? left == right : strcmp(left, right) == 0;
}

static DefaultAcl *
FindDefaultAcl(const DefaultAclList *list, Oid creator, ObjectKind kind, const char *schema)
{
	for (int i = 0; i < list->count; i++)
	{
		DefaultAcl *item = &list->items[i];

		if (item->creator == creator && item->kind == kind && IsSameSchema(item->schema, schema))
			return item;
	}
	return NULL;
}

/* acl: NULL for what is so where nothing is stored. */
static void
AddDefaultAcl(DefaultAclList *list, Oid creator, ObjectKind kind, const char *schema, Acl *acl)
{
	size_t size = (list->count + 1) * sizeof(DefaultAcl);

	if (FindDefaultAcl(list, creator, kind, schema) != NULL)
		return;
	if (acl == NULL && schema == NULL)
		acl = acldefault(ObjectKindType(kind), creator);
	list->items = list->items == NULL ? palloc(size) : repalloc(list->items, size);
	list->items[list->count++] = (DefaultAcl){creator, kind, schema, acl};
}

/* Whether the policy speaks of what the role makes or owns, or of the schema. */
static bool
IsCreator(const PolicyImage *policy, Oid role)
{
	for (int i = 0; i < policy->rule_count; i++)
	{
		const PolicyRule *rule = &policy->rules[i];

		if ((rule->rule == RULE_DEFAULT && rule->creator == role) ||
			(rule->rule == RULE_OWNER && rule->role == role))
			return true;
	}
	return false;
}

static bool
IsSchemaOfPolicy(const PolicyImage *policy, const char *schema)
{
	for (int i = 0; i < policy->rule_count; i++)
	{
		const PolicyRule *rule = &policy->rules[i];
		const char *name =
			rule->object_type == KIND_SCHEMA ? rule->object_name : rule->object_schema;

		if (name != NULL && strcmp(name, schema) == 0)
			return true;
	}
	return false;
}

static void
AddStoredAcl(const PolicyImage *policy, DefaultAclList *list, HeapTuple tuple, TupleDesc desc)
{
	Form_pg_default_acl form = (Form_pg_default_acl) GETSTRUCT(tuple);
	bool everywhere = !OidIsValid(form->defaclnamespace);
	const char *schema = everywhere ? NULL : get_namespace_name(form->defaclnamespace);
	bool isnull;
	Datum acl = heap_getattr(tuple, Anum_pg_default_acl_defaclacl, desc, &isnull);

	if (isnull || !IsDeclaredRole(policy, form->defaclrole) ||
		(!everywhere && (schema == NULL || !IsSchemaOfPolicy(policy, schema))))
		return;
	for (size_t i = 0; i < lengthof(default_kinds); i++)
	{
		if (default_kinds[i].letter == form->defaclobjtype)
			AddDefaultAcl(list, form->defaclrole, default_kinds[i].kind, schema,
						  DatumGetAclPCopy(acl));
	}
}

static void
AddStoredAcls(const PolicyImage *policy, DefaultAclList *list)
{
	Relation catalog = table_open(DefaultAclRelationId, AccessShareLock);
	SysScanDesc scan = systable_beginscan(catalog, InvalidOid, false, NULL, 0, NULL);
	HeapTuple tuple;

	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		CHECK_FOR_INTERRUPTS();
		AddStoredAcl(policy, list, tuple, RelationGetDescr(catalog));
	}
	systable_endscan(scan);
	table_close(catalog, AccessShareLock);
}

/* What is stored, what the policy wants to be, and what PostgreSQL's own defaults give PUBLIC. */
static DefaultAclList
ReadDefaultAcls(const PolicyImage *policy)
{
	DefaultAclList list = {0};

	AddStoredAcls(policy, &list);
	for (int i = 0; i < policy->rule_count; i++)
	{
		const PolicyRule *rule = &policy->rules[i];

		if (rule->rule == RULE_DEFAULT)
			AddDefaultAcl(&list, rule->creator, rule->object_type, rule->object_schema, NULL);
	}
	for (int i = 0; i < policy->role_count; i++)
	{
		if (!IsCreator(policy, policy->roles[i].oid))
			continue;
		AddDefaultAcl(&list, policy->roles[i].oid, KIND_FUNCTION, NULL, NULL);
		AddDefaultAcl(&list, policy->roles[i].oid, KIND_TYPE, NULL, NULL);
	}
	return list;
}

static int
CompareDefaultAcls(const void *a, const void *b, void *policy)
{
	const DefaultAcl *left = a;
	const DefaultAcl *right = b;
	int order = strcmp(RoleName(policy, left->creator), RoleName(policy, right->creator));

	if (order != 0)
		return order;
	if (left->kind != right->kind)
		return left->kind < right->kind ? -1 : 1;
	return strcmp(left->schema ? left->schema : "", right->schema ? right->schema : "");
}

/* What the policy gives a role of it: privileges, or grant options. */
static AclMode
Allowed(const PolicyImage *policy, const DefaultAcl *item, Oid grantee, bool options)
{
	AclMode allowed = ACL_NO_RIGHTS;

	for (int i = 0; i < policy->rule_count; i++)
	{
		const PolicyRule *rule = &policy->rules[i];

		if (rule->rule == RULE_DEFAULT && rule->creator == item->creator &&
			rule->object_type == item->kind && rule->role == grantee &&
			IsSameSchema(rule->object_schema, item->schema) && (rule->grantable || !options))
			allowed |= rule->privilege;
	}
	/* Of who makes nothing by the policy, nobody need change PostgreSQL's own defaults. */
	if (grantee == ACL_ID_PUBLIC && item->schema == NULL && !IsCreator(policy, item->creator))
		allowed |= aclmask(acldefault(ObjectKindType(item->kind), item->creator), ACL_ID_PUBLIC,
						   item->creator, AllPrivileges(item->kind, false), ACLMASK_ALL);
	return allowed;
}

/*
 * As who may say what a role's default privileges are: whoever has its privileges, from 16
 * on by inheritance alone.
 */
static const char *
StatementForCreator(const Audit *audit, Oid creator, const char *statement)
{
	if (has_privs_of_role(GetSessionUserId(), creator))
		return statement;
	return StatementAsOwner(audit, NULL, creator, statement);
}

static void
AddDefaultFinding(Audit *audit, const DefaultAcl *item, Oid grantee, AclMode privilege,
				  bool option_only, bool grantable, const PolicyRule *rule)
{
	const PolicyImage *policy = &audit->policy;
	const char *name = PrivilegeName(privilege);
	const char *option = option_only && rule == NULL ? "GRANT OPTION FOR " : "";
	const char *in_schema =
		item->schema ? psprintf(" IN SCHEMA %s", quote_identifier(item->schema)) : "";
	const char *statement =
		psprintf("ALTER DEFAULT PRIVILEGES FOR ROLE %s%s %s %s%s ON %s %s %s%s",
				 QuotedRole(policy, item->creator), in_schema, rule ? "GRANT" : "REVOKE", option,
				 name, ObjectKindPlural(item->kind), rule ? "TO" : "FROM",
				 QuotedRole(policy, grantee), grantable ? " WITH GRANT OPTION" : "");

	AddFinding(audit,
			   &(Finding){.phase = PHASE_DEFAULT,
						  .verdict = VERDICT_WRONG_DEFAULT,
						  .severity = SEVERITY_WARNING,
						  .role = grantee,
						  .other_role = item->creator,
						  .object_type = item->kind,
						  .object_schema = item->schema,
						  .privilege = option_only ? psprintf("GRANT OPTION FOR %s", name) : name,
						  .path = psprintf("%s on what %s makes", rule ? "missing" : "excess",
										   RoleName(policy, item->creator)),
						  .remedy = StatementForCreator(audit, item->creator, statement),
						  .line = rule ? rule->line : 0});
}

static void
AddExcessDefaults(Audit *audit, const DefaultAcl *item)
{
	for (int i = 0; item->acl != NULL && i < ACL_NUM(item->acl); i++)
	{
		const AclItem *entry = &ACL_DAT(item->acl)[i];
		AclMode allowed = Allowed(&audit->policy, item, entry->ai_grantee, false);
		AclMode options = Allowed(&audit->policy, item, entry->ai_grantee, true);

		if (entry->ai_grantee == item->creator)
			continue;
		for (int bit = 0; bit < N_ACL_RIGHTS; bit++)
		{
			AclMode privilege = (AclMode) 1 << bit;

			if (ACLITEM_GET_PRIVS(*entry) & privilege & ~allowed)
				AddDefaultFinding(audit, item, entry->ai_grantee, privilege, false, false, NULL);
			else if (ACLITEM_GET_GOPTIONS(*entry) & privilege & ~options)
				AddDefaultFinding(audit, item, entry->ai_grantee, privilege, true, false, NULL);
		}
	}
}

static bool
IsHeld(const DefaultAcl *item, Oid grantee, AclMode privilege, bool option)
{
	for (int i = 0; item->acl != NULL && i < ACL_NUM(item->acl); i++)
	{
		const AclItem *entry = &ACL_DAT(item->acl)[i];

		if (entry->ai_grantee == grantee &&
			((option ? ACLITEM_GET_GOPTIONS(*entry) : ACLITEM_GET_PRIVS(*entry)) & privilege))
			return true;
	}
	return false;
}

/* Whether one of the rules before this one says the same. */
static bool
IsRepeated(const PolicyImage *policy, const PolicyRule *rule)
{
	for (const PolicyRule *other = policy->rules; other < rule; other++)
	{
		if (other->rule == RULE_DEFAULT && other->creator == rule->creator &&
			other->object_type == rule->object_type && other->role == rule->role &&
			other->privilege == rule->privilege && other->grantable >= rule->grantable &&
			IsSameSchema(other->object_schema, rule->object_schema))
			return true;
	}
	return false;
}

static void
AddMissingDefault(Audit *audit, const DefaultAclList *list, const PolicyRule *rule)
{
	const DefaultAcl *item =
		FindDefaultAcl(list, rule->creator, rule->object_type, rule->object_schema);
	bool lacks = !IsHeld(item, rule->role, rule->privilege, false);
	bool lacks_option = rule->grantable && !IsHeld(item, rule->role, rule->privilege, true);

	if ((lacks || lacks_option) && rule->role != rule->creator &&
		rule->privilege != ACL_NO_RIGHTS && !IsRepeated(&audit->policy, rule))
		AddDefaultFinding(audit, item, rule->role, rule->privilege, !lacks, rule->grantable, rule);
}

void
AuditDefaults(Audit *audit)
{
	DefaultAclList list = ReadDefaultAcls(&audit->policy);

	if (list.count > 1)
		qsort_arg(list.items, list.count, sizeof(DefaultAcl), CompareDefaultAcls, &audit->policy);
	for (int i = 0; i < list.count; i++)
		AddExcessDefaults(audit, &list.items[i]);
	for (int i = 0; i < audit->policy.rule_count; i++)
	{
		if (audit->policy.rules[i].rule == RULE_DEFAULT)
			AddMissingDefault(audit, &list, &audit->policy.rules[i]);
	}
}
