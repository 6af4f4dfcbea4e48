/*
 * audit_statement.c
 *		Remedies as the session user would have to send them.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/array.h"

#include "audit_finding.h"
#include "compat.h"

static const Container *
FindContainer(const Audit *audit, const char *schema)
{
	const ListCell *cell;

	foreach (cell, audit->containers)
	{
		const Container *container = lfirst(cell);

		if (schema == NULL || container->schema == NULL ? schema == container->schema
														: strcmp(schema, container->schema) == 0)
			return container;
	}
	return NULL;
}

/*
 * Whether a role, or PUBLIC, is sure to hold a privilege there while remedies are run.  An owner
 * can have revoked its own.
 */
static bool
IsGranted(const Container *container, Oid role, AclMode privilege)
{
	for (int i = 0; i < ACL_NUM(container->acl); i++)
	{
		const AclItem *item = &ACL_DAT(container->acl)[i];

		if ((item->ai_grantee == role || item->ai_grantee == ACL_ID_PUBLIC) &&
			(ACLITEM_GET_PRIVS(*item) & privilege))
			return true;
	}
	return false;
}

/* Whether the policy gives it to the role or to PUBLIC: it has been granted by then. */
static bool
IsInPolicy(const PolicyImage *policy, const Container *container, Oid role, AclMode privilege)
{
	for (int i = 0; i < policy->rule_count; i++)
	{
		const PolicyRule *rule = &policy->rules[i];

		if (rule->rule == RULE_PRIVILEGE && rule->object_type == KIND_SCHEMA &&
			strcmp(rule->object_name, container->schema) == 0 &&
			(rule->role == role || rule->role == ACL_ID_PUBLIC) && rule->privilege == privilege)
			return true;
	}
	return false;
}

/* The statement between the grant of a privilege and its revocation. */
static const char *
WithPrivilege(const Audit *audit, const Container *container, Oid role, AclMode privilege,
			  const char *statement)
{
	const char *name = PrivilegeName(privilege);
	const char *quoted = QuotedRole(&audit->policy, role);

	return psprintf(
		"%s; %s; %s",
		StatementAsOwner(audit, NULL, container->owner,
						 psprintf("GRANT %s ON %s TO %s", name, container->target, quoted)),
		statement,
		StatementAsOwner(audit, NULL, container->owner,
						 psprintf("REVOKE %s ON %s FROM %s", name, container->target, quoted)));
}

const char *
StatementAsRole(const Audit *audit, const char *schema, Oid role, const char *statement)
{
	const Container *container = schema != NULL ? FindContainer(audit, schema) : NULL;

	if (role != GetSessionUserId())
		statement =
			psprintf("SET ROLE %s; %s; RESET ROLE", QuotedRole(&audit->policy, role), statement);
	if (container == NULL || IsGranted(container, role, ACL_USAGE) ||
		IsInPolicy(&audit->policy, container, role, ACL_USAGE))
		return statement;
	return WithPrivilege(audit, container, role, ACL_USAGE, statement);
}

const char *
StatementAsOwner(const Audit *audit, const char *schema, Oid owner, const char *statement)
{
	return superuser_arg(GetSessionUserId()) ? statement
											 : StatementAsRole(audit, schema, owner, statement);
}

const char *
OwnerStatement(const Audit *audit, const char *schema, Oid owner, const char *statement)
{
	const Container *container = FindContainer(audit, schema);
	Oid user = GetSessionUserId();

	if (superuser_arg(user) || container == NULL)
		return statement;
	if (!IsGranted(container, owner, ACL_CREATE))
		statement = WithPrivilege(audit, container, owner, ACL_CREATE, statement);
	if (schema != NULL &&
		aclmask(container->acl, user, container->owner, ACL_USAGE, ACLMASK_ANY) == ACL_NO_RIGHTS)
		statement = WithPrivilege(audit, container, user, ACL_USAGE, statement);
	return statement;
}
