/*
 * embedding_type.c
 *		The types an embedding can have, and what can be told of a value without reading all of it.
 *
 * The layouts of vector, halfvec and sparsevec are pgvector's on-disk format. They are repeated
 * here, as its headers are not installed everywhere and a format on disk does not change.
 *
 *	vector		int16 dim, int16 unused, float4[dim]
 *	halfvec		int16 dim, int16 unused, half[dim]
 *	sparsevec	int32 dim, int32 nnz, int32 unused, int32 index[nnz], float4 value[nnz]
 *	bit			int32 length, bits
 *
 * Nothing here allocates, unless a value is compressed or out of line, and then it is freed again.
 */
#include "postgres.h"

#include "access/detoast.h"
#include "access/htup_details.h"
#include "catalog/dependency.h"
#include "catalog/pg_type.h"
#include "commands/extension.h"
#include "utils/array.h"
#include "utils/expandeddatum.h"
#include "utils/inval.h"
#include "utils/syscache.h"

#include "compat.h"
#include "embedding_type.h"
#include "value_head.h"

/* What stands before the elements of a vector and of a halfvec. */
#define VECTOR_HEAD_SIZE (2 * (int) sizeof(int16))

/* Less than a chunk, so that reading it fetches the first one only; a multiple of any element. */
#define FIRST_SLICE_SIZE 1024

typedef struct SparseHead
{
	int32 dim;
	int32 nnz;
} SparseHead;

typedef struct ArrayHead
{
	int32 ndim;
	int32 dataoffset;
	Oid elemtype;
	int32 length; /* of the first dimension; an empty array ends before it */
} ArrayHead;

/* The last type looked up: a statement asks for one, and the next statement for the same. */
static Oid known_type = InvalidOid;
static EmbeddingKind known_kind = NOT_AN_EMBEDDING;
static bool callback_registered = false;

static void
ForgetKnownType(Datum arg pg_attribute_unused(), int cacheid pg_attribute_unused(),
				uint32 hashvalue pg_attribute_unused())
{
	known_type = InvalidOid;
}

/*
 * pgvector's types have no fixed OIDs. Membership in the extension tells them from a type that
 * merely has such a name, in whatever schema it is.
 */
static EmbeddingKind
PgvectorKind(Oid type)
{
	Oid extension = get_extension_oid("vector", true);
	EmbeddingKind kind = NOT_AN_EMBEDDING;
	HeapTuple tuple;
	const char *name;

	if (!OidIsValid(extension) || getExtensionOfObject(TypeRelationId, type) != extension)
		return NOT_AN_EMBEDDING;

	tuple = SearchSysCache1(TYPEOID, ObjectIdGetDatum(type));
	if (!HeapTupleIsValid(tuple))
		return NOT_AN_EMBEDDING;
	name = NameStr(((Form_pg_type) GETSTRUCT(tuple))->typname);
	if (strcmp(name, "vector") == 0)
		kind = EMBEDDING_VECTOR;
	else if (strcmp(name, "halfvec") == 0)
		kind = EMBEDDING_HALFVEC;
	else if (strcmp(name, "sparsevec") == 0)
		kind = EMBEDDING_SPARSEVEC;
	ReleaseSysCache(tuple);
	return kind;
}

EmbeddingKind
GetEmbeddingKind(Oid type)
{
	EmbeddingKind kind;

	switch (type)
	{
		case BITOID:
			return EMBEDDING_BIT;
		case VARBITOID:
			return EMBEDDING_VARBIT;
		case FLOAT4ARRAYOID:
			return EMBEDDING_FLOAT4_ARRAY;
		case FLOAT8ARRAYOID:
			return EMBEDDING_FLOAT8_ARRAY;
		default:
			break;
	}

	if (!callback_registered)
	{
		CacheRegisterSyscacheCallback(TYPEOID, ForgetKnownType, (Datum) 0);
		callback_registered = true;
	}
	if (OidIsValid(known_type) && known_type == type)
		return known_kind;

	/* The look-up can receive invalidations; what it found is remembered after them. */
	kind = PgvectorKind(type);
	known_type = type;
	known_kind = kind;
	return kind;
}

int
DeclaredEmbeddingDims(EmbeddingKind kind, int32 typmod)
{
	switch (kind)
	{
		case EMBEDDING_VECTOR:
		case EMBEDDING_HALFVEC:
		case EMBEDDING_SPARSEVEC:
		case EMBEDDING_BIT:
			return Max(typmod, 0);
		default:
			/* An array declares no length, and bit varying(n) only the greatest. */
			return 0;
	}
}

/*
 * The size alone says how many elements a vector has, and a TOAST pointer or a compressed
 * value's header carries it.
 */
static pg_attribute_always_inline int
DimsFromSize(Datum value, int element_size)
{
	const struct varlena *raw = (struct varlena *) DatumGetPointer(value);
	Size overhead = VARHDRSZ + VECTOR_HEAD_SIZE;
	Size raw_size;

	/* Nearly every vector is out of line: that goes without a call. */
	if (VARATT_IS_EXTERNAL_ONDISK(raw))
	{
		struct varatt_external pointer;

		VARATT_EXTERNAL_GET_POINTER(pointer, raw);
		raw_size = pointer.va_rawsize;
	}
	else
		raw_size = toast_raw_datum_size(value);

	if (raw_size < overhead || (raw_size - overhead) % element_size != 0)
		ereport(ERROR, errcode(ERRCODE_DATA_CORRUPTED),
				errmsg("embedding has an impossible size of %zu bytes", raw_size));
	return (int) ((raw_size - overhead) / element_size);
}

