/*
 * html.c
 *		HTML with texts from elsewhere in it.
 */
#include "postgres_fe.h"

#include "html.h"
#include "utf8.h"

static void
append_ascii(PQExpBuffer html, char c)
{
	switch (c)
	{
		case '&':
			appendPQExpBufferStr(html, "&amp;");
			break;
		case '<':
			appendPQExpBufferStr(html, "&lt;");
			break;
		case '>':
			appendPQExpBufferStr(html, "&gt;");
			break;
		case '"':
			appendPQExpBufferStr(html, "&quot;");
			break;
		case '\'':
			appendPQExpBufferStr(html, "&#39;");
			break;
		default:
			if (((unsigned char) c < 0x20 && c != '\n' && c != '\t') || c == 0x7f)
				appendPQExpBufferStr(html, UTF8_REPLACEMENT);
			else
				appendPQExpBufferChar(html, c);
	}
}

/* Whether it is one of U+0080 to 009F, which HTML has no place for. */
static bool
is_control(const char *character)
{
	return character[0] == '\xC2' && (unsigned char) character[1] < 0xA0;
}

void
html_append_text(PQExpBuffer html, const char *text)
{
	while (*text)
	{
		int length = utf8_character_length(text);

		if (length == 1)
			append_ascii(html, *text);
		else if (length == 0 || is_control(text) || utf8_is_bidirectional(text))
			appendPQExpBufferStr(html, UTF8_REPLACEMENT);
		else
			appendBinaryPQExpBuffer(html, text, (size_t) length);
		text += Max(length, 1);
	}
}

void
html_append(PQExpBuffer html, const char *markup, ...)
{
	va_list values;

	va_start(values, markup);
	for (const char *at; (at = strchr(markup, '%')) != NULL; markup = at + 2)
	{
		appendBinaryPQExpBuffer(html, markup, (size_t) (at - markup));
		if (at[1] == 's')
		{
			const char *text = va_arg(values, const char *);

			if (text != NULL)
				html_append_text(html, text);
		}
		else
		{
			Assert(at[1] == 'd');
			appendPQExpBuffer(html, "%d", va_arg(values, int));
		}
	}
	va_end(values);
	html_append_markup(html, markup);
}
