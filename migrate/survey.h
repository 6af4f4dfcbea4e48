/*
 * survey.h
 *		Everything that the planner needs to know of a database, gathered.
 */
#ifndef HH_SURVEY_H
#define HH_SURVEY_H

#include "ledger.h"
#include "migration_set.h"
#include "step_log.h"

typedef struct Survey
{
	Deployment deployment;
	MigrationSet migrations;
	Ledger ledger;
	StepLog steps;	/* of migrations that have not come to their end */
	bool *verified; /* one a migration */
} Survey;

/*
 * Reads the migrations: the bundled ones and, unless directory is NULL, a team's.
 * Before a database is connected to, so that nothing waits for a bad file.
 */
extern bool survey_read_files(Survey *survey, const char *directory);

/*
 * The same, but leaves it to survey_take() to split into statements what is not applied as it
 * stands: for one who needs no more.
 */
extern bool survey_list_files(Survey *survey, const char *directory);

/*
 * Reads the database, after the files.  owner: as deployment_decide_owner() takes
 * it.  A caller who only looks may be a role that can't act as the owner.
 * Logs what is wrong.  To be freed whatever it returns.
 */
extern bool survey_take(Survey *survey, Database *database, const OwnerWish *owner,
						bool for_writing);

/* The same without the verify parts, whose members stay unset; *session is how it was read. */
extern bool survey_read_database(Survey *survey, Database *database, const OwnerWish *owner,
								 bool for_writing, Session *session);

extern void survey_free(Survey *survey);

#endif /* HH_SURVEY_H */
