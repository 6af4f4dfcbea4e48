/*
 * role_claim.h
 *		What databases' policies say of a role, in the role's comment; for server and client.
 *
 * Roles are the cluster's.  So that a database does not take away what another one's
 * policy gives, each notes what its own says where all can read it, and nobody write who
 * may not grant the role as well.  A line a database, anything else is people's own:
 *
 *		hh-migrate "main" LOGIN INHERIT LIMIT 5 MEMBER "hh_admin" SET
 *
 * Nothing is allocated.
 */
#ifndef HH_ROLE_CLAIM_H
#define HH_ROLE_CLAIM_H

#include <stdbool.h>
#include <stddef.h>

/* A name of PostgreSQL's, with its NUL. */
#define CLAIM_NAME_SIZE 64

/* A line of a comment, without its line feed; and the database, "" where it is no claim. */
typedef struct RoleClaim
{
	const char *line;
	size_t length;
	char database[CLAIM_NAME_SIZE];
	const char *words; /* behind the database */
} RoleClaim;

typedef struct ClaimedAttributes
{
	bool can_login;
	bool inherit;
	bool create_db;
	bool create_role;
	bool replication;
	bool bypass_rls;
	int connection_limit; /* -1: none */
} ClaimedAttributes;

typedef struct ClaimedMember
{
	char name[CLAIM_NAME_SIZE];
	bool admin;
	bool inherit;
	bool set;
} ClaimedMember;

/* Takes the next line off *comment; false at its end. */
extern bool role_claim_next(const char **comment, RoleClaim *claim);

extern ClaimedAttributes role_claim_attributes(const RoleClaim *claim);

/* Takes the next member off *words, which begins as claim->words; false behind the last. */
extern bool role_claim_next_member(const RoleClaim *claim, const char **words,
								   ClaimedMember *member);

/* Whether the claim has the member; its options are added to those in *found. */
extern bool role_claim_has_member(const RoleClaim *claim, const char *name, ClaimedMember *found);

/* Adds an attribute or a member's options to those that others claim. */
extern void claimed_attributes_add(ClaimedAttributes *sum, const ClaimedAttributes *more);

#endif /* HH_ROLE_CLAIM_H */
