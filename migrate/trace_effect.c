/*
 * trace_effect.c
 *		From the catalogs before and after a statement to what it did.
 */
#include "postgres_fe.h"

#include "trace_effect.h"

/* A statement, and the catalogs around it. */
typedef struct Comparison
{
	TracedStatement *statement;
	int number;
	const TraceCatalog *beginning; /* of the migration */
	const TraceCatalog *before;
	const TraceCatalog *after;
} Comparison;

static char *
copy(const char *text)
{
	return text ? pg_strdup(text) : NULL;
}

/* A partition stands for its table, where that was there before the migration, too. */
static const CatalogRelation *
whole_of(const Comparison *comparison, const CatalogRelation *relation)
{
	const CatalogRelation *root = NULL;

	if (relation->root != relation->oid && catalog_relation(comparison->beginning, relation->root))
		root = catalog_relation(comparison->after, relation->root);
	return root ? root : relation;
}

static long
scans_since(const Comparison *comparison, const CatalogRelation *now, bool of_indexes)
{
	const CatalogRelation *then = catalog_relation(comparison->before, now->oid);

	/* Outside of a transaction they may have been handed to the server's statistics. */
	if (then == NULL || !comparison->statement->in_transaction)
		return 0;
	return of_indexes ? now->scans + now->index_scans - then->scans - then->index_scans
					  : now->scans - then->scans;
}

/* Whether the statement went through the rows of the relation, or of one of its partitions. */
static bool
is_scanned(const Comparison *comparison, const CatalogRelation *relation, bool or_by_index)
{
	for (int i = 0; i < comparison->after->relation_count; i++)
	{
		const CatalogRelation *each = &comparison->after->relations[i];

		if ((each->oid == relation->oid || each->root == relation->oid) &&
			scans_since(comparison, each, or_by_index) > 0)
			return true;
	}
	return false;
}

/* What a scan is said to be of: the partitioned table, where more than one partition is read. */
static const CatalogRelation *
scanned_whole_of(const Comparison *comparison, const CatalogRelation *relation)
{
	int scanned = 0;

	for (int i = 0; i < comparison->after->relation_count && scanned < 2; i++)
	{
		const CatalogRelation *each = &comparison->after->relations[i];

		scanned += each->root == relation->root && scans_since(comparison, each, false) > 0;
	}
	return scanned > 1 ? whole_of(comparison, relation) : relation;
}

