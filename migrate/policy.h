/*
 * policy.h
 *		What a policy's file says of roles, privileges and services.
 *
 * docs/policy.md describes the language.  policy_lexer.c makes its words,
 * policy_parser.c and policy_grant.c read its statements, policy_check.c holds them
 * against each other.  None of that needs a database.
 */
#ifndef HH_POLICY_H
#define HH_POLICY_H

#include <stdbool.h>
#include <stddef.h>

#include "checksum.h"
#include "text_pool.h"

/* In the order of policy_object_name(). */
typedef enum ObjectType
{
	OBJECT_DATABASE,
	OBJECT_SCHEMA,
	OBJECT_TABLE,
	OBJECT_SEQUENCE,
	OBJECT_FUNCTION,
	OBJECT_TYPE,
	OBJECT_ROLE
} ObjectType;

typedef enum PolicyRule
{
	RULE_PRIVILEGE,
	RULE_DEFAULT,
	RULE_OWNER,
	RULE_MEMBER
} PolicyRule;

#define EVERY_PROFILE (-1)

/* Where a statement stands, and why. */
typedef struct PolicyPlace
{
	int profile; /* number of the only one it holds in, or EVERY_PROFILE */
	int line;
	int column;
	const char *reason;
} PolicyPlace;

typedef struct PolicyProfile
{
	const char *name;
	bool is_default;
	PolicyPlace place;
} PolicyProfile;

/* Of one role, in the database that the policy is for. */
typedef struct PolicySetting
{
	const char *role;
	const char *name;
	const char *value;
	PolicyPlace place;
} PolicySetting;

typedef struct PolicyRole
{
	const char *name;
	bool can_login;
	bool inherit;
	bool create_db;
	bool create_role;
	bool replication;
	bool bypass_rls;
	int connection_limit; /* -1: none */
	PolicyPlace place;
} PolicyRole;

/* As a row of hh.policy; NULL as there. */
typedef struct PolicyEntry
{
	PolicyRule rule;
	const char *role; /* NULL: PUBLIC */
	ObjectType object_type;
	const char *schema;
	const char *object;
	const char *column_name;
	const char *privilege;
	bool grantable;
	bool inherit_option;
	bool inherit_is_said; /* else it is the member's attribute, once policy_check() has looked */
	bool set_option;
	const char *creator;
	PolicyPlace place;
} PolicyEntry;

typedef struct PolicyService
{
	const char *name;
	const char *role; /* NULL: none */
	const char *mode;
	PolicyPlace place;
} PolicyService;

/* Zero-initialised it is empty.  All strings are its pool's, or constants. */
typedef struct Policy
{
	PolicyProfile *profiles;
	int profile_count;
	PolicyRole *roles;
	int role_count;
	PolicySetting *settings;
	int setting_count;
	PolicyEntry *entries;
	int entry_count;
	PolicyService *services;
	int service_count;
	const char *profile; /* that was chosen */
	char checksum[CHECKSUM_SIZE];
	TextPool pool;
} Policy;

/* What is wrong, and where: counted from 1, the column in characters. */
typedef struct PolicyError
{
	int line; /* 0 where it is about the whole */
	int column;
	char *message;
	char *hint; /* or NULL */
} PolicyError;

/*
 * Reads a policy's text, and keeps what holds in a profile; NULL: in the default one.
 * The other profiles' statements are checked all the same.  To be freed whatever it
 * returns, as is the error.
 */
extern bool policy_read(Policy *policy, const char *bytes, size_t length, const char *profile,
						PolicyError *error);
extern void policy_free(Policy *policy);
extern void policy_error_free(PolicyError *error);

/* Takes over message and hint; the first error is the one that is kept.  Returns false. */
extern bool policy_fail(PolicyError *error, int line, int column, char *message, char *hint);

extern const char *policy_object_name(ObjectType type);
extern const char *policy_rule_name(PolicyRule rule);

extern const PolicyRole *policy_find_role(const Policy *policy, const char *name);

/* The role that is to own schema hh, and so the deployment; NULL where nothing says. */
extern const char *policy_owner(const Policy *policy);

#endif /* HH_POLICY_H */
