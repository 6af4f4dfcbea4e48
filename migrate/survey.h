/*
 * survey.h
 *		Everything that the planner needs to know of a database, gathered.
 */
#ifndef HH_SURVEY_H
#define HH_SURVEY_H

#include "ledger.h"
#include "migration_set.h"

typedef struct Survey
{
	Deployment deployment;
	MigrationSet migrations;
	Ledger ledger;
	bool *verified; /* one a migration */
} Survey;

/*
 * Reads migrations and database.  asked_owner: the role that --owner names, or
 * NULL.  A caller who only looks may be a role that can't act as the owner.
 * Logs what is wrong.  To be freed whatever it returns.
 */
extern bool survey_take(Survey *survey, Database *database, const char *asked_owner,
						bool for_writing);
extern void survey_free(Survey *survey);

#endif /* HH_SURVEY_H */
