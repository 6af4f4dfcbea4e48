/*
 * trace_rule.c
 *		What hurts about a migration, why, and what to write instead.
 */
#include "postgres_fe.h"

#include "statement_rule.h"
#include "trace_catalog.h"
#include "trace_rule.h"

#define LONG_MILLISECONDS 1000 /* on empty tables */

#define WRITERS_WAIT "Whoever writes to the table waits until the migration has ended."
#define ALL_WAIT	 "Whoever reads or writes the table waits until the migration has ended."
#define REWRITE_WAIT                                                                               \
	"All rows are copied and all indexes built anew, and whoever reads or writes the table waits " \
	"for it."
#define READERS_FAIL                                                                               \
	"Services that run know the old name, and fail from now on until each has been replaced."
#define ALONE "in a migration with \"-- hh: no-transaction\": "

static const TracedStatement *
statement_of(const TracedMigration *migration, const Effect *effect)
{
	return &migration->statements[effect->statement];
}

static bool
begins_with(const TracedStatement *statement, const char *const *words)
{
	const char *end = statement->statement->data + statement->statement->length;
	const char *word = statement_skip_space(statement->statement->data, end);

	for (; *words; words++)
	{
		size_t length = strlen(*words);

		if ((size_t) (end - word) > length && pg_strncasecmp(word, *words, length) == 0 &&
			!isalnum((unsigned char) word[length]) && word[length] != '_')
			return true;
	}
	return false;
}

static const Effect *
rewrite_of(const TracedStatement *statement, Oid oid)
{
	for (int i = 0; i < statement->effect_count; i++)
	{
		if (effect_is_rewrite(statement->effects[i].kind) && statement->effects[i].oid == oid)
			return &statement->effects[i];
	}
	return NULL;
}

/* What is built concurrently holds no lock that writers wait for. */
static bool
builds_under_lock(const TracedMigration *migration, const Effect *effect, int *place)
{
	(void) place;
	return effect->lock >= LOCK_SHARE &&
		   rewrite_of(statement_of(migration, effect), effect->oid) == NULL;
}

static bool
is_validated_by_scan(const TracedMigration *migration, const Effect *effect, int *place)
{
	(void) migration;
	(void) place;
	return effect->validated && effect->scanned;
}

static bool
is_scanned(const TracedMigration *migration, const Effect *effect, int *place)
{
	(void) migration;
	(void) place;
	return effect->scanned;
}

static bool
is_truncate(const TracedMigration *migration, const Effect *effect, int *place)
{
	static const char *const words[] = {"truncate", NULL};

	(void) place;
	return begins_with(statement_of(migration, effect), words);
}

static bool
is_refresh(const TracedMigration *migration, const Effect *effect, int *place)
{
	static const char *const words[] = {"refresh", NULL};

	(void) place;
	return begins_with(statement_of(migration, effect), words);
}

static bool
is_other_rewrite(const TracedMigration *migration, const Effect *effect, int *place)
{
	return !is_truncate(migration, effect, place) && !is_refresh(migration, effect, place);
}

static bool
loses_relation(const TracedMigration *migration, const Effect *effect, int *place)
{
	(void) migration;
	(void) place;
	return effect->lasting && effect->object == NULL;
}

static bool
loses_column(const TracedMigration *migration, const Effect *effect, int *place)
{
	(void) migration;
	(void) place;
	return effect->lasting && effect->object != NULL;
}

/* A SELECT behind an UPDATE finds the UPDATE's lock, and is none. */
static bool
updates_all(const TracedMigration *migration, const Effect *effect, int *place)
{
	static const char *const writing[] = {"update", "delete", "merge", "with", "do", "call", NULL};
	const TracedStatement *statement = statement_of(migration, effect);

	return effect->wrote ? !is_refresh(migration, effect, place)
						 : effect->writes && begins_with(statement, writing);
}

/* A scan for a reason that no other rule has a name for. */
static bool
scans_under_own_lock(const TracedMigration *migration, const Effect *effect, int *place)
{
	const TracedStatement *statement = statement_of(migration, effect);

	if (!effect->took_lock || effect->lock < LOCK_SHARE || updates_all(migration, effect, place))
		return false;
	for (int i = 0; i < statement->effect_count; i++)
	{
		const Effect *other = &statement->effects[i];

		if (other->oid == effect->oid &&
			(effect_is_rewrite(other->kind) || effect_is_index_build(other->kind) ||
			 ((other->kind == EFFECT_CONSTRAINT_ADDED || other->kind == EFFECT_NOT_NULL) &&
			  other->scanned)))
			return false;
	}
	return true;
}

static bool
works_long(const TracedStatement *statement)
{
	if (statement->milliseconds >= LONG_MILLISECONDS)
		return true;
	for (int i = 0; i < statement->effect_count; i++)
	{
		const Effect *effect = &statement->effects[i];

		if (effect->kind == EFFECT_SCAN || effect_is_rewrite(effect->kind) ||
			effect_is_index_build(effect->kind) || effect->scanned)
			return true;
	}
	return false;
}

