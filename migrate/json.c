/*
 * json.c
 *		JSON strings, as PostgreSQL writes them.
 */
#include "postgres_fe.h"

#include "json.h"
#include "utf8.h"

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
			if ((unsigned char) c < 0x20)
				appendPQExpBuffer(json, "\\u%04x", (unsigned char) c);
			else
				appendPQExpBufferChar(json, c);
	}
}

/* How many characters at the head of a text stand for themselves, one byte each. */
static size_t
plain_length(const char *text)
{
	size_t length = 0;

	while ((signed char) text[length] >= ' ' && text[length] != '"' && text[length] != '\\')
		length++;
	return length;
}

void
json_append_string(PQExpBuffer json, const char *text)
{
	appendPQExpBufferChar(json, '"');
	for (;;)
	{
		size_t plain = plain_length(text);
		int length;

		appendBinaryPQExpBuffer(json, text, plain);
		text += plain;
		if (*text == '\0')
			break;
		length = utf8_character_length(text);
		if (length == 1)
			append_ascii(json, *text);
		else if (length > 1)
			appendBinaryPQExpBuffer(json, text, (size_t) length);
		else
			appendPQExpBufferStr(json, UTF8_REPLACEMENT);
		text += Max(length, 1);
	}
	appendPQExpBufferChar(json, '"');
}
