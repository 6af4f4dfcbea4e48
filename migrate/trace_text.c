/*
 * trace_text.c
 *		What trace prints for people: migration by migration.
 */
#include "postgres_fe.h"

#include "statement_rule.h"
#include "trace_catalog.h"
#include "trace_text.h"

#define LONGEST_STATEMENT 72 /* bytes of its first line */

char *
trace_statement_text(const Statement *statement)
{
	const char *end = statement->data + statement->length;
	const char *at = statement_skip_space(statement->data, end);

	return pnstrdup(at, (size_t) (end - at));
}

static void
print_statement(FILE *stream, const TracedStatement *traced, int number)
{
	char *text = trace_statement_text(traced->statement);
	size_t whole = strlen(text);
	size_t length = Min(strcspn(text, "\r\n"), LONGEST_STATEMENT);

	/* Not within a character. */
	while (length < whole && length > 0 && ((unsigned char) text[length] & 0xC0) == 0x80)
		length--;
	fprintf(stream, "  %d, line %d (%d ms%s): %.*s%s\n", number + 1, traced->statement->line,
			traced->milliseconds, traced->in_transaction ? "" : ", outside of a transaction",
			(int) length, text, length < whole ? " ..." : "");
	pg_free(text);
}

/* A line of what a statement did, without the line's end. */
static void
print_effect(FILE *stream, const TracedMigration *migration, const Effect *effect)
{
	const char *lock = effect->lock ? lock_name(effect->lock) : "a lock that was not seen";

	switch (effect->kind)
	{
		case EFFECT_LOCK:
			fprintf(stream, "took %s on %s, held for %d ms", lock, effect->relation,
					traced_milliseconds_held(migration, effect));
			break;
		case EFFECT_SCAN:
			fprintf(stream, "read %s whole", effect->relation);
			break;
		case EFFECT_REWRITE_BY_TYPE:
		case EFFECT_REWRITE_BY_COLUMN:
			fprintf(stream, "rewrote %s for column %s", effect->relation, effect->object);
			break;
		case EFFECT_REWRITE:
			fprintf(stream, "gave %s new storage", effect->relation);
			break;
		case EFFECT_INDEX_BUILT:
		case EFFECT_INDEX_BUILT_PARTITIONS:
		case EFFECT_INDEX_BUILT_CONSTRAINT:
		case EFFECT_INDEX_BUILT_EXCLUSION:
		case EFFECT_INDEX_REBUILT:
		case EFFECT_INDEX_REBUILT_BY_TYPE:
			fprintf(stream, "built index %s on %s under %s", effect->object, effect->relation,
					lock);
			break;
		case EFFECT_CONSTRAINT_ADDED:
			fprintf(stream, "added constraint %s to %s%s", effect->object, effect->relation,
					!effect->validated ? ", not valid"
					: effect->scanned  ? ", and checked all rows"
									   : "");
			break;
		case EFFECT_CONSTRAINT_VALIDATED:
			fprintf(stream, "validated constraint %s of %s", effect->object, effect->relation);
			break;
		case EFFECT_FOREIGN_KEY_UNINDEXED:
			fprintf(stream, "left foreign key %s of %s without an index", effect->object,
					effect->relation);
			break;
		case EFFECT_NOT_NULL:
			fprintf(stream, "set column %s of %s NOT NULL%s", effect->object, effect->relation,
					effect->scanned ? ", and checked all rows" : "");
			break;
		case EFFECT_RENAMED:
		case EFFECT_DROPPED:
			fprintf(stream, "%s %s%s%s", effect->kind == EFFECT_DROPPED ? "dropped" : "renamed",
					effect->object ? effect->object : effect->relation,
					effect->object ? " of " : "", effect->object ? effect->relation : "");
			break;
		case EFFECT_UNSAFE_ENUM:
			fprintf(stream, "failed: %s", effect->detail);
			break;
	}
}

static void
print_finding(FILE *stream, const TraceFinding *finding)
{
	const Migration *migration = finding->migration->migration;

	fprintf(stream, "  %s: %s: %s, line %d: %s\n",
			finding->allowed ? "allowed" : severity_name(finding->rule->severity),
			rule_name(finding->rule->id), migration->label,
			migration->change.items[finding->statement].line, finding->found);
	if (finding->allowed)
		fprintf(stream, "    reason:  %s\n", finding->allowed);
	else
		fprintf(stream, "    why:     %s\n    instead: %s\n", finding->rule->why, finding->instead);
}

static void
print_statements(FILE *stream, const TracedMigration *migration)
{
	for (int i = 0; i < migration->statement_count; i++)
	{
		const TracedStatement *statement = &migration->statements[i];

		print_statement(stream, statement, i);
		for (int j = 0; j < statement->effect_count; j++)
		{
			fputs("       ", stream);
			print_effect(stream, migration, &statement->effects[j]);
			fputs(statement->effects[j].partitions > 0 ? " (and partitions)\n" : "\n", stream);
		}
	}
}

static void
print_strongest_lock(FILE *stream, const TracedMigration *migration)
{
	const Effect *lock = traced_strongest_lock(migration);

	if (lock != NULL)
		fprintf(stream, "  strongest lock: %s on %s, held for %d ms from statement %d on\n",
				lock_name(lock->lock), lock->relation, traced_milliseconds_held(migration, lock),
				lock->statement + 1);
	else
		fputs("  no lock on anything that was there before\n", stream);
}

void
trace_text_print(const Trace *trace, const TraceFindingList *findings, bool quiet, FILE *stream)
{
	for (int i = 0; i < trace->migration_count; i++)
	{
		const TracedMigration *migration = &trace->migrations[i];

		if (!quiet)
		{
			fprintf(stream, "%s%s\n", i > 0 ? "\n" : "", migration->migration->label);
			print_statements(stream, migration);
			print_strongest_lock(stream, migration);
		}
		for (int j = 0; j < findings->count; j++)
		{
			if (findings->items[j].migration == migration && !(quiet && findings->items[j].allowed))
				print_finding(stream, &findings->items[j]);
		}
	}
	if (!quiet)
		fprintf(stream, "\nmigrations: %d, findings: %d, allowed: %d\n", trace->migration_count,
				findings->count - findings->allowed_count, findings->allowed_count);
}
