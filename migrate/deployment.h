/*
 * deployment.h
 *		What stands in a database and whose it is, read from the catalogs alone.
 *
 * deployment_read.c reads the catalogs, deployment.c decides by what it read.
 */
#ifndef HH_DEPLOYMENT_H
#define HH_DEPLOYMENT_H

#include "database.h"

/* A plain record: the planner takes it too.  Strings are NULL where a thing is missing. */
typedef struct Deployment
{
	char *database;			 /* its name, quoted for SQL where it must be */
	char *extension_version; /* installed */
	char *extension_owner;
	char *extension_available; /* the server's default version, as deployment_read() says */
	char *vector_schema;	   /* where vector is installed */
	char *vector_available;
	bool has_pgcrypto;
	char *schema_owner; /* of schema hh */
	bool may_become_schema_owner;
	char *schema_creators; /* others that hold CREATE on schema hh */
	bool ledger_exists;
	bool ledger_is_table;
	char *ledger_owner;
	bool has_snapshot_table; /* of the ledger's owner: from 0008_ledger_details on */
	bool has_policy_tables;	 /* the same of the policy's image: from 0009_policy on */
	int dimensions;			 /* of the embedding column; 0 without one */
	char *data_schemas;
	int data_schema_count; /* of four */
	bool may_become_hh_owner;
	bool can_execute_as_owner; /* hh.execute_as_owner() is the extension's own */
	bool in_recovery;
	bool read_only;
	bool triggers_are_off;			/* in this session */
	bool may_become_standing_owner; /* of the ledger, else of the extension; false without */
	bool standing_owner_may_create;

	/* Set by deployment_decide_owner(). */
	char *owner;
	char *owner_quoted; /* as SQL writes it */
	bool may_become_owner;
	bool owner_may_create; /* schemas in this database */
	bool may_use_code;	   /* schema hh, when the extension has been created */
} Deployment;

/*
 * with_available: extension_available is wanted in any case.  Else it is told where it decides
 * something: where the extension is not installed, or can be updated.
 */
extern bool deployment_read(Database *database, Deployment *deployment, bool with_available);

/* Whether the session user is a superuser or has CREATEROLE.  Logs and returns false on an error. */
extern bool deployment_makes_roles(Database *database, bool *makes_roles);

/* At the first deployment. */
typedef struct OwnerWish
{
	const char *asked_for; /* the role that --owner names, or NULL */
	const char *of_policy; /* whom the run makes where there is no such role, or NULL */
} OwnerWish;

/*
 * The owner: of the ledger, else of the extension, else the role asked for (or
 * NULL), else hh_owner where the session user may become it, else the policy's
 * where the session user makes roles, else the session user.  wish: or NULL.  Logs and
 * returns false where another was asked for than the one that is, where the role doesn't
 * exist, or where schema hh was there first and belongs to somebody else, in whose hands
 * the deployment would be.
 */
extern bool deployment_decide_owner(Database *database, Deployment *deployment,
									const OwnerWish *wish);

/*
 * Refuses, before anything in schema hh is read, a schema in which others could
 * have planted something.  A caller who only looks need not be able to become
 * the schema's owner.
 */
extern bool deployment_check_schema(const Database *database, const Deployment *deployment,
									bool for_writing);

/* Whether the schemas are there without the ledger, which would say what made them, and whose they are. */
extern bool deployment_has_lost_ledger(const Deployment *deployment);

/* Why nothing can be written. */
typedef struct WriteRefusal
{
	const char *message;
	const char *detail;
	const char *hint;
} WriteRefusal;

/* NULL where the server takes changes. */
extern const WriteRefusal *deployment_write_refusal(const Deployment *deployment);

extern void deployment_free(Deployment *deployment);

#endif /* HH_DEPLOYMENT_H */
