/*
 * trace.c
 *		What migrations did, statement by statement: plain records.
 */
#include "postgres_fe.h"

#include "trace.h"

TracedMigration *
trace_add_migration(Trace *trace, const Migration *migration, bool is_one_transaction)
{
	trace->migrations = pg_realloc(trace->migrations,
								   sizeof(TracedMigration) * (size_t) (trace->migration_count + 1));
	trace->migrations[trace->migration_count] =
		(TracedMigration){.migration = migration, .is_one_transaction = is_one_transaction};
	return &trace->migrations[trace->migration_count++];
}

TracedStatement *
trace_add_statement(TracedMigration *migration)
{
	int number = migration->statement_count;

	migration->statements =
		pg_realloc(migration->statements, sizeof(TracedStatement) * (size_t) (number + 1));
	migration->statements[number] =
		(TracedStatement){.statement = &migration->migration->change.items[number]};
	migration->statement_count++;
	return &migration->statements[number];
}

static void
free_statement(TracedStatement *statement)
{
	for (int i = 0; i < statement->effect_count; i++)
	{
		pg_free(statement->effects[i].relation);
		pg_free(statement->effects[i].object);
		pg_free(statement->effects[i].detail);
		pg_free(statement->effects[i].for_constraint);
	}
	pg_free(statement->effects);
}

void
trace_drop_statements(TracedMigration *migration, int first)
{
	while (migration->statement_count > first)
		free_statement(&migration->statements[--migration->statement_count]);
}

Effect *
trace_add_effect(TracedStatement *statement, Effect effect)
{
	statement->effects =
		pg_realloc(statement->effects, sizeof(Effect) * (size_t) (statement->effect_count + 1));
	statement->effects[statement->effect_count] = effect;
	return &statement->effects[statement->effect_count++];
}

const Effect *
traced_effect(const TracedStatement *statement, EffectKind kind, Oid oid)
{
	for (int i = 0; i < statement->effect_count; i++)
	{
		if (statement->effects[i].kind == kind && statement->effects[i].oid == oid)
			return &statement->effects[i];
	}
	return NULL;
}

bool
effect_is_rewrite(EffectKind kind)
{
	return kind == EFFECT_REWRITE_BY_TYPE || kind == EFFECT_REWRITE_BY_COLUMN ||
		   kind == EFFECT_REWRITE;
}

bool
effect_is_index_build(EffectKind kind)
{
	return kind == EFFECT_INDEX_BUILT || kind == EFFECT_INDEX_BUILT_PARTITIONS ||
		   kind == EFFECT_INDEX_BUILT_CONSTRAINT || kind == EFFECT_INDEX_BUILT_EXCLUSION ||
		   kind == EFFECT_INDEX_REBUILT || kind == EFFECT_INDEX_REBUILT_BY_TYPE;
}

int
traced_milliseconds_held(const TracedMigration *migration, const Effect *lock)
{
	int end = migration->is_one_transaction ? migration->statement_count : lock->statement + 1;
	int milliseconds = 0;

	for (int i = lock->statement; i < end; i++)
		milliseconds += migration->statements[i].milliseconds;
	return milliseconds;
}

const Effect *
traced_strongest_lock(const TracedMigration *migration)
{
	const Effect *strongest = NULL;

	for (int i = 0; i < migration->statement_count; i++)
	{
		const TracedStatement *statement = &migration->statements[i];

		for (int j = 0; j < statement->effect_count; j++)
		{
			const Effect *effect = &statement->effects[j];

			if (effect->kind != EFFECT_LOCK)
				continue;
			if (strongest == NULL || effect->lock > strongest->lock ||
				(effect->lock == strongest->lock &&
				 traced_milliseconds_held(migration, effect) >
					 traced_milliseconds_held(migration, strongest)))
				strongest = effect;
		}
	}
	return strongest;
}

void
trace_free(Trace *trace)
{
	for (int i = 0; i < trace->migration_count; i++)
	{
		trace_drop_statements(&trace->migrations[i], 0);
		pg_free(trace->migrations[i].statements);
	}
	pg_free(trace->migrations);
	memset(trace, 0, sizeof(*trace));
}