/* The first lock of the migration under which a later statement works long, or NULL. */
static const Effect *
lock_held_too_long(const TracedMigration *migration, int *work)
{
	const Effect *lock = NULL;

	for (int i = 0; i < migration->statement_count; i++)
	{
		const TracedStatement *statement = &migration->statements[i];

		if (lock != NULL && works_long(statement))
		{
			*work = i;
			return lock;
		}
		for (int j = 0; j < statement->effect_count; j++)
		{
			const Effect *effect = &statement->effects[j];

			if (effect->kind == EFFECT_LOCK && effect->lock >= LOCK_SHARE_ROW_EXCLUSIVE &&
				(lock == NULL || effect->lock > lock->lock))
				lock = effect;
		}
	}
	return NULL;
}

static bool
is_held_too_long(const TracedMigration *migration, const Effect *effect, int *place)
{
	return migration->is_one_transaction && lock_held_too_long(migration, place) == effect;
}

const TraceRule trace_rules[] = {
	{RULE_BLOCKING_INDEX_BUILD, SEVERITY_ERROR, EFFECT_INDEX_BUILT, builds_under_lock,
	 "built index {object} on {relation} under {lock}", WRITERS_WAIT, ALONE "{detail};"},
	{RULE_BLOCKING_INDEX_BUILD, SEVERITY_ERROR, EFFECT_INDEX_BUILT_PARTITIONS, builds_under_lock,
	 "built index {object} on {relation} and its partitions under {lock}", WRITERS_WAIT,
	 "{detail}; and then " ALONE "CREATE INDEX CONCURRENTLY ... ON PARTITION ...; ALTER INDEX "
	 "{object} ATTACH PARTITION ...; for each partition"},
	{RULE_BLOCKING_INDEX_BUILD, SEVERITY_ERROR, EFFECT_INDEX_BUILT_CONSTRAINT, builds_under_lock,
	 "built index {object} of a constraint on {relation} under {lock}", ALL_WAIT,
	 ALONE "{detail}; and then, in the next one: ALTER TABLE {relation} {constraint};"},
	{RULE_BLOCKING_INDEX_BUILD, SEVERITY_ERROR, EFFECT_INDEX_BUILT_EXCLUSION, builds_under_lock,
	 "built index {object} of an exclusion constraint on {relation} under {lock}", ALL_WAIT,
	 "PostgreSQL builds it in no other way: do it when the table is small, or a pause announced"},
	{RULE_BLOCKING_INDEX_BUILD, SEVERITY_ERROR, EFFECT_INDEX_REBUILT, builds_under_lock,
	 "built index {object} on {relation} anew under {lock}", WRITERS_WAIT,
	 ALONE "REINDEX INDEX CONCURRENTLY {object};"},
	{RULE_CONSTRAINT_NOT_VALID_MISSING, SEVERITY_ERROR, EFFECT_CONSTRAINT_ADDED,
	 is_validated_by_scan,
	 "added constraint {object} to {relation} and checked all rows under {lock}",
	 "The lock that adding takes is held while every row is read; validating takes a lock that "
	 "lets others write.",
	 "ALTER TABLE {relation} ADD CONSTRAINT {object} {detail} NOT VALID; and then, in a migration "
	 "of its own: ALTER TABLE {relation} VALIDATE CONSTRAINT {object};"},
	{RULE_REWRITE_TYPE_CHANGE, SEVERITY_ERROR, EFFECT_REWRITE_BY_TYPE, NULL,
	 "rewrote {relation} to give column {object} the type {detail}", REWRITE_WAIT,
	 "ALTER TABLE {relation} ADD COLUMN {object_new} {detail}; have services write both, fill it "
	 "in batches, have them read it, and drop {object} at last"},
	{RULE_REWRITE_TYPE_CHANGE, SEVERITY_ERROR, EFFECT_INDEX_REBUILT_BY_TYPE, builds_under_lock,
	 "built index {object} on {relation} anew, for a column that became {detail}", ALL_WAIT,
	 "drop the index with DROP INDEX CONCURRENTLY before, and build it again with CREATE INDEX "
	 "CONCURRENTLY afterwards; or add a new column as for a type that needs a rewrite"},
	{RULE_REWRITE_VOLATILE_DEFAULT, SEVERITY_ERROR, EFFECT_REWRITE_BY_COLUMN, NULL,
	 "rewrote {relation} to fill the new column {object}", REWRITE_WAIT,
	 "ALTER TABLE {relation} ADD COLUMN {object} {detail}; ALTER TABLE {relation} ALTER COLUMN "
	 "{object} SET DEFAULT ...; and then fill the rows that are there in batches"},
	{RULE_TRUNCATE, SEVERITY_ERROR, EFFECT_REWRITE, is_truncate, "emptied {relation}",
	 "Its rows are gone, and whoever reads or writes the table waits until the migration has "
	 "ended.",
	 "DELETE in batches what is not needed, outside of the migration"},
	{RULE_TABLE_REWRITE, SEVERITY_ERROR, EFFECT_REWRITE, is_refresh,
	 "filled {relation} anew under {lock}",
	 "Whoever reads the materialized view waits until the migration has ended.",
	 "REFRESH MATERIALIZED VIEW CONCURRENTLY {relation}; which needs a unique index on all rows"},
	{RULE_TABLE_REWRITE, SEVERITY_ERROR, EFFECT_REWRITE, is_other_rewrite,
	 "gave {relation} new storage", REWRITE_WAIT,
	 "make a new table, have services write both, fill it in batches, and put it in the place of "
	 "the old one"},
	{RULE_NOT_NULL_SCAN, SEVERITY_ERROR, EFFECT_NOT_NULL, is_scanned,
	 "set column {object} of {relation} NOT NULL and read all rows for that, under {lock}",
	 ALL_WAIT,
	 "ALTER TABLE {relation} ADD CONSTRAINT {object_not_null} CHECK ({object} IS NOT NULL) NOT "
	 "VALID; then, in a migration of its own: ALTER TABLE {relation} VALIDATE CONSTRAINT "
	 "{object_not_null}; and then ALTER TABLE {relation} ALTER COLUMN {object} SET NOT NULL; which "
	 "reads nothing"},
	{RULE_FOREIGN_KEY_WITHOUT_INDEX, SEVERITY_WARNING, EFFECT_FOREIGN_KEY_UNINDEXED, NULL,
	 "foreign key {object} of {relation} has no index",
	 "Whoever deletes or renumbers a row that it refers to has all of this table read, and waits.",
	 "before it, " ALONE "CREATE INDEX CONCURRENTLY {object_idx} ON {relation} ({detail});"},
	{RULE_RENAME_OR_DROP_IN_USE, SEVERITY_ERROR, EFFECT_RENAMED, loses_relation,
	 "renamed {relation} to {detail}", READERS_FAIL,
	 "in the same migration, CREATE VIEW {relation} AS SELECT * FROM {detail}; and drop it when "
	 "nobody uses it any longer"},
	{RULE_RENAME_OR_DROP_IN_USE, SEVERITY_ERROR, EFFECT_RENAMED, loses_column,
	 "renamed column {object} of {relation} to {detail}", READERS_FAIL,
	 "add column {detail}, have services write both, fill it in batches, have them read it, and "
	 "drop {object} at last"},
	{RULE_RENAME_OR_DROP_IN_USE, SEVERITY_ERROR, EFFECT_DROPPED, loses_relation,
	 "dropped {relation}", "Services that run may use it, and what was in it is gone.",
	 "release services that don't use it first; then drop it in a migration that says so: -- hh: "
	 "allow rename-or-drop-in-use REASON"},
	{RULE_RENAME_OR_DROP_IN_USE, SEVERITY_ERROR, EFFECT_DROPPED, loses_column,
	 "dropped column {object} of {relation}",
	 "Services that run may use it, and what was in it is gone.",
	 "release services that don't use it first; then drop it in a migration that says so: -- hh: "
	 "allow rename-or-drop-in-use REASON"},
	{RULE_ENUM_VALUE_IN_SAME_TRANSACTION, SEVERITY_ERROR, EFFECT_UNSAFE_ENUM, NULL,
	 "used a value of an enum that the same transaction adds: {detail}",
	 "PostgreSQL refuses it: the migration fails wherever it is run.",
	 "add the value in a migration of its own, before this one"},
	{RULE_FULL_TABLE_UPDATE, SEVERITY_WARNING, EFFECT_SCAN, updates_all,
	 "read {relation} whole and changed rows in one statement",
	 "All rows that it changes stay locked until the migration has ended, and all their old "
	 "versions stay in the table.",
	 "change rows in batches that an index finds, each committed on its own, in a migration with "
	 "\"-- hh: no-transaction\" or outside"},
	{RULE_SCAN_UNDER_LOCK, SEVERITY_WARNING, EFFECT_SCAN, scans_under_own_lock,
	 "read {relation} whole under {lock}",
	 "The lock that the statement takes is held while every row is read.",
	 "have a CHECK constraint that says the same, added NOT VALID and validated in a migration of "
	 "its own, spare the reading; ATTACH PARTITION and SET NOT NULL look for one"},
	{RULE_LONG_WORK_UNDER_EXCLUSIVE_LOCK, SEVERITY_ERROR, EFFECT_LOCK, is_held_too_long,
	 "worked long while {lock} on {relation} was held, since statement {statement}",
	 "A lock is held until the transaction ends, however little time the statement took that "
	 "needed "
	 "it.",
	 "put what takes long into a migration of its own, and what needs the lock behind it"},
};

const int trace_rule_count = lengthof(trace_rules);

#define RULE_NAME(id, name) [id] = name,

const char *
rule_name(RuleId rule)
{
	static const char *const names[] = {TRACE_RULES(RULE_NAME)};

	return names[rule];
}

const char *
severity_name(Severity severity)
{
	return severity == SEVERITY_ERROR ? "error" : "warning";
}
