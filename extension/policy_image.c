/*
 * policy_image.c
 *		The policy as the tables hh.policy_role and hh.policy have it.
 */
#include "postgres.h"

#include "access/table.h"
#include "access/tableam.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "executor/tuptable.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/rls.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"

#include "compat.h"
#include "deployment.h"
#include "policy_image.h"

typedef struct ImageColumn
{
	const char *name;
	Oid type;
	bool may_be_null;
} ImageColumn;

static const ImageColumn role_columns[] = {
	{"role_name", NAMEOID, false},	   {"can_login", BOOLOID, false},
	{"inherit", BOOLOID, false},	   {"create_db", BOOLOID, false},
	{"create_role", BOOLOID, false},   {"replication", BOOLOID, false},
	{"bypass_rls", BOOLOID, false},	   {"connection_limit", INT4OID, false},
	{"settings", TEXTARRAYOID, false}, {"line", INT4OID, false},
};

static const ImageColumn rule_columns[] = {
	{"rule", TEXTOID, false},		   {"role_name", NAMEOID, true},
	{"object_type", TEXTOID, false},   {"object_schema", NAMEOID, true},
	{"object_name", TEXTOID, true},	   {"column_name", NAMEOID, true},
	{"privilege", TEXTOID, false},	   {"grantable", BOOLOID, false},
	{"inherit_option", BOOLOID, true}, {"set_option", BOOLOID, true},
	{"creator", NAMEOID, true},		   {"line", INT4OID, false},
};

#define MAX_IMAGE_COLUMNS 12

/* One of the tables while it is read, and the row that was read last. */
typedef struct ImageTable
{
	const char *name;
	const ImageColumn *columns;
	int column_count;
	void (*add)(PolicyImage *image, const struct ImageTable *table);
	Datum values[MAX_IMAGE_COLUMNS];
	bool nulls[MAX_IMAGE_COLUMNS];
} ImageTable;

static const char *const rule_names[] = {
	[RULE_PRIVILEGE] = "privilege",
	[RULE_DEFAULT] = "default",
	[RULE_OWNER] = "owner",
	[RULE_MEMBER] = "member",
};

static void
RaiseInvalid(const char *table, const char *column, const char *value, const char *detail)
{
	ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			errmsg("invalid %s \"%s\" in table hh.%s", column, value, table),
			errdetail_internal("%s", detail),
			errhint("\"hh-migrate up\" writes the policy's image anew."));
}

static char *
TextOrNull(const ImageTable *table, int column)
{
	if (table->nulls[column])
		return NULL;
	if (table->columns[column].type == NAMEOID)
		return pstrdup(NameStr(*DatumGetName(table->values[column])));
	return TextDatumGetCString(table->values[column]);
}

static bool
IsTrue(const ImageTable *table, int column)
{
	return !table->nulls[column] && DatumGetBool(table->values[column]);
}

/* "public" and "none" are read as no role's names even in quotes. */
static void
CheckRoleName(const char *table, const char *name)
{
	if (strcmp(name, "public") == 0 || strcmp(name, "none") == 0 || name[0] == '\0')
		RaiseInvalid(table, "role_name", name, "No role can have this name.");
}

/* A role that isn't there gets an OID that no role has, to stand for it in privileges. */
static Oid
OidOfMissingRole(const PolicyImage *image)
{
	Oid oid = PG_UINT32_MAX - (Oid) image->role_count;

	while (SearchSysCacheExists1(AUTHOID, ObjectIdGetDatum(oid)))
		oid -= 1000000;
	return oid;
}

static PolicyRole *
AddNamedRole(PolicyImage *image, char *name)
{
	PolicyRole *role;
	Oid oid = get_role_oid(name, true);

	image->roles = image->roles == NULL
					   ? palloc(sizeof(PolicyRole))
					   : repalloc(image->roles, (image->role_count + 1) * sizeof(PolicyRole));
	role = &image->roles[image->role_count];
	*role = (PolicyRole){.name = name, .oid = oid, .is_there = OidIsValid(oid)};
	if (!role->is_there)
		role->oid = OidOfMissingRole(image);
	image->role_count++;
	return role;
}

static List *
SettingsOf(Datum array)
{
	List *settings = NIL;
	Datum *elements;
	bool *nulls;
	int count;

	deconstruct_array(DatumGetArrayTypeP(array), TEXTOID, -1, false, TYPALIGN_INT, &elements,
					  &nulls, &count);
	for (int i = 0; i < count; i++)
	{
		char *setting = nulls[i] ? "" : TextDatumGetCString(elements[i]);
		size_t length = strspn(setting, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
										"0123456789_.");

		if (length == 0 || setting[length] != '=' || setting[0] == '.' ||
			setting[length - 1] == '.' || strstr(setting, "..") != NULL)
			RaiseInvalid("policy_role", "setting", setting, "It must be of the form name=value.");
		settings = lappend(settings, setting);
	}
	return settings;
}

