/*
 * options.h
 *		What the command line and the environment ask for.
 */
#ifndef HH_OPTIONS_H
#define HH_OPTIONS_H

#include "database.h"
#include "report.h"
#include "variables.h"

/* Exit codes. */
#define EXIT_DONE			0
#define EXIT_COULD_NOT_RUN	1
#define EXIT_FOUND_PROBLEMS 2

/* What "repair" is to do about a migration that has not come to its end. */
typedef enum RepairChoice
{
	REPAIR_EXPLAIN,
	REPAIR_RETRY,
	REPAIR_DONE,
	REPAIR_FORGET
} RepairChoice;

typedef struct Options
{
	ConnectionOptions connection;
	const char *argument;		  /* of a command that takes one; NULL without it */
	const char *const *arguments; /* of one that takes several */
	int argument_count;
	OutputFormat format;
	bool quiet;
	VariableList settings; /* what --set says */
	bool dry_run;
	const char *owner;
	const char *directory;					 /* of a team's migrations; NULL: none */
	int embedding_dimensions;				 /* 0: not said */
	const char *embedding_dimensions_source; /* the option's or variable's name */
	int lock_wait;							 /* seconds */
	bool end_orphan;
	RepairChoice repair_choice;
	const char *to; /* a version; NULL: all */
	int only;		/* parts, of plan_part.h; 0: all */
	bool allow_out_of_order;
	bool accept_drift;
	bool force;
	bool yes;
	int lock_retries; /* how often a migration is tried again */
	int months_ahead;
	const char *keep_months; /* NULL: for ever */
	bool scratch;
	const char *scratch_dbname; /* an empty database to use; NULL: one is made */
	const char *secrets_directory;
	bool generate;
	const char **rotate; /* roles */
	int rotate_count;
	int wait;			 /* seconds, until all services are ready; 0: don't */
	int watch;			 /* seconds between two looks; 0: one look */
	const char *policy;	 /* a file; NULL: the bundled one */
	const char *profile; /* of the policy; NULL: its default */
	bool additive;		 /* revoke nothing */
	const char *role;	 /* that an audit is of; NULL: all */
} Options;

#endif /* HH_OPTIONS_H */
