/*
 * change.h
 *		Statements about roles and privileges, as people read them.
 */
#ifndef HH_CHANGE_H
#define HH_CHANGE_H

#include "options.h"

/* Owns its strings, which may be NULL but for statement and reason. */
typedef struct Change
{
	const char *part; /* "roles" or "privileges": a constant */
	char *kind;		  /* what is wrong, or what is done */
	char *role;
	char *object;
	char *statement; /* one or several, with semicolons between them */
	char *reason;
} Change;

/* Zero-initialised it is empty. */
typedef struct ChangeList
{
	Change *items;
	int count;
} ChangeList;

/* Copies the strings. */
extern void change_list_add(ChangeList *list, const Change *change);
extern void change_list_free(ChangeList *list);

/*
 * As SQL that psql would run, each statement below its reason; or as a table.
 * result: "planned" or "done".
 */
extern void change_list_print(const ChangeList *list, const Options *options, const char *database,
							  const char *profile, const char *result);

#endif /* HH_CHANGE_H */
