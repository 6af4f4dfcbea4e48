/*
 * policy_image.h
 *		The policy as the tables hh.policy_role and hh.policy have it.
 */
#ifndef HH_POLICY_IMAGE_H
#define HH_POLICY_IMAGE_H

#include "privilege.h"

typedef struct PolicyRole
{
	char *name;
	Oid oid;		  /* where the cluster has no such role, one that no role has */
	bool is_there;	  /* in the cluster */
	bool is_declared; /* in hh.policy_role; else only in rules, and what follows is unknown */
	bool can_login;
	bool inherit;
	bool create_db;
	bool create_role;
	bool replication;
	bool bypass_rls;
	int connection_limit;
	List *settings; /* "name=value", as char * */
	int line;
} PolicyRole;

typedef enum PolicyRuleKind
{
	RULE_PRIVILEGE,
	RULE_DEFAULT,
	RULE_OWNER,
	RULE_MEMBER
} PolicyRuleKind;

typedef struct PolicyRule
{
	PolicyRuleKind rule;
	Oid role; /* ACL_ID_PUBLIC for PUBLIC */
	ObjectKind object_type;
	char *object_schema; /* NULL: none */
	char *object_name;	 /* NULL: all in the schema */
	char *column_name;	 /* NULL: the whole object */
	AclMode privilege;	 /* one bit; none for what this release does not have */
	bool grantable;
	bool inherit_option;
	bool set_option;
	Oid group;	 /* of a member */
	Oid creator; /* of a default */
	int line;
	bool is_used; /* the audit has met an object that it speaks of */
} PolicyRule;

typedef struct PolicyImage
{
	PolicyRole *roles;
	int role_count;
	PolicyRule *rules;
	int rule_count;
} PolicyImage;

/*
 * Reads the tables with the current user's own rights, row by row: no query, for a
 * view, an index or a type of the owner's in their place must run nothing.  Raises
 * an error where they are not what migrations make, where the user may not read
 * them (42501), where they hold no policy (55000), and where one of their words is
 * none that SQL has (22023): words of the tables become words of statements.
 */
extern PolicyImage ReadPolicyImage(void);

/* The role of the policy, or NULL; one that only rules speak of counts too. */
extern const PolicyRole *FindPolicyRole(const PolicyImage *image, Oid role);

/* Whether hh.policy_role has it. */
extern bool IsDeclaredRole(const PolicyImage *image, Oid role);

/* A role's name, "public" for PUBLIC: a name that no role can have. */
extern const char *RoleName(const PolicyImage *image, Oid role);

/* The same as SQL writes it. */
extern const char *QuotedRole(const PolicyImage *image, Oid role);

#endif /* HH_POLICY_IMAGE_H */
