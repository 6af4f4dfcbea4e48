/*
 * catalog_scope.c
 *		What in the catalogs is the doing of some migrations: pure, without a database.
 */
#include "postgres_fe.h"

#include "catalog_scope.h"

/* How much of an object is in the scope. */
typedef enum Share
{
	SHARE_NONE,
	SHARE_CHANGED, /* some properties */
	SHARE_WHOLE	   /* it was made or dropped */
} Share;

static bool
is_existence(const CatalogFact *fact)
{
	return strcmp(fact->property, CATALOG_EXISTS) == 0;
}

static void
add_key(Catalog *keys, const CatalogFact *fact)
{
	keys->facts = pg_realloc(keys->facts, sizeof(CatalogFact) * (size_t) (keys->count + 1));
	keys->facts[keys->count++] = (CatalogFact){.kind = pg_strdup(fact->kind),
											   .object = pg_strdup(fact->object),
											   .property = pg_strdup(fact->property)};
}

void
catalog_scope_add(CatalogScope *scope, const Catalog *before, const Catalog *after)
{
	const CatalogFact *a = before->facts;
	const CatalogFact *b = after->facts;
	const CatalogFact *a_end = a + before->count;
	const CatalogFact *b_end = b + after->count;

	while (a < a_end || b < b_end)
	{
		int order = a == a_end ? 1 : b == b_end ? -1 : catalog_compare_facts(a, b);

		if (order != 0 || strcmp(a->definition, b->definition) != 0)
			add_key(&scope->keys, order <= 0 ? a : b);
		a += order <= 0;
		b += order >= 0;
	}
	catalog_sort(&scope->keys);
}

/* *has_property: whether the fact's own property is in the scope. */
static Share
share_of(const CatalogScope *scope, const CatalogFact *fact, bool *has_property)
{
	const CatalogFact *key = catalog_find(&scope->keys, fact);
	const CatalogFact *end = scope->keys.facts + scope->keys.count;
	Share share = key ? SHARE_CHANGED : SHARE_NONE;

	*has_property = false;
	for (; key != NULL && key < end && catalog_compare_objects(key, fact) == 0; key++)
	{
		if (is_existence(key))
			share = SHARE_WHOLE;
		if (strcmp(key->property, fact->property) == 0)
			*has_property = true;
	}
	return share;
}

/* Whether an object that migrations didn't make is part of one that they made. */
static bool
is_part_of_made(const CatalogScope *scope, const Catalog *made, const CatalogFact *existence)
{
	const CatalogFact *whole = catalog_find_named(made, existence->definition);
	bool has_property;

	return whole != NULL && catalog_find(made, existence) == NULL &&
		   share_of(scope, whole, &has_property) == SHARE_WHOLE;
}

static bool
is_in_scope(const CatalogScope *scope, const Catalog *made, const CatalogFact *fact)
{
	bool has_property;

	switch (share_of(scope, fact, &has_property))
	{
		case SHARE_WHOLE:
			return true;
		case SHARE_CHANGED:
			return has_property || is_existence(fact);
		case SHARE_NONE:
			break;
	}
	return is_existence(fact) && is_part_of_made(scope, made, fact);
}

Catalog
catalog_scope_cut(const CatalogScope *scope, const Catalog *made, const Catalog *catalog)
{
	Catalog part = {.facts = pg_malloc0(sizeof(CatalogFact) * (size_t) Max(catalog->count, 1))};

	for (int i = 0; i < catalog->count; i++)
	{
		if (is_in_scope(scope, made, &catalog->facts[i]))
			part.facts[part.count++] = catalog->facts[i];
	}
	return part;
}

void
catalog_scope_free(CatalogScope *scope)
{
	for (int i = 0; i < scope->keys.count; i++)
	{
		pg_free((char *) scope->keys.facts[i].kind);
		pg_free((char *) scope->keys.facts[i].object);
		pg_free((char *) scope->keys.facts[i].property);
	}
	catalog_free(&scope->keys);
}
