/*
 * json.c
 *		JSON strings.
 */
#include "postgres_fe.h"

#include "mb/pg_wchar.h"

#include "json.h"

#define REPLACEMENT_CHARACTER "\xEF\xBF\xBD"

static void
append_ascii(PQExpBuffer json, char c)
{
	switch (c)
	{
		case '"':
			appendPQExpBufferStr(json, "\\\"");
			break;
		case '\\':
			appendPQExpBufferStr(json, "\\\\");
			break;
		case '\n':
			appendPQExpBufferStr(json, "\\n");
			break;
		case '\r':
			appendPQExpBufferStr(json, "\\r");
			break;
		case '\t':
			appendPQExpBufferStr(json, "\\t");
			break;
		default:
			if ((unsigned char) c < 0x20 || c == 0x7f)
				appendPQExpBuffer(json, "\\u%04x", (unsigned char) c);
			else
				appendPQExpBufferChar(json, c);
	}
}

void
json_append_string(PQExpBuffer json, const char *text)
{
	const unsigned char *at = (const unsigned char *) text;

	appendPQExpBufferChar(json, '"');
	while (*at)
	{
		int length = pg_utf_mblen(at);

		if (*at < 0x80)
		{
			append_ascii(json, (char) *at++);
			continue;
		}
		if (strnlen((const char *) at, (size_t) length) == (size_t) length &&
			pg_utf8_islegal(at, length))
		{
			appendBinaryPQExpBuffer(json, (const char *) at, (size_t) length);
			at += length;
			continue;
		}
		appendPQExpBufferStr(json, REPLACEMENT_CHARACTER);
		at++;
	}
	appendPQExpBufferChar(json, '"');
}
