/*
 * trace.h
 *		What migrations did, statement by statement: plain records.
 */
#ifndef HH_TRACE_H
#define HH_TRACE_H

#include "migration_set.h"

/* What a statement did, mostly to a relation that was there before the migration. */
typedef enum EffectKind
{
	EFFECT_LOCK,				   /* took a lock stronger than those held before */
	EFFECT_SCAN,				   /* read it whole */
	EFFECT_REWRITE_BY_TYPE,		   /* object: a column; detail: its new type */
	EFFECT_REWRITE_BY_COLUMN,	   /* object: a new column; detail: its type */
	EFFECT_REWRITE,				   /* gave it new storage for another reason */
	EFFECT_INDEX_BUILT,			   /* object: the index; detail: what builds it concurrently */
	EFFECT_INDEX_BUILT_PARTITIONS, /* object: a partitioned index; detail: its definition */
	EFFECT_INDEX_BUILT_CONSTRAINT, /* as EFFECT_INDEX_BUILT; for_constraint: what makes it one */
	EFFECT_INDEX_BUILT_EXCLUSION,  /* object: the index */
	EFFECT_INDEX_REBUILT,		   /* object: an index that was there */
	EFFECT_INDEX_REBUILT_BY_TYPE,  /* the same; detail: a column's new type */
	EFFECT_CONSTRAINT_ADDED,	   /* object: its name; detail: its definition */
	EFFECT_CONSTRAINT_VALIDATED,
	EFFECT_FOREIGN_KEY_UNINDEXED, /* object: its name; detail: its columns */
	EFFECT_NOT_NULL,			  /* object: the column */
	EFFECT_RENAMED,				  /* object: a column, or NULL; detail: the new name */
	EFFECT_DROPPED,				  /* object: a column, or NULL */
	EFFECT_UNSAFE_ENUM			  /* of no relation; detail: the server's message */
} EffectKind;

/* Owns its strings, which are NULL where the kind has none. */
typedef struct Effect
{
	EffectKind kind;
	Oid oid;
	char *relation; /* of a partition, the partitioned table, where that is meant */
	char *object;
	char *detail;
	char *for_constraint;
	int lock;		/* the strongest held on the relation; 0 where it couldn't be seen */
	bool took_lock; /* none as strong was held before the statement */
	bool scanned;	/* rows were read to the end, by whatever way */
	bool validated; /* a constraint, at once */
	bool writes;	/* a scan: the transaction may change rows ... */
	bool wrote;		/* ... and this statement was the first that might */
	bool lasting;	/* a name is gone for good, or rows are */
	int partitions; /* more of the same */
	int statement;	/* from 0 */
} Effect;

typedef struct TracedStatement
{
	const Statement *statement;
	bool in_transaction; /* so that locks and scans could be seen */
	int milliseconds;
	Effect *effects;
	int effect_count;
	char sqlstate[6]; /* where it failed; else empty */
} TracedStatement;

/* migration is borrowed. */
typedef struct TracedMigration
{
	const Migration *migration;
	bool is_one_transaction;
	TracedStatement *statements; /* that were run */
	int statement_count;
} TracedMigration;

/* Zero-initialised it is empty. */
typedef struct Trace
{
	TracedMigration *migrations;
	int migration_count;
} Trace;

/* What is returned is valid until the next of its kind is added. */
extern TracedMigration *trace_add_migration(Trace *trace, const Migration *migration,
											bool is_one_transaction);
extern TracedStatement *trace_add_statement(TracedMigration *migration);

/* Takes the statements from that one on, from 0, out again. */
extern void trace_drop_statements(TracedMigration *migration, int first);

/* Takes over the effect's strings. */
extern Effect *trace_add_effect(TracedStatement *statement, Effect effect);

/* The first such effect on a relation, or NULL. */
extern const Effect *traced_effect(const TracedStatement *statement, EffectKind kind, Oid oid);

extern bool effect_is_rewrite(EffectKind kind);
extern bool effect_is_index_build(EffectKind kind);

/*
 * How long a lock was held that a statement took: from that statement's beginning
 * to the end of the transaction, without what trace itself took.
 */
extern int traced_milliseconds_held(const TracedMigration *migration, const Effect *lock);

/* The strongest lock, and of several the one held longest; NULL if there is none. */
extern const Effect *traced_strongest_lock(const TracedMigration *migration);

extern void trace_free(Trace *trace);

#endif /* HH_TRACE_H */
