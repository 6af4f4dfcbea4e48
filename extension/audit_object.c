/*
 * audit_object.c
 *		The part of an audit about objects: whose they are, and who may do what to them.
 */
#include "postgres.h"

#include "catalog/namespace.h"
#include "miscadmin.h"
#include "utils/lsyscache.h"

#include "audit_acl.h"
#include "compat.h"

static bool
IsSameText(const char *left, const char *right)
{
	return left != NULL && right != NULL && strcmp(left, right) == 0;
}

/* Functions' argument types may have blanks between them. */
static bool
IsSameName(const char *in_policy, const char *name)
{
	if (name == NULL)
		return false;
	while (*in_policy != '\0' && *in_policy == *name)
	{
		in_policy++;
		name++;
		if (in_policy[-1] == ',')
			in_policy += strspn(in_policy, " ");
	}
	return *in_policy == '\0' && *name == '\0';
}

/* Whether a rule on objects speaks of this one, by name or among all of its schema. */
static bool
Concerns(const PolicyRule *rule, const AuditObject *object)
{
	if (rule->object_type != object->kind)
		return false;
	if (object->kind == KIND_DATABASE)
		return true;
	if (object->kind == KIND_SCHEMA)
		return IsSameText(rule->object_name, object->name);
	return IsSameText(rule->object_schema, object->schema) &&
		   (rule->object_name == NULL || IsSameName(rule->object_name, object->name));
}

/* The rule that says whose an object is: its own before its schema's, a later one before an earlier. */
static const PolicyRule *
FindOwnerRule(const PolicyImage *policy, const AuditObject *object)
{
	const PolicyRule *found = NULL;

	for (int i = 0; i < policy->rule_count; i++)
	{
		PolicyRule *rule = &policy->rules[i];

		if (rule->rule != RULE_OWNER || !Concerns(rule, object))
			continue;
		rule->is_used = true;
		if (found == NULL || rule->object_name != NULL || found->object_name == NULL)
			found = rule;
	}
	return found;
}

/*
 * Whose an object is to be.  Members of extensions belong to whoever made the extension.
 */
static Oid
AuditOwner(Audit *audit, const AuditObject *object)
{
	const PolicyRule *rule = FindOwnerRule(&audit->policy, object);
	const char *statement;

	if (rule == NULL || rule->role == object->owner || object->member != MEMBER_OF_NONE)
		return object->owner;
	statement = psprintf("%s OWNER TO %s", object->alter, QuotedRole(&audit->policy, rule->role));
	AddFinding(audit, &(Finding){.phase = PHASE_OWNER,
								 .verdict = VERDICT_WRONG_OWNER,
								 .role = object->owner,
								 .other_role = rule->role,
								 .object_type = object->kind,
								 .object_schema = object->schema,
								 .object_name = object->name,
								 .privilege = "OWNER",
								 .path = psprintf("the policy gives it to %s",
												  RoleName(&audit->policy, rule->role)),
								 .remedy = object->kind == KIND_DATABASE
											   ? statement
											   : OwnerStatement(audit, object->schema, rule->role,
																statement),
								 .line = rule->line});
	return rule->role;
}

/* A sequence that belongs to a column follows its table, unless both have just been dropped. */
static Oid
OwnerOfSequence(Audit *audit, const AuditObject *sequence)
{
	AuditObject table = {.kind = KIND_TABLE,
						 .schema = sequence->schema,
						 .name = get_rel_name(sequence->owning_table)};
	const PolicyRule *rule;

	(void) FindOwnerRule(&audit->policy, sequence); /* the rule is used all the same */
	if (table.name == NULL)
		return sequence->owner;
	rule = FindOwnerRule(&audit->policy, &table);
	return rule != NULL && sequence->member == MEMBER_OF_NONE ? rule->role : sequence->owner;
}

