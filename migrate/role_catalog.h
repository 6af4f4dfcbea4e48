/*
 * role_catalog.h
 *		The policy's roles as the cluster has them.
 */
#ifndef HH_ROLE_CATALOG_H
#define HH_ROLE_CATALOG_H

#include "database.h"
#include "policy.h"

typedef struct FoundRole
{
	const char *name;
	bool is_superuser;
	bool can_login;
	bool inherit;
	bool create_db;
	bool create_role;
	bool replication;
	bool bypass_rls;
	int connection_limit;
	const char *comment; /* or NULL */
	bool may_comment;	 /* who is connected may */
} FoundRole;

/* From PostgreSQL 16 on, there may be one a grantor. */
typedef struct FoundMember
{
	const char *role;
	const char *member;
	const char *grantor;
	bool admin;
	bool inherit;
	bool set;
	bool member_is_ours; /* the policy's */
	bool role_is_ours;
	bool member_is_administrator;
	const char *danger; /* that a foreign role leads to; or NULL */
} FoundMember;

typedef struct FoundSetting
{
	const char *role;
	const char *name;
	const char *value;
} FoundSetting;

/* A plain record, for the planner; zero-initialised it is empty. */
typedef struct RoleCatalog
{
	FoundRole *roles;
	int role_count;
	FoundMember *members;
	int member_count;
	FoundSetting *settings;
	int setting_count;
	const char **databases; /* of the cluster */
	int database_count;
	const char *user; /* who is connected */
	const char *database;
	bool has_member_options; /* the server is of PostgreSQL 16 or newer */
	bool may_deploy;		 /* act as the policy's owner, and use its schema hh */
	bool owner_may_create;	 /* schemas in this database */
	TextPool pool;
} RoleCatalog;

/* Logs and returns false on failure. */
extern bool role_catalog_read(Database *database, const Policy *policy, RoleCatalog *catalog);
extern void role_catalog_free(RoleCatalog *catalog);

/* NULL where there is no such role, or it was not asked for. */
extern const FoundRole *role_catalog_find(const RoleCatalog *catalog, const char *name);

#endif /* HH_ROLE_CATALOG_H */
