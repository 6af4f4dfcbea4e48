/*
 * value_head.h
 *		The first bytes of a value, fetched without the rest of it.
 */
#ifndef HH_VALUE_HEAD_H
#define HH_VALUE_HEAD_H

#include "compat.h"

/* Whether a value stands in its row as it is: neither compressed nor out of line. */
static inline bool
IsPlain(const struct varlena *value)
{
	return !VARATT_IS_EXTERNAL(value) && !VARATT_IS_COMPRESSED(value);
}

/*
 * Copies the first bytes of a value's content to head: at most size, and at least required or an
 * error is raised. Of a value out of line it fetches the first chunk; only behind half a megabyte
 * of LZ4 a few more. Allocates nothing that it doesn't free.
 */
extern void ReadHead(Datum value, void *head, int required, int size);

#endif /* HH_VALUE_HEAD_H */
