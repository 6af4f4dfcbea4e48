/*
 * plan.h
 *		From what is there and what should be to a list of actions: pure, without
 *		a database.
 */
#ifndef HH_PLAN_H
#define HH_PLAN_H

#include "deployment.h"
#include "ledger.h"
#include "migration_set.h"
#include "step_log.h"
#include "variables.h"

#define DEFAULT_EMBEDDING_DIMENSIONS 768
#define MAX_EMBEDDING_DIMENSIONS	 2000 /* what an HNSW index takes */

/* What became of one migration, as the ledger and the files say. */
typedef enum MigrationState
{
	MIGRATION_PENDING,
	MIGRATION_APPLIED,
	MIGRATION_BASELINE,
	MIGRATION_CHANGED,	  /* applied from another text */
	MIGRATION_UNVERIFIED, /* applied, but a query of its verify part is not true */
	MIGRATION_REVERTED,
	MIGRATION_FAILED,
	MIGRATION_RUNNING
} MigrationState;

typedef enum ActionKind
{
	ACTION_CREATE_EXTENSION,
	ACTION_UPDATE_EXTENSION,
	ACTION_APPLY,
	ACTION_REAPPLY,
	ACTION_RESUME, /* a migration without a transaction goes on where it stopped */
	ACTION_REVERT,
	ACTION_FOUND,	 /* the ledger's table, where the schemas are there before it */
	ACTION_BASELINE, /* is recorded, and not run */
	ACTION_POLICY,	 /* its image is replaced */
	ACTION_ROLES,
	ACTION_PRIVILEGES
} ActionKind;

/* Which policy an image is of; NULL where there is none, or no table for it. */
typedef struct PolicyMark
{
	const char *checksum;
	const char *profile;
} PolicyMark;

/* All strings are borrowed from the planner's input, or constants. */
typedef struct Action
{
	ActionKind kind;
	const char *object;	 /* an extension's name, or a migration's label */
	const char *version; /* to be installed; or the migration's */
	const char *reason;
	const Migration *migration; /* NULL for an extension */
	const VariableList *values; /* that it was applied or begun with; NULL: the plan's */
	bool is_new;				/* the ledger has no row of it */
	Steps steps;				/* that are recorded of it, where it goes on; else none */
} Action;

/* Why nothing can be done. */
typedef struct Problem
{
	char *message;
	char *detail; /* or NULL */
	char *hint;	  /* or NULL */
} Problem;

typedef struct PlanInput
{
	const Deployment *deployment;
	const MigrationSet *migrations;
	const Ledger *ledger;
	const StepLog *steps;		   /* of migrations that have not come to their end */
	const VariableList *variables; /* that the caller says */
	const bool *verified;		   /* one a migration: its verify part holds, or isn't asked for */
	int dimensions;				   /* that the caller says; 0 if none */
	const char *dimensions_source; /* where it says so, for messages */
	const char *to;				   /* the last version to apply; NULL: all */
	int only;					   /* parts, of plan_part.h; 0: all */
	bool allow_out_of_order;	   /* below what is applied already */
	bool acts_for_owner;		   /* who is connected is somebody else */
	PolicyMark policy;			   /* that is to be recorded; empty: none is */
	PolicyMark recorded;		   /* that is */
	bool image_is_altered;		   /* somebody else has written into it */
	bool has_policy_table;
	bool converges;				   /* roles and privileges are to be the policy's */
	const char *role_changes;	   /* how many, in words; NULL: none */
	const char *privilege_changes; /* the same, as things are before anything is done */
} PlanInput;

typedef struct Plan
{
	Action *actions;
	int action_count;
	Problem *problems;
	int problem_count;
	int dimensions;			/* of the embedding column, as it is or will be */
	VariableList variables; /* of all migrations */
} Plan;

/* Where there are problems, the actions are not to be run. */
extern void plan_make(Plan *plan, const PlanInput *input);
extern void plan_free(Plan *plan);

/* What plan_make() is made of, for other plans.  A problem takes over its strings. */
/* plan_begin() plans the code, and returns the version of it that migrations will find. */
extern const char *plan_begin(Plan *plan, const PlanInput *input);
extern void plan_add_action(Plan *plan, Action action);
extern void plan_add_problem(Plan *plan, char *message, char *detail, char *hint);
extern void plan_decide_dimensions(Plan *plan, const PlanInput *input);
extern void plan_gather_variables(Plan *plan, const PlanInput *input);
extern void plan_check_ledger(Plan *plan, const PlanInput *input);
extern void plan_check_target(Plan *plan, const PlanInput *input);

/* row: the ledger's, or NULL. */
extern MigrationState migration_state(const Migration *migration, const LedgerRow *row,
									  bool verified);
extern const char *migration_state_name(MigrationState state);
extern const char *action_kind_name(ActionKind kind);

/*
 * Whether a row of the ledger has no migration that it should have: one of
 * Headhunter's own that a newer program brought, or a team's that is not in the
 * directory.  Without a directory, a team's are nobody's business.
 */
extern bool ledger_row_is_out_of_place(const MigrationSet *migrations, const LedgerRow *row);

/* The dimension that the database itself says it has, or 0. */
extern int plan_known_dimensions(const Deployment *deployment, const Ledger *ledger);

#endif /* HH_PLAN_H */
