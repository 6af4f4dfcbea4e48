/*
 * unfinished.h
 *		Migrations that have begun and not come to their end, and what can be done.
 */
#ifndef HH_UNFINISHED_H
#define HH_UNFINISHED_H

#include "recovery.h"
#include "survey.h"

/* All members are borrowed from the survey; but finding, difference. */
typedef struct Unfinished
{
	const LedgerRow *row;
	const Migration *migration; /* NULL where there is no file of it */
	Steps steps;				/* none where it ran in a transaction, and was rolled back */
	int current;				/* the step in question, from 0; steps.count where all are done */
	Finding finding;			/* of that step */
	char *difference; /* of the file from the steps: a sentence; NULL where there is none */
} Unfinished;

/* A list of which a version, unless it is NULL, is the only one.  To be freed. */
typedef struct UnfinishedList
{
	Unfinished *items;
	int count;
} UnfinishedList;

/* Logs what went wrong and returns false. */
extern bool unfinished_find(UnfinishedList *list, const Survey *survey, const Session *session,
							const char *version);
extern void unfinished_free(UnfinishedList *list);

/*
 * Records a choice, which the caller has been told of.  Each logs why it can't be and
 * returns false.
 */
extern bool unfinished_retry(const Unfinished *unfinished, const Session *session);
extern bool unfinished_is_done(const Unfinished *unfinished, const Session *session);
extern bool unfinished_forget(const Unfinished *unfinished, const Session *session);

#endif /* HH_UNFINISHED_H */