static int
SparsevecDims(Datum value)
{
	SparseHead head;

	ReadHead(value, &head, sizeof(head), sizeof(head));
	return head.dim;
}

static int
BitDims(Datum value)
{
	int32 length;

	ReadHead(value, &length, sizeof(length), sizeof(length));
	return length;
}

static int
ArrayDims(Datum value)
{
	ArrayHead head = {0};

	/* PL/pgSQL passes its array variables expanded, and to flatten one would copy it. */
	if (VARATT_IS_EXTERNAL_EXPANDED(DatumGetPointer(value)))
	{
		ExpandedArrayHeader *expanded = (ExpandedArrayHeader *) DatumGetEOHP(value);

		head.ndim = expanded->ndims;
		head.length = head.ndim > 0 ? expanded->dims[0] : 0;
	}
	else
		ReadHead(value, &head, offsetof(ArrayHead, length), sizeof(head));

	if (head.ndim > 1)
		return EMBEDDING_NOT_ONE_DIMENSIONAL;
	return head.ndim == 0 ? 0 : head.length;
}

int
EmbeddingDims(EmbeddingKind kind, Datum value)
{
	switch (kind)
	{
		case EMBEDDING_VECTOR:
			return DimsFromSize(value, sizeof(float4));
		case EMBEDDING_HALFVEC:
			return DimsFromSize(value, sizeof(uint16));
		case EMBEDDING_SPARSEVEC:
			return SparsevecDims(value);
		case EMBEDDING_BIT:
		case EMBEDDING_VARBIT:
			return BitDims(value);
		case EMBEDDING_FLOAT4_ARRAY:
		case EMBEDDING_FLOAT8_ARRAY:
			return ArrayDims(value);
		case NOT_AN_EMBEDDING:
			break;
	}
	elog(ERROR, "unrecognized kind of embedding: %d", (int) kind);
	return 0;
}

/*
 * Whether all IEEE numbers in data are zero, of either sign. A value with a short header is not
 * aligned, so the numbers are copied.
 */
static bool
AllZero(const char *data, Size size, Size element_size)
{
	const char *end = data + size;

	for (; data < end; data += element_size)
	{
		uint64 element = 0;
		uint64 sign = UINT64CONST(1) << (element_size * BITS_PER_BYTE - 1);

#ifdef WORDS_BIGENDIAN
		memcpy((char *) &element + sizeof(element) - element_size, data, element_size);
#else
		memcpy(&element, data, element_size);
#endif
		if ((element & ~sign) != 0)
			return false;
	}
	return true;
}

/*
 * Whether the numbers from offset on are all zero. One slice of the first chunk decides nearly
 * always, and only a value that begins with zeros is fetched whole.
 */
static bool
IsZeroFrom(Datum value, Size offset, Size element_size)
{
	struct varlena *raw = (struct varlena *) DatumGetPointer(value);
	struct varlena *copy;
	bool zero;

	if (IsPlain(raw))
		return AllZero(VARDATA_ANY(raw) + offset, VARSIZE_ANY_EXHDR(raw) - offset, element_size);

	copy = detoast_attr_slice(raw, (int32) offset, FIRST_SLICE_SIZE);
	zero = AllZero(VARDATA_ANY(copy), VARSIZE_ANY_EXHDR(copy), element_size);
	pfree(copy);
	if (!zero || toast_raw_datum_size(value) - VARHDRSZ - offset <= FIRST_SLICE_SIZE)
		return zero;

	copy = detoast_attr(raw);
	zero = AllZero(VARDATA_ANY(copy) + offset, VARSIZE_ANY_EXHDR(copy) - offset, element_size);
	pfree(copy);
	return zero;
}

/* A null element has no place among an array's data: null elements don't make it nonzero. */
static bool
ArrayIsZero(Datum value, Size element_size)
{
	ArrayHead head = {0};
	Size offset;

	ReadHead(value, &head, offsetof(ArrayHead, length), sizeof(head));
	offset = head.dataoffset != 0 ? (Size) head.dataoffset : ARR_OVERHEAD_NONULLS(head.ndim);
	return IsZeroFrom(value, offset - VARHDRSZ, element_size);
}

/* pgvector stores no zeros in a sparsevec, so that one without elements is the zero vector. */
static bool
SparsevecIsZero(Datum value)
{
	SparseHead head;

	ReadHead(value, &head, sizeof(head), sizeof(head));
	return head.nnz == 0;
}

bool
EmbeddingIsZero(EmbeddingKind kind, Datum value)
{
	switch (kind)
	{
		case EMBEDDING_VECTOR:
			return IsZeroFrom(value, VECTOR_HEAD_SIZE, sizeof(float4));
		case EMBEDDING_HALFVEC:
			return IsZeroFrom(value, VECTOR_HEAD_SIZE, sizeof(uint16));
		case EMBEDDING_SPARSEVEC:
			return SparsevecIsZero(value);
		case EMBEDDING_FLOAT4_ARRAY:
			return ArrayIsZero(value, sizeof(float4));
		case EMBEDDING_FLOAT8_ARRAY:
			return ArrayIsZero(value, sizeof(float8));
		default:
			return false;
	}
}
