/*
 * progress.h
 *		What is being done, in one line: pure, without a terminal or a database.
 */
#ifndef HH_PROGRESS_H
#define HH_PROGRESS_H

#include "activity.h"

/* Strings are borrowed. */
typedef struct Progress
{
	const char *label; /* a migration's, or what else is being done */
	int number;		   /* of a migration, from 1; 0: it is none of several */
	int count;
	int statement; /* from 1; 0: nothing is known of statements */
	int statement_count;
	int seconds; /* since the statement began, or what is being done */
	const Activity *activity;
} Progress;

/*
 * The line.  Where it would take more than so many columns, words are left out that
 * others are more important than, and its end is cut off.  -1: however long.  The caller
 * frees it.
 */
extern char *progress_line(const Progress *progress, int columns);

#endif /* HH_PROGRESS_H */
