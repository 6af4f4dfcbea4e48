/*
 * identifier.c
 *		Names as SQL writes them, for statements that people read.
 */
#include "postgres_fe.h"

#include "common/keywords.h"

#include "identifier.h"

static bool
needs_quotes(const char *name)
{
	size_t plain = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_");
	int keyword;

	if (name[plain] != '\0' || name[0] == '\0' || (name[0] >= '0' && name[0] <= '9'))
		return true;
	keyword = ScanKeywordLookup(name, &ScanKeywords);
	return keyword >= 0 && ScanKeywordCategories[keyword] != UNRESERVED_KEYWORD;
}

static void
append_doubled(PQExpBuffer sql, const char *text, char quote)
{
	for (; *text; text++)
	{
		if (*text == quote)
			appendPQExpBufferChar(sql, quote);
		appendPQExpBufferChar(sql, *text);
	}
}

void
identifier_append(PQExpBuffer sql, const char *name)
{
	if (!needs_quotes(name))
	{
		appendPQExpBufferStr(sql, name);
		return;
	}
	appendPQExpBufferChar(sql, '"');
	append_doubled(sql, name, '"');
	appendPQExpBufferChar(sql, '"');
}

/* A backslash means itself only where standard_conforming_strings is on. */
char *
identifier_copy(const char *name)
{
	PQExpBuffer sql = createPQExpBuffer();
	char *copy;

	identifier_append(sql, name);
	copy = pg_strdup(sql->data);
	destroyPQExpBuffer(sql);
	return copy;
}

void
literal_append(PQExpBuffer sql, const char *value)
{
	bool escapes = strchr(value, '\\') != NULL;

	appendPQExpBufferStr(sql, escapes ? "E'" : "'");
	for (; *value; value++)
	{
		if (*value == '\'' || *value == '\\')
			appendPQExpBufferChar(sql, *value);
		appendPQExpBufferChar(sql, *value);
	}
	appendPQExpBufferChar(sql, '\'');
}