static void
AddRole(PolicyImage *image, const ImageTable *table)
{
	char *name = TextOrNull(table, 0);
	PolicyRole *role;

	CheckRoleName(table->name, name);
	role = AddNamedRole(image, name);
	role->is_declared = true;
	role->can_login = IsTrue(table, 1);
	role->inherit = IsTrue(table, 2);
	role->create_db = IsTrue(table, 3);
	role->create_role = IsTrue(table, 4);
	role->replication = IsTrue(table, 5);
	role->bypass_rls = IsTrue(table, 6);
	role->connection_limit = DatumGetInt32(table->values[7]);
	role->settings = SettingsOf(table->values[8]);
	role->line = DatumGetInt32(table->values[9]);
}

/* The role of a name that a rule has; PUBLIC for none. */
static Oid
RoleOfRule(PolicyImage *image, char *name)
{
	if (name == NULL)
		return ACL_ID_PUBLIC;
	for (int i = 0; i < image->role_count; i++)
	{
		if (strcmp(image->roles[i].name, name) == 0)
			return image->roles[i].oid;
	}
	CheckRoleName("policy", name);
	return AddNamedRole(image, name)->oid;
}

static void
ReadRuleWords(PolicyRule *rule, const ImageTable *table)
{
	char *rule_name = TextOrNull(table, 0);
	char *object_type = TextOrNull(table, 2);
	char *privilege = TextOrNull(table, 6);
	size_t kind = 0;

	while (kind < lengthof(rule_names) && strcmp(rule_names[kind], rule_name) != 0)
		kind++;
	if (kind == lengthof(rule_names))
		RaiseInvalid("policy", "rule", rule_name, "There is no such rule.");
	rule->rule = (PolicyRuleKind) kind;
	if (!ObjectKindByName(object_type, &rule->object_type) ||
		(rule->rule == RULE_MEMBER) != (rule->object_type == KIND_ROLE))
		RaiseInvalid("policy", "object_type", object_type, "The rule can't be of such objects.");
	if ((rule->rule == RULE_PRIVILEGE || rule->rule == RULE_DEFAULT) &&
		!PrivilegeByName(privilege, rule->object_type, rule->column_name != NULL, &rule->privilege))
		RaiseInvalid("policy", "privilege", privilege,
					 psprintf("It is no privilege on a %s.", object_type));
}

/* What a rule needs beyond the words. */
static void
CheckRule(const PolicyRule *rule, const char *role_name)
{
	bool in_schema = rule->object_type >= KIND_TABLE && rule->object_type <= KIND_TYPE;

	if (role_name == NULL && (rule->rule == RULE_OWNER || rule->rule == RULE_MEMBER))
		RaiseInvalid("policy", "role_name", "", "PUBLIC owns nothing and is no member.");
	if (role_name == NULL && rule->grantable)
		RaiseInvalid("policy", "role_name", "", "PUBLIC can hold no grant option.");
	if (rule->rule == RULE_DEFAULT)
	{
		if (rule->object_type == KIND_DATABASE ||
			(rule->object_type == KIND_SCHEMA && rule->object_schema != NULL))
			RaiseInvalid("policy", "object_type", ObjectKindName(rule->object_type),
						 "There are no such default privileges.");
		return;
	}
	if (in_schema && rule->object_schema == NULL)
		RaiseInvalid("policy", "object_schema", "", "The rule needs a schema.");
	if ((rule->object_type == KIND_SCHEMA || rule->object_type == KIND_ROLE) &&
		rule->object_name == NULL)
		RaiseInvalid("policy", "object_name", "", "The rule needs the object's name.");
	if (rule->column_name != NULL && rule->object_name == NULL)
		RaiseInvalid("policy", "column_name", rule->column_name, "The rule needs a table's name.");
}

static void
AddRule(PolicyImage *image, const ImageTable *table)
{
	PolicyRule rule = {.object_schema = TextOrNull(table, 3),
					   .object_name = TextOrNull(table, 4),
					   .column_name = TextOrNull(table, 5),
					   .grantable = IsTrue(table, 7),
					   .inherit_option = IsTrue(table, 8),
					   .set_option = IsTrue(table, 9),
					   .line = DatumGetInt32(table->values[11])};
	char *role_name = TextOrNull(table, 1);
	char *creator = TextOrNull(table, 10);

	ReadRuleWords(&rule, table);
	CheckRule(&rule, role_name);
	if ((rule.rule == RULE_DEFAULT) != (creator != NULL))
		RaiseInvalid("policy", "creator", creator ? creator : "", "Only a default has one.");
	rule.role = RoleOfRule(image, role_name);
	if (creator != NULL)
		rule.creator = RoleOfRule(image, creator);
	if (rule.rule == RULE_MEMBER)
		rule.group = RoleOfRule(image, rule.object_name);

	image->rules = image->rules == NULL
					   ? palloc(sizeof(PolicyRule))
					   : repalloc(image->rules, (image->rule_count + 1) * sizeof(PolicyRule));
	image->rules[image->rule_count++] = rule;
}

