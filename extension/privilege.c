/*
 * privilege.c
 *		Kinds of objects and their privileges: words, bits, and how SQL names them.
 */
#include "postgres.h"

#include "compat.h"
#include "privilege.h"

static const struct
{
	const char *name;
	const char *plural;
	ObjectType type;
	AclMode privileges;
} kinds[] = {
	[KIND_DATABASE] = {"database", "DATABASES", OBJECT_DATABASE, ACL_ALL_RIGHTS_DATABASE},
	[KIND_SCHEMA] = {"schema", "SCHEMAS", OBJECT_SCHEMA, ACL_ALL_RIGHTS_SCHEMA},
	[KIND_TABLE] = {"table", "TABLES", OBJECT_TABLE, ACL_ALL_RIGHTS_RELATION},
	[KIND_SEQUENCE] = {"sequence", "SEQUENCES", OBJECT_SEQUENCE, ACL_ALL_RIGHTS_SEQUENCE},
	[KIND_FUNCTION] = {"function", "FUNCTIONS", OBJECT_FUNCTION, ACL_ALL_RIGHTS_FUNCTION},
	[KIND_TYPE] = {"type", "TYPES", OBJECT_TYPE, ACL_ALL_RIGHTS_TYPE},
	[KIND_ROLE] = {"role", "ROLES", OBJECT_ROLE, ACL_NO_RIGHTS},
};

static const struct
{
	const char *name;
	AclMode bit;
} privileges[] = {
	{"SELECT", ACL_SELECT},			{"INSERT", ACL_INSERT},		{"UPDATE", ACL_UPDATE},
	{"DELETE", ACL_DELETE},			{"TRUNCATE", ACL_TRUNCATE}, {"REFERENCES", ACL_REFERENCES},
	{"TRIGGER", ACL_TRIGGER},		{"MAINTAIN", ACL_MAINTAIN}, {"USAGE", ACL_USAGE},
	{"EXECUTE", ACL_EXECUTE},		{"CREATE", ACL_CREATE},		{"CONNECT", ACL_CONNECT},
	{"TEMPORARY", ACL_CREATE_TEMP}, {"TEMP", ACL_CREATE_TEMP},
};

const char *
ObjectKindName(ObjectKind kind)
{
	return kinds[kind].name;
}

bool
ObjectKindByName(const char *name, ObjectKind *kind)
{
	for (size_t i = 0; i < lengthof(kinds); i++)
	{
		if (strcmp(kinds[i].name, name) == 0)
		{
			*kind = (ObjectKind) i;
			return true;
		}
	}
	return false;
}

const char *
ObjectKindPlural(ObjectKind kind)
{
	return kinds[kind].plural;
}

ObjectType
ObjectKindType(ObjectKind kind)
{
	return kinds[kind].type;
}

AclMode
AllPrivileges(ObjectKind kind, bool of_column)
{
	return of_column ? ACL_ALL_RIGHTS_COLUMN : kinds[kind].privileges;
}

bool
PrivilegeByName(const char *name, ObjectKind kind, bool of_column, AclMode *privilege)
{
	for (size_t i = 0; i < lengthof(privileges); i++)
	{
		if (strcmp(privileges[i].name, name) != 0)
			continue;
		*privilege = privileges[i].bit;
		if (*privilege == ACL_NO_RIGHTS)
			return kind == KIND_TABLE && !of_column;
		return (AllPrivileges(kind, of_column) & *privilege) != 0;
	}
	return false;
}

const char *
PrivilegeName(AclMode privilege)
{
	for (size_t i = 0; i < lengthof(privileges); i++)
	{
		if (privileges[i].bit == privilege)
			return privileges[i].name;
	}
	elog(ERROR, "unrecognized privilege");
}
