/*
 * json.c
 *		JSON strings.
 */
#include "postgres_fe.h"

#include "json.h"
#include "utf8.h"

#define DELETE '\x7f'

/* What of ASCII doesn't stand for itself. */
static void
append_special(PQExpBuffer json, char c)
{
	switch (c)
	{
		case '"':
			appendPQExpBufferStr(json, "\\\"");
			break;
		case '\\':
			appendPQExpBufferStr(json, "\\\\");
			break;
		case '\b':
			appendPQExpBufferStr(json, "\\b");
			break;
		case '\f':
			appendPQExpBufferStr(json, "\\f");
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
			appendPQExpBuffer(json, "\\u%04x", (unsigned char) c);
	}
}

/* How many characters at the head of a text stand for themselves, one byte each. */
static size_t
plain_length(const char *text, bool delete_is_plain)
{
	size_t length = 0;

	while ((signed char) text[length] >= ' ' && text[length] != '"' && text[length] != '\\' &&
		   (text[length] != DELETE || delete_is_plain))
		length++;
	return length;
}

static void
append_string(PQExpBuffer json, const char *text, bool delete_is_plain)
{
	appendPQExpBufferChar(json, '"');
	for (;;)
	{
		size_t plain = plain_length(text, delete_is_plain);
		int length;

		appendBinaryPQExpBuffer(json, text, plain);
		text += plain;
		if (*text == '\0')
			break;
		length = utf8_character_length(text);
		if (length == 1)
			append_special(json, *text);
		else if (length > 1)
			appendBinaryPQExpBuffer(json, text, (size_t) length);
		else
			appendPQExpBufferStr(json, UTF8_REPLACEMENT);
		text += Max(length, 1);
	}
	appendPQExpBufferChar(json, '"');
}

void
json_append_string(PQExpBuffer json, const char *text)
{
	append_string(json, text, false);
}

void
json_append_as_server(PQExpBuffer json, const char *text)
{
	append_string(json, text, true);
}
