/*
 * remedy.h
 *		What hh.audit() says is to be done about owners and privileges.
 *
 * The audit holds the catalogs against the policy's image, whose rows the owner can
 * write.  So what is run with more rights than the owner's is held against the policy
 * itself before: the owner could else have an administrator give it anything.
 */
#ifndef HH_REMEDY_H
#define HH_REMEDY_H

#include "policy.h"
#include "session.h"

/* A row of hh.audit() that is about no role.  NULL as there. */
typedef struct Remedy
{
	const char *verdict;
	const char *role;
	const char *object_type;
	const char *schema;
	const char *object;
	const char *column_name;
	const char *privilege;
	const char *path;
	const char *statement; /* one or several; NULL where nothing mends it */
	char *refusal;		   /* what the server said of it; or NULL */
} Remedy;

typedef struct RemedyList
{
	Remedy *items;
	int count;
	TextPool pool;
} RemedyList;

/*
 * Reads them, in the order in which they can be run; additive: only what gives.  Logs
 * and returns false on failure.
 */
extern bool remedies_read(const Session *session, bool additive, RemedyList *remedies);
extern void remedies_free(RemedyList *remedies);

/* The policy's word for something missing; NULL where there is none, or it is about something else. */
extern const PolicyEntry *remedy_entry(const Remedy *remedy, const Policy *policy);

/* Whether the policy, and not just its image, asks for it. */
extern bool remedy_is_asked_for(const Remedy *remedy, const Policy *policy);

/* What it is about: "table search.tenants, column a"; the caller frees it. */
extern char *remedy_object_in_words(const Remedy *remedy);

#endif /* HH_REMEDY_H */
