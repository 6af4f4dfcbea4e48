/*
 * value_head.c
 *		The first bytes of a value, fetched without the rest of it.
 */
#include "postgres.h"

#include "access/detoast.h"
#include "access/heaptoast.h"
#include "access/table.h"
#include "access/tableam.h"
#include "access/toast_compression.h"
#include "utils/rel.h"

#include "value_head.h"

/*
 * How much of an LZ4 block is enough to decompress its first size bytes. Only the length of a run
 * of literals is unbounded, a byte for each 255, as the run can be as long as the value. Beside it,
 * each byte of output costs at most a literal and its share of a token and an offset.
 */
static int32
EnoughOfLz4(int32 raw_size, int size)
{
	return raw_size / 255 + 8 * size + 64;
}

/*
 * PostgreSQL fetches all of an LZ4 value to decompress any part, as LZ4 doesn't say how much would
 * do. For so small a head we can: at least the first chunk, as that is what a fetch reads anyway.
 */
static struct varlena *
Lz4Slice(struct varatt_external pointer, int size)
{
	int32 stored = (int32) VARATT_EXTERNAL_GET_EXTSIZE(pointer);
	int32 enough = EnoughOfLz4(pointer.va_rawsize, size);
	int32 length = Min(stored, Max(enough, (int32) TOAST_MAX_CHUNK_SIZE));
	struct varlena *compressed = palloc(length + VARHDRSZ);
	struct varlena *slice;
	Relation toast = table_open(pointer.va_toastrelid, AccessShareLock);

	SET_VARSIZE_COMPRESSED(compressed, length + VARHDRSZ);
	table_relation_fetch_toast_slice(toast, pointer.va_valueid, stored, 0, length, compressed);
	table_close(toast, AccessShareLock);

	slice = lz4_decompress_datum_slice(compressed, size);
	pfree(compressed);
	return slice;
}

static struct varlena *
FetchSlice(struct varlena *value, int size)
{
	struct varatt_external pointer;

	if (VARATT_IS_EXTERNAL_ONDISK(value))
	{
		VARATT_EXTERNAL_GET_POINTER(pointer, value);
		if (VARATT_EXTERNAL_IS_COMPRESSED(pointer) &&
			VARATT_EXTERNAL_GET_COMPRESS_METHOD(pointer) == TOAST_LZ4_COMPRESSION_ID)
			return Lz4Slice(pointer, size);
	}
	return detoast_attr_slice(value, 0, size);
}

void
ReadHead(Datum value, void *head, int required, int size)
{
	struct varlena *raw = (struct varlena *) DatumGetPointer(value);
	struct varlena *slice = IsPlain(raw) ? raw : FetchSlice(raw, size);
	int length = Min((int) VARSIZE_ANY_EXHDR(slice), size);

	if (length < required)
		ereport(ERROR, errcode(ERRCODE_DATA_CORRUPTED),
				errmsg("embedding is shorter than its header"));
	memcpy(head, VARDATA_ANY(slice), length);
	if (slice != raw)
		pfree(slice);
}
