/*
 * sql_line.c
 *		Statements as a terminal can be shown them, and psql be given them again.
 */
#include "postgres_fe.h"

#include "mb/pg_wchar.h"
#include "pqexpbuffer.h"

#include "sql_line.h"
#include "utf8.h"

/* A name or a string within a statement, with its quotes; or what is between two of them. */
typedef struct Part
{
	const char *text;
	size_t length;
	bool is_name;
	bool is_string;
	bool has_escapes; /* E'...' */
	bool needs_escapes;
} Part;

/* Whether a terminal would obey the character, and not show it. */
static bool
is_command(const char *character)
{
	return pg_encoding_dsplen(PG_UTF8, character) < 0 || utf8_is_bidirectional(character);
}

/* Just behind the quote that ends what begins at text; the quotes within are doubled. */
static const char *
find_end(const char *text, bool has_escapes)
{
	char quote = *text++;

	while (*text && (*text != quote || text[1] == quote))
		text += (*text == quote || (has_escapes && *text == '\\')) && text[1] ? 2 : 1;
	return *text ? text + 1 : text;
}

/* An E before a string belongs to it, unless it ends a word. */
static bool
is_escape_string(const char *text)
{
	return (*text == 'E' || *text == 'e') && text[1] == '\'';
}

static bool
is_word_character(char character)
{
	return isalnum((unsigned char) character) || character == '_' || character == '$' ||
		   IS_HIGHBIT_SET(character);
}

static Part
next_part(const char *text)
{
	Part part = {.text = text};
	const char *end = text;

	if (*text == '"' || *text == '\'' || is_escape_string(text))
	{
		part.is_name = *text == '"';
		part.is_string = !part.is_name;
		part.has_escapes = is_escape_string(text);
		end = find_end(text + (part.has_escapes ? 1 : 0), part.has_escapes);
	}
	else
	{
		while (*end && *end != '"' && *end != '\'' &&
			   !(is_escape_string(end) && (end == text || !is_word_character(end[-1]))))
			end++;
	}
	part.length = (size_t) (end - text);
	return part;
}

/* \000A in a name, \u000A in a string; both have another form for what is beyond 16 bits. */
static void
append_escape(PQExpBuffer line, const Part *part, const char *character)
{
	unsigned int code = utf8_to_unicode((const unsigned char *) character);

	if (part->is_name)
		appendPQExpBuffer(line, code > 0xFFFF ? "\\+%06X" : "\\%04X", code);
	else
		appendPQExpBuffer(line, code > 0xFFFF ? "\\U%08X" : "\\u%04X", code);
}

/* Whether all of the part is in UTF-8; needs_escapes is filled in. */
static bool
look_at(Part *part)
{
	size_t at = 0;

	while (at < part->length)
	{
		int length = utf8_character_length(part->text + at);

		if (length == 0)
			return false;
		part->needs_escapes |= is_command(part->text + at);
		at += (size_t) length;
	}
	return true;
}

static void
append_escaped(PQExpBuffer line, const Part *part)
{
	size_t at = part->has_escapes ? 1 : 0;

	appendPQExpBufferStr(line, part->is_name ? "U&" : "E");
	while (at < part->length)
	{
		const char *character = part->text + at;
		int length = utf8_character_length(character);

		if (is_command(character))
			append_escape(line, part, character);
		else if (*character == '\\' && !part->has_escapes)
			appendPQExpBufferStr(line, "\\\\");
		else
			appendBinaryPQExpBuffer(line, character, (size_t) length);
		at += (size_t) length;
	}
}

/* Between names and strings there is nothing but words, of which a blank is part. */
static void
append_blanked(PQExpBuffer line, const Part *part)
{
	for (size_t at = 0; at < part->length;)
	{
		int length = utf8_character_length(part->text + at);

		if (is_command(part->text + at))
			appendPQExpBufferChar(line, ' ');
		else
			appendBinaryPQExpBuffer(line, part->text + at, (size_t) length);
		at += (size_t) length;
	}
}

char *
sql_line(const char *statement)
{
	PQExpBuffer line = createPQExpBuffer();
	bool is_utf8 = true;
	char *copy;

	while (*statement && is_utf8)
	{
		Part part = next_part(statement);

		is_utf8 = look_at(&part);
		if (is_utf8 && !part.needs_escapes)
			appendBinaryPQExpBuffer(line, part.text, part.length);
		else if (is_utf8 && (part.is_name || part.is_string))
			append_escaped(line, &part);
		else if (is_utf8)
			append_blanked(line, &part);
		statement += part.length;
	}
	copy =
		pg_strdup(is_utf8 ? line->data : "-- a statement that is not in UTF-8: see --format=json");
	destroyPQExpBuffer(line);
	return copy;
}
