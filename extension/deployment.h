/*
 * deployment.h
 *		What stands in this database, and who owns it.
 */
#ifndef HH_DEPLOYMENT_H
#define HH_DEPLOYMENT_H

#include "nodes/pg_list.h"

typedef struct Deployment
{
	Oid extension;
	Oid extension_owner;
	char *extension_version;
	Oid control_schema; /* hh */
	Oid control_owner;
	Oid ledger;			   /* hh.migration, or InvalidOid */
	Oid owner;			   /* the ledger's, else the extension's */
	List *present_schemas; /* of the four data schemas, as char * */
	List *absent_schemas;
	int dimensions; /* of the embedding column, or 0 where there is none */
} Deployment;

/*
 * Reads the catalogs, and no table, into memory of the current context.  Raises
 * 55000 where the extension or its schema isn't there, 42809 where hh.migration
 * is no ordinary table.
 */
extern Deployment ReadDeployment(void);

/*
 * Refuses (42501) a schema hh that belongs to a role which the installer can't
 * become, or in which another role than its owner may create: whoever may put
 * objects into hh could plant them for others to run.
 */
extern void CheckControlSchema(const Deployment *deployment, Oid installer);

/*
 * Refuses (42501) a schema of ours whose owner the deployment's owner can't
 * become: a schema's owner can replace what is in it, for others to run.
 */
extern void RefuseForeignSchemaOwner(const Deployment *deployment);

/* Raises 42501 unless the current user may SET ROLE to the deployment's owner. */
extern void RequireOwnerMembership(const Deployment *deployment);

/* The schema of an extension; raises 42704 where it isn't installed. */
extern Oid ExtensionSchema(const char *name);

/* Names joined by ", ", palloc'd. */
extern char *JoinNames(const List *names);

#endif /* HH_DEPLOYMENT_H */
