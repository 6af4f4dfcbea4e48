/*
 * text_pool.h
 *		Strings that are freed together.
 */
#ifndef HH_TEXT_POOL_H
#define HH_TEXT_POOL_H

/* Zero-initialised it is empty. */
typedef struct TextPool
{
	char **items;
	int count;
	int capacity;
} TextPool;

/* Takes over a string, and returns it. */
extern char *text_pool_keep(TextPool *pool, char *text);
extern void text_pool_free(TextPool *pool);

#endif /* HH_TEXT_POOL_H */