/* What the policy says of the object's privileges, whole objects first; palloc'd. */
static Expectation *
CollectExpectations(Audit *audit, const AuditObject *object, int *count)
{
	Expectation *expectations = NULL;
	int capacity = 0;
	int last = object->kind == KIND_TABLE ? 1 : 0;

	*count = 0;
	for (int of_columns = 0; of_columns <= last; of_columns++)
	{
		for (int i = 0; i < audit->policy.rule_count; i++)
		{
			PolicyRule *rule = &audit->policy.rules[i];
			AttrNumber attnum = 0;

			if (rule->rule != RULE_PRIVILEGE || (rule->column_name != NULL) != of_columns ||
				!Concerns(rule, object))
				continue;
			if (of_columns && (attnum = get_attnum(object->oid, rule->column_name)) == 0)
				continue;
			rule->is_used = true;
			if (rule->privilege == ACL_NO_RIGHTS)
				continue;
			if (*count == capacity)
			{
				capacity = Max(16, capacity * 2);
				expectations = expectations == NULL
								   ? palloc(capacity * sizeof(Expectation))
								   : repalloc(expectations, capacity * sizeof(Expectation));
			}
			expectations[(*count)++] = (Expectation){
				.grantee = rule->role,
				.attnum = attnum,
				.column_name = rule->column_name,
				.privilege = rule->privilege,
				.grantable = rule->grantable,
				.may_be_missing = object->needs_no_privileges && rule->object_name == NULL,
				.line = rule->line};
		}
	}
	return expectations;
}

/* Databases and schemas have their turn before what stands in them. */
static void
AddContainer(Audit *audit, const AuditObject *object, Oid owner)
{
	Container *container = palloc(sizeof(Container));

	*container = (Container){.schema = object->kind == KIND_SCHEMA ? object->name : NULL,
							 .target = object->target,
							 .owner = owner,
							 .acl = aclnewowner(object->acl, object->owner, owner)};
	audit->containers = lappend(audit->containers, container);
}

static void
AuditObjectsPrivileges(Audit *audit, const AuditObject *object, Oid owner)
{
	int count;
	Expectation *expectations = CollectExpectations(audit, object, &count);

	AuditAcl(audit, object, owner, expectations, count);
	if (expectations != NULL)
		pfree(expectations);
}

/* Rules that nothing in the catalogs answers to. */
static void
AddMissingObjects(Audit *audit)
{
	for (int i = 0; i < audit->policy.rule_count; i++)
	{
		const PolicyRule *rule = &audit->policy.rules[i];
		const char *what = ObjectKindName(rule->object_type);

		if ((rule->rule != RULE_PRIVILEGE && rule->rule != RULE_OWNER) || rule->is_used)
			continue;
		if (rule->object_schema != NULL &&
			!OidIsValid(get_namespace_oid(rule->object_schema, true)))
			what = "schema";
		else if (rule->object_name == NULL)
			continue;
		else if (rule->column_name != NULL)
			what = "table or column";
		AddFinding(audit, &(Finding){.phase = PHASE_GRANT,
									 .verdict = VERDICT_MISSING,
									 .role = rule->role,
									 .object_type = rule->object_type,
									 .object_schema = rule->object_schema,
									 .object_name = rule->object_name,
									 .column_name = rule->column_name,
									 .privilege = rule->rule == RULE_OWNER
													  ? "OWNER"
													  : PrivilegeName(rule->privilege),
									 .path = psprintf("there is no such %s", what),
									 .line = rule->line});
	}
}

void
AuditObjects(Audit *audit)
{
	AuditObjectList objects = ReadAuditObjects(&audit->policy);

	for (int i = 0; i < objects.count; i++)
	{
		const AuditObject *object = &objects.items[i];
		Oid owner = OidIsValid(object->owning_table) ? OwnerOfSequence(audit, object)
													 : AuditOwner(audit, object);

		CHECK_FOR_INTERRUPTS();
		if (object->kind <= KIND_SCHEMA)
			AddContainer(audit, object, owner);
		AuditObjectsPrivileges(audit, object, owner);
	}
	AddMissingObjects(audit);
}
