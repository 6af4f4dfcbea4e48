/*
 * text_pool.c
 *		Strings that are freed together.
 */
#include "postgres_fe.h"

#include "text_pool.h"

char *
text_pool_keep(TextPool *pool, char *text)
{
	if (pool->count == pool->capacity)
	{
		pool->capacity = pool->capacity ? pool->capacity * 2 : 64;
		pool->items = pg_realloc(pool->items, sizeof(char *) * (size_t) pool->capacity);
	}
	pool->items[pool->count++] = text;
	return text;
}

void
text_pool_free(TextPool *pool)
{
	for (int i = 0; i < pool->count; i++)
		pg_free(pool->items[i]);
	pg_free(pool->items);
	memset(pool, 0, sizeof(*pool));
}
