/*
 * remedy.c
 *		What hh.audit() says is to be done about owners and privileges.
 */
#include "postgres_fe.h"

#include "audit_call.h"
#include "audit_report.h"
#include "identifier.h"
#include "remedy.h"

#define GRANT_OPTION "GRANT OPTION FOR "
#define BACK_TO_SELF "; RESET ROLE"

static const char *
kept_value(RemedyList *remedies, const Result *rows, int row, int column)
{
	const char *value = result_value(rows, row, column);

	return value ? text_pool_keep(&remedies->pool, pg_strdup(value)) : NULL;
}

/* What somebody lacks is given; an owner is changed in favour of another. */
static bool
is_given(const char *verdict)
{
	return strcmp(verdict, "missing") == 0;
}

bool
remedies_read(const Session *session, bool additive, RemedyList *remedies)
{
	Result *rows = audit_call(session, NULL);

	memset(remedies, 0, sizeof(*remedies));
	if (rows == NULL)
		return false;
	remedies->items = pg_malloc0(sizeof(Remedy) * (size_t) Max(result_rows(rows), 1));
	for (int row = 0; row < result_rows(rows); row++)
	{
		if (strcmp(result_value(rows, row, AUDIT_OBJECT_TYPE), "role") == 0 ||
			(additive && !is_given(result_value(rows, row, AUDIT_VERDICT))))
			continue;
		remedies->items[remedies->count++] = (Remedy){
			.verdict = kept_value(remedies, rows, row, AUDIT_VERDICT),
			.role = kept_value(remedies, rows, row, AUDIT_ROLE),
			.object_type = kept_value(remedies, rows, row, AUDIT_OBJECT_TYPE),
			.schema = kept_value(remedies, rows, row, AUDIT_OBJECT_SCHEMA),
			.object = kept_value(remedies, rows, row, AUDIT_OBJECT_NAME),
			.column_name = kept_value(remedies, rows, row, AUDIT_COLUMN_NAME),
			.privilege = kept_value(remedies, rows, row, AUDIT_PRIVILEGE),
			.path = kept_value(remedies, rows, row, AUDIT_PATH),
			.statement = kept_value(remedies, rows, row, AUDIT_REMEDY),
		};
	}
	result_free(rows);
	return true;
}

void
remedies_free(RemedyList *remedies)
{
	for (int i = 0; i < remedies->count; i++)
		pg_free(remedies->items[i].refusal);
	pg_free(remedies->items);
	text_pool_free(&remedies->pool);
	memset(remedies, 0, sizeof(*remedies));
}

static bool
same(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static bool
is_database(const char *object_type)
{
	return strcmp(object_type, "database") == 0;
}

/* Whether the entry is about the object, or all of its kind in its schema. */
static bool
covers(const PolicyEntry *entry, const Remedy *remedy)
{
	return strcmp(policy_object_name(entry->object_type), remedy->object_type) == 0 &&
		   same(entry->schema, remedy->schema) &&
		   (is_database(remedy->object_type) || entry->object == NULL ||
			same(entry->object, remedy->object));
}

static const PolicyEntry *
find_privilege(const Remedy *remedy, const Policy *policy, PolicyRule rule)
{
	bool is_option = strncmp(remedy->privilege, GRANT_OPTION, strlen(GRANT_OPTION)) == 0;
	const char *privilege = remedy->privilege + (is_option ? strlen(GRANT_OPTION) : 0);

	for (int i = 0; i < policy->entry_count; i++)
	{
		const PolicyEntry *entry = &policy->entries[i];

		if (entry->rule == rule && same(entry->role, remedy->role) && covers(entry, remedy) &&
			strcmp(entry->privilege, privilege) == 0 && (entry->grantable || !is_option) &&
			(entry->column_name == NULL || same(entry->column_name, remedy->column_name)))
			return entry;
	}
	return NULL;
}

/* Who is to own it: what is said of the object itself goes before what is said of all. */
static const PolicyEntry *
find_owner(const Remedy *remedy, const Policy *policy)
{
	const PolicyEntry *owner = NULL;

	for (int i = 0; i < policy->entry_count; i++)
	{
		const PolicyEntry *entry = &policy->entries[i];

		if (entry->rule != RULE_OWNER || !covers(entry, remedy))
			continue;
		if (entry->object != NULL)
			return entry;
		owner = entry;
	}
	return owner;
}

const PolicyEntry *
remedy_entry(const Remedy *remedy, const Policy *policy)
{
	if (strcmp(remedy->verdict, "missing") == 0)
		return find_privilege(remedy, policy, RULE_PRIVILEGE);
	if (strcmp(remedy->verdict, "wrong owner") == 0)
		return find_owner(remedy, policy);
	if (strcmp(remedy->verdict, "wrong default") == 0 &&
		strncmp(remedy->path, "missing", strlen("missing")) == 0)
		return find_privilege(remedy, policy, RULE_DEFAULT);
	return NULL;
}

/* The statement says in its last words who the owner is to be. */
static bool
is_owner_asked_for(const Remedy *remedy, const Policy *policy)
{
	const PolicyEntry *owner = find_owner(remedy, policy);
	PQExpBuffer end = createPQExpBuffer();
	size_t length = strlen(remedy->statement);
	bool asked_for;

	if (length > strlen(BACK_TO_SELF) &&
		strcmp(remedy->statement + length - strlen(BACK_TO_SELF), BACK_TO_SELF) == 0)
		length -= strlen(BACK_TO_SELF);
	appendPQExpBufferStr(end, " OWNER TO ");
	if (owner != NULL)
		identifier_append(end, owner->role);
	asked_for = owner != NULL && length > end->len &&
				strncmp(remedy->statement + length - end->len, end->data, end->len) == 0;
	destroyPQExpBuffer(end);
	return asked_for;
}

/* Whether the policy speaks of the schema at all. */
static bool
is_in_scope(const Remedy *remedy, const Policy *policy)
{
	const char *schema =
		strcmp(remedy->object_type, "schema") == 0 ? remedy->object : remedy->schema;

	for (int i = 0; i < policy->entry_count && schema != NULL; i++)
	{
		const PolicyEntry *entry = &policy->entries[i];

		if (same(entry->schema, schema) ||
			(entry->object_type == OBJECT_SCHEMA && same(entry->object, schema)))
			return true;
	}
	return schema == NULL;
}

bool
remedy_is_asked_for(const Remedy *remedy, const Policy *policy)
{
	if (remedy->statement == NULL || !is_in_scope(remedy, policy))
		return false;
	if (strcmp(remedy->verdict, "wrong owner") == 0)
		return is_owner_asked_for(remedy, policy);
	if (strcmp(remedy->verdict, "missing") == 0 ||
		(strcmp(remedy->verdict, "wrong default") == 0 &&
		 strncmp(remedy->path, "missing", strlen("missing")) == 0))
		return remedy_entry(remedy, policy) != NULL;
	/* To take something away gives nobody anything. */
	return true;
}

char *
remedy_object_in_words(const Remedy *remedy)
{
	return psprintf(
		"%s%s%s%s%s%s%s", remedy->object_type, remedy->schema || remedy->object ? " " : "",
		remedy->schema ? remedy->schema : "", remedy->schema && remedy->object ? "." : "",
		remedy->object ? remedy->object : "", remedy->column_name ? ", column " : "",
		remedy->column_name ? remedy->column_name : "");
}