static void
CheckMayRead(Relation relation, const char *name)
{
	Oid relid = RelationGetRelid(relation);

	if (pg_class_aclcheck(relid, GetUserId(), ACL_SELECT) != ACLCHECK_OK)
		ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				errmsg("permission denied for table hh.%s", name),
				errdetail("The audit reads the policy with the rights of role \"%s\".",
						  GetUserNameFromId(GetUserId(), false)),
				errhint("Have its owner grant SELECT on hh.policy_role and hh.policy."));
	if (check_enable_rls(relid, InvalidOid, true) == RLS_ENABLED)
		ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				errmsg("row security would hide a part of table hh.%s", name));
}

/* Opens the table where it is what a migration makes, or raises an error. */
static Relation
OpenImageTable(const Deployment *deployment, const char *name)
{
	Oid relid = get_relname_relid(name, deployment->control_schema);
	Relation relation = OidIsValid(relid) ? try_table_open(relid, AccessShareLock) : NULL;

	if (relation == NULL)
		ereport(ERROR, errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				errmsg("there is no table hh.%s", name),
				errdetail("The policy's image stands in it."),
				errhint("Deploy with \"hh-migrate up\" or hh.deploy()."));
	if (relation->rd_rel->relkind != RELKIND_RELATION)
		ereport(ERROR, errcode(ERRCODE_WRONG_OBJECT_TYPE),
				errmsg("hh.%s is not an ordinary table", name));
	if (relation->rd_rel->relowner != deployment->owner)
		ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				errmsg("table hh.%s belongs to role \"%s\", and the deployment to role \"%s\"",
					   name, GetUserNameFromId(relation->rd_rel->relowner, false),
					   GetUserNameFromId(deployment->owner, false)),
				errdetail("What it says can't be taken for the policy."));
	CheckMayRead(relation, name);
	return relation;
}

static AttrNumber
ImageColumnNumber(Relation relation, const ImageTable *table, const ImageColumn *column)
{
	AttrNumber attnum = get_attnum(RelationGetRelid(relation), column->name);

	if (attnum <= 0 || get_atttype(RelationGetRelid(relation), attnum) != column->type)
		ereport(ERROR, errcode(ERRCODE_DATATYPE_MISMATCH),
				errmsg("table hh.%s is not the policy's image", table->name),
				errdetail("It has no column \"%s\" of type %s.", column->name,
						  format_type_be(column->type)));
	return attnum;
}

static void
ReadImageRow(ImageTable *table, const AttrNumber *attnums, TupleTableSlot *slot)
{
	for (int i = 0; i < table->column_count; i++)
	{
		table->values[i] = slot_getattr(slot, attnums[i], &table->nulls[i]);
		if (table->nulls[i] && !table->columns[i].may_be_null)
			RaiseInvalid(table->name, table->columns[i].name, "", "It must not be null.");
	}
}

static void
ReadImageTable(PolicyImage *image, const Deployment *deployment, ImageTable *table)
{
	Relation relation = OpenImageTable(deployment, table->name);
	AttrNumber attnums[MAX_IMAGE_COLUMNS];
	TupleTableSlot *slot;
	TableScanDesc scan;

	for (int i = 0; i < table->column_count; i++)
		attnums[i] = ImageColumnNumber(relation, table, &table->columns[i]);
	slot = table_slot_create(relation, NULL);
	scan = table_beginscan(relation, GetActiveSnapshot(), 0, NULL);
	while (table_scan_getnextslot(scan, ForwardScanDirection, slot))
	{
		ReadImageRow(table, attnums, slot);
		table->add(image, table);
	}
	table_endscan(scan);
	ExecDropSingleTupleTableSlot(slot);
	table_close(relation, AccessShareLock);
}

PolicyImage
ReadPolicyImage(void)
{
	ImageTable roles = {"policy_role", role_columns, lengthof(role_columns), AddRole, {0}, {0}};
	ImageTable rules = {"policy", rule_columns, lengthof(rule_columns), AddRule, {0}, {0}};
	Deployment deployment = ReadDeployment();
	PolicyImage image = {0};

	ReadImageTable(&image, &deployment, &roles);
	ReadImageTable(&image, &deployment, &rules);
	if (image.role_count == 0 || image.rule_count == 0)
		ereport(ERROR, errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				errmsg("there is no policy in hh.policy_role and hh.policy"),
				errhint("\"hh-migrate up\" writes it."));
	return image;
}

const PolicyRole *
FindPolicyRole(const PolicyImage *image, Oid role)
{
	for (int i = 0; i < image->role_count; i++)
	{
		if (image->roles[i].oid == role)
			return &image->roles[i];
	}
	return NULL;
}

bool
IsDeclaredRole(const PolicyImage *image, Oid role)
{
	const PolicyRole *found = FindPolicyRole(image, role);

	return found != NULL && found->is_declared;
}

const char *
RoleName(const PolicyImage *image, Oid role)
{
	const PolicyRole *found = FindPolicyRole(image, role);
	char *name;

	if (role == ACL_ID_PUBLIC)
		return "public";
	if (found != NULL)
		return found->name;
	name = GetUserNameFromId(role, true);
	return name != NULL ? name : psprintf("%u", role);
}

const char *
QuotedRole(const PolicyImage *image, Oid role)
{
	return role == ACL_ID_PUBLIC ? "PUBLIC" : quote_identifier(RoleName(image, role));
}