static bool
is_same(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

/*
 * Adds an effect, unless it is that of another partition again.  Returns it, for
 * what its kind says more of; NULL where it was there.
 */
static Effect *
add(const Comparison *comparison, EffectKind kind, const CatalogRelation *relation,
	const char *object, const char *detail)
{
	const CatalogRelation *before = catalog_relation(comparison->before, relation->oid);

	for (int i = 0; i < comparison->statement->effect_count; i++)
	{
		Effect *effect = &comparison->statement->effects[i];

		if (effect->kind == kind && effect->oid == relation->oid && is_same(effect->object, object))
		{
			effect->partitions++;
			return NULL;
		}
	}
	return trace_add_effect(comparison->statement,
							(Effect){.kind = kind,
									 .oid = relation->oid,
									 .relation = copy(relation->name),
									 .object = copy(object),
									 .detail = copy(detail),
									 .lock = relation->lock,
									 .took_lock = before && relation->lock > before->lock,
									 .statement = comparison->number});
}

static void
find_lock(const Comparison *comparison, const CatalogRelation *relation)
{
	const CatalogRelation *before = catalog_relation(comparison->before, relation->oid);
	const CatalogRelation *whole = whole_of(comparison, relation);

	if (relation->lock <= (before ? before->lock : 0))
		return;
	if (whole != relation && whole->lock >= relation->lock)
		return;
	add(comparison, EFFECT_LOCK, relation, NULL, NULL);
}

/* The first column of the relation that has another type, or is new; NULL if none is. */
static const CatalogColumn *
changed_column(const Comparison *comparison, Oid relation, bool is_new)
{
	const TraceCatalog *after = comparison->after;

	for (int i = catalog_first_column(after, relation);
		 i < after->column_count && after->columns[i].relation == relation; i++)
	{
		const CatalogColumn *column = &after->columns[i];
		const CatalogColumn *before = catalog_column(comparison->before, relation, column->number);

		if (is_new ? before == NULL : before && strcmp(before->type, column->type) != 0)
			return column;
	}
	return NULL;
}

static void
find_rewrite(const Comparison *comparison, const CatalogRelation *relation)
{
	const CatalogRelation *before = catalog_relation(comparison->before, relation->oid);
	const CatalogRelation *whole = whole_of(comparison, relation);
	const CatalogColumn *column;
	EffectKind kind = EFFECT_REWRITE;
	Effect *effect;

	if (before == NULL || before->filenode == 0 || before->filenode == relation->filenode)
		return;
	if ((column = changed_column(comparison, relation->oid, false)) != NULL)
		kind = EFFECT_REWRITE_BY_TYPE;
	else if ((column = changed_column(comparison, relation->oid, true)) != NULL)
		kind = EFFECT_REWRITE_BY_COLUMN;
	effect =
		add(comparison, kind, whole, column ? column->name : NULL, column ? column->type : NULL);
	if (effect != NULL)
		effect->lock = LOCK_ACCESS_EXCLUSIVE;
}

static void
find_scan(const Comparison *comparison, const CatalogRelation *relation)
{
	const CatalogRelation *before = catalog_relation(comparison->before, relation->oid);
	Effect *effect;

	if (scans_since(comparison, relation, false) <= 0)
		return;
	effect = add(comparison, EFFECT_SCAN, scanned_whole_of(comparison, relation), NULL, NULL);
	if (effect != NULL)
	{
		effect->scanned = true;
		effect->writes = relation->row_exclusive;
		effect->wrote = relation->row_exclusive && !before->row_exclusive;
	}
}

static void
find_relation_effects(const Comparison *comparison)
{
	for (int i = 0; i < comparison->after->relation_count; i++)
	{
		const CatalogRelation *relation = &comparison->after->relations[i];

		if (catalog_relation(comparison->beginning, relation->oid) == NULL)
			continue;
		find_lock(comparison, relation);
		find_rewrite(comparison, relation);
		find_scan(comparison, relation);
	}
}

/* An index that is kept when a column's type changes has another oid and its old storage. */
static bool
is_built(const Comparison *comparison, const CatalogIndex *index)
{
	if (index->filenode == 0)
		return false;
	for (int i = 0; i < comparison->before->index_count; i++)
	{
		if (comparison->before->indexes[i].filenode == index->filenode)
			return false;
	}
	return true;
}

static bool
was_there(const TraceCatalog *catalog, const CatalogIndex *index)
{
	for (int i = 0; i < catalog->index_count; i++)
	{
		if (catalog->indexes[i].relation == index->relation &&
			strcmp(catalog->indexes[i].name, index->name) == 0)
			return true;
	}
	return false;
}

static EffectKind
kind_of_build(const Comparison *comparison, const CatalogIndex *index,
			  const CatalogRelation *relation)
{
	if (was_there(comparison->before, index))
		return changed_column(comparison, index->relation, false) ? EFFECT_INDEX_REBUILT_BY_TYPE
																  : EFFECT_INDEX_REBUILT;
	if (strcmp(index->constraint, "EXCLUDE") == 0)
		return EFFECT_INDEX_BUILT_EXCLUSION;
	if (relation->kind == 'p')
		return EFFECT_INDEX_BUILT_PARTITIONS;
	return index->constraint[0] ? EFFECT_INDEX_BUILT_CONSTRAINT : EFFECT_INDEX_BUILT;
}

/* Outside of a transaction an index is built concurrently, or with its table. */
static int
lock_of_build(const Comparison *comparison, const CatalogRelation *relation)
{
	const CatalogRelation *before = catalog_relation(comparison->before, relation->oid);

	if (before && before->filenode != relation->filenode)
		return LOCK_ACCESS_EXCLUSIVE;
	return comparison->statement->in_transaction ? relation->lock : LOCK_SHARE_UPDATE_EXCLUSIVE;
}

static void
find_index_effects(const Comparison *comparison)
{
	for (int i = 0; i < comparison->after->index_count; i++)
	{
		const CatalogIndex *index = &comparison->after->indexes[i];
		const CatalogRelation *relation = catalog_relation(comparison->after, index->relation);
		const CatalogRelation *whole;
		const CatalogColumn *column;
		EffectKind kind;
		Effect *effect;

		if (relation == NULL || !is_built(comparison, index) ||
			catalog_relation(comparison->beginning, relation->oid) == NULL)
			continue;
		whole = whole_of(comparison, relation);
		kind = kind_of_build(comparison, index, whole);
		column = kind == EFFECT_INDEX_REBUILT_BY_TYPE
					 ? changed_column(comparison, index->relation, false)
					 : NULL;
		effect =
			add(comparison, kind, whole, index->name, column ? column->type : index->definition);
		if (effect != NULL)
		{
			effect->lock = lock_of_build(comparison, relation);
			effect->for_constraint = copy(index->constraint);
		}
	}
}

static void
find_constraint_effects(const Comparison *comparison)
{
	for (int i = 0; i < comparison->after->constraint_count; i++)
	{
		const CatalogConstraint *constraint = &comparison->after->constraints[i];
		const CatalogConstraint *before =
			catalog_constraint(comparison->before, constraint->relation, constraint->name);
		const CatalogRelation *relation = catalog_relation(comparison->after, constraint->relation);
		Effect *effect = NULL;

		if (relation == NULL ||
			catalog_relation(comparison->beginning, constraint->relation) == NULL)
			continue;
		if (before == NULL)
			effect = add(comparison, EFFECT_CONSTRAINT_ADDED, whole_of(comparison, relation),
						 constraint->name, constraint->definition);
		else if (constraint->validated && !before->validated)
			effect = add(comparison, EFFECT_CONSTRAINT_VALIDATED, whole_of(comparison, relation),
						 constraint->name, constraint->definition);
		if (effect != NULL)
		{
			effect->validated = constraint->validated;
			effect->scanned = is_scanned(comparison, relation, true);
		}
	}
}

static void
find_column_effects(const Comparison *comparison)
{
	for (int i = 0; i < comparison->after->column_count; i++)
	{
		const CatalogColumn *column = &comparison->after->columns[i];
		const CatalogColumn *before;
		const CatalogRelation *relation;
		Effect *effect;

		if (!column->not_null ||
			catalog_column(comparison->beginning, column->relation, column->number) == NULL)
			continue;
		before = catalog_column(comparison->before, column->relation, column->number);
		if (before == NULL || before->not_null)
			continue;
		relation = catalog_relation(comparison->after, column->relation);
		effect = add(comparison, EFFECT_NOT_NULL, whole_of(comparison, relation), column->name,
					 column->type);
		if (effect != NULL)
			effect->scanned = is_scanned(comparison, relation, false);
	}
}

/* Whether rows go with it, or it is but a way to look at them. */
static bool
has_rows(const CatalogRelation *relation)
{
	return relation->kind != 'v' && relation->kind != 'm';
}

static void
find_lost_columns(const Comparison *comparison, const CatalogRelation *relation)
{
	const TraceCatalog *before = comparison->before;
	const CatalogRelation *whole =
		catalog_relation(comparison->beginning, whole_of(comparison, relation)->oid);

	for (int i = catalog_first_column(before, relation->oid);
		 i < before->column_count && before->columns[i].relation == relation->oid; i++)
	{
		const CatalogColumn *column = &before->columns[i];
		const CatalogColumn *first;
		const CatalogColumn *now;
		Effect *effect;

		first = catalog_column(comparison->beginning, relation->oid, column->number);
		now = catalog_column(comparison->after, relation->oid, column->number);
		if (first == NULL || (now && strcmp(now->name, column->name) == 0))
			continue;
		/* Named anew by this migration, and once more. */
		if (now && strcmp(first->name, column->name) != 0)
			continue;
		effect = add(comparison, now ? EFFECT_RENAMED : EFFECT_DROPPED, whole, first->name,
					 now ? now->name : NULL);
		if (effect != NULL)
		{
			effect->lock = relation->lock;
			effect->lasting = now == NULL && has_rows(relation);
		}
	}
}

static void
find_lost_names(const Comparison *comparison)
{
	for (int i = 0; i < comparison->before->relation_count; i++)
	{
		const CatalogRelation *relation = &comparison->before->relations[i];
		const CatalogRelation *first = catalog_relation(comparison->beginning, relation->oid);
		const CatalogRelation *now = catalog_relation(comparison->after, relation->oid);
		Effect *effect = NULL;

		if (first == NULL)
			continue;
		if (now == NULL)
			effect = add(comparison, EFFECT_DROPPED, first, NULL, NULL);
		else if (strcmp(first->name, relation->name) == 0 && strcmp(now->name, relation->name) != 0)
			effect = add(comparison, EFFECT_RENAMED, first, NULL, now->name);
		if (effect != NULL)
		{
			effect->lock = LOCK_ACCESS_EXCLUSIVE;
			effect->lasting = now == NULL && has_rows(relation);
		}
		if (now != NULL)
			find_lost_columns(comparison, now);
	}
}

void
effects_find(TracedMigration *migration, const TraceCatalog *beginning, const TraceCatalog *before,
			 const TraceCatalog *after)
{
	int number = migration->statement_count - 1;
	Comparison comparison = {.statement = &migration->statements[number],
							 .number = number,
							 .beginning = beginning,
							 .before = before,
							 .after = after};

	find_relation_effects(&comparison);
	find_index_effects(&comparison);
	find_constraint_effects(&comparison);
	find_column_effects(&comparison);
	find_lost_names(&comparison);
}

/* Whether all columns of a relation are to be found, by their names, in another. */
static bool
has_columns_of(const TraceCatalog *end, Oid now, const TraceCatalog *beginning, Oid then)
{
	for (int i = catalog_first_column(beginning, then);
		 i < beginning->column_count && beginning->columns[i].relation == then; i++)
	{
		if (catalog_column_named(end, now, beginning->columns[i].name) == NULL)
			return false;
	}
	return true;
}

/* Whether who read the name that was lost finds it again. */
static bool
is_back(const Effect *effect, const TraceCatalog *beginning, const TraceCatalog *end)
{
	const CatalogRelation *relation = catalog_relation_named(end, effect->relation);

	if (relation == NULL)
		return false;
	return effect->object ? catalog_column_named(end, relation->oid, effect->object) != NULL
						  : has_columns_of(end, relation->oid, beginning, effect->oid);
}

static void
conclude_statement(TracedStatement *statement, const TraceCatalog *beginning,
				   const TraceCatalog *end)
{
	int count = statement->effect_count;

	for (int i = 0; i < count; i++)
	{
		Effect *effect = &statement->effects[i];
		const CatalogConstraint *constraint;

		if (effect->kind == EFFECT_RENAMED || effect->kind == EFFECT_DROPPED)
			effect->lasting = effect->lasting || !is_back(effect, beginning, end);
		if (effect->kind != EFFECT_CONSTRAINT_ADDED)
			continue;
		constraint = catalog_constraint(end, effect->oid, effect->object);
		if (constraint != NULL && constraint->lacks_index)
			trace_add_effect(statement, (Effect){.kind = EFFECT_FOREIGN_KEY_UNINDEXED,
												 .oid = effect->oid,
												 .relation = copy(effect->relation),
												 .object = copy(effect->object),
												 .detail = copy(constraint->columns),
												 .lock = effect->lock,
												 .statement = effect->statement});
	}
}

void
effects_conclude(TracedMigration *migration, int first, const TraceCatalog *beginning,
				 const TraceCatalog *end)
{
	for (int i = first; i < migration->statement_count; i++)
		conclude_statement(&migration->statements[i], beginning, end);
}
