/*
 * function_signature.c
 *		Functions as GRANT names them, without their schema.
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "utils/builtins.h"
#include "utils/hsearch.h"

#include "function_signature.h"

typedef struct KnownType
{
	Oid type; /* first, as dynahash wants it */
	char *name;
} KnownType;

struct SignatureCache
{
	MemoryContext context;
	HTAB *types;
};

SignatureCache *
MakeSignatureCache(void)
{
	HASHCTL control = {
		.keysize = sizeof(Oid), .entrysize = sizeof(KnownType), .hcxt = CurrentMemoryContext};
	SignatureCache *cache = palloc(sizeof(SignatureCache));

	cache->context = CurrentMemoryContext;
	cache->types = hash_create("type names", 64, &control, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	return cache;
}

/* Types outside of pg_catalog have their schema, whatever the search_path. */
static const char *
NameOfType(SignatureCache *cache, Oid type)
{
	static const char catalog[] = "pg_catalog.";
	bool found;
	KnownType *entry = hash_search(cache->types, &type, HASH_ENTER, &found);

	if (!found)
	{
		MemoryContext previous = MemoryContextSwitchTo(cache->context);

		entry->name = NULL;
		entry->name =
			format_type_extended(type, -1, FORMAT_TYPE_FORCE_QUALIFY | FORMAT_TYPE_ALLOW_INVALID);
		if (strncmp(entry->name, catalog, sizeof(catalog) - 1) == 0)
			entry->name += sizeof(catalog) - 1;
		MemoryContextSwitchTo(previous);
	}
	return entry->name;
}

/* name(type,type), as regprocedure writes it; a text. */
Datum
FunctionSignature(SignatureCache *cache, Form_pg_proc function)
{
	StringInfoData text;

	initStringInfo(&text);
	appendStringInfoString(&text, quote_identifier(NameStr(function->proname)));
	appendStringInfoChar(&text, '(');
	for (int i = 0; i < function->pronargs; i++)
	{
		if (i > 0)
			appendStringInfoChar(&text, ',');
		appendStringInfoString(&text, NameOfType(cache, function->proargtypes.values[i]));
	}
	appendStringInfoChar(&text, ')');
	return PointerGetDatum(cstring_to_text_with_len(text.data, text.len));
}
