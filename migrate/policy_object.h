/*
 * policy_object.h
 *		What the statements of a policy name: objects of one kind.
 */
#ifndef HH_POLICY_OBJECT_H
#define HH_POLICY_OBJECT_H

#include "policy_reader.h"

/* Freed by policy_objects_free(). */
typedef struct PolicyObjects
{
	ObjectType type;
	PolicyNameList names; /* without a name: all of the schema, or the database */
} PolicyObjects;

/* DATABASE CURRENT, SCHEMA a, TABLE s.t, ALL TABLES IN SCHEMA a and so on. */
extern bool policy_parse_objects(PolicyReader *reader, PolicyObjects *objects);
extern void policy_objects_free(PolicyObjects *objects);

/* TABLES, SEQUENCES and so on; what: the words that are expected. */
extern bool policy_parse_plural(PolicyReader *reader, bool with_schemas, ObjectType *type);

#endif /* HH_POLICY_OBJECT_H */
