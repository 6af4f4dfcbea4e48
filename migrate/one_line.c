/*
 * one_line.c
 *		Text from elsewhere, made fit for one line of a terminal.
 */
#include "postgres_fe.h"

#include "mb/pg_wchar.h"
#include "pqexpbuffer.h"

#include "one_line.h"

#define ELLIPSIS		 "..."
#define ELLIPSIS_COLUMNS 3

/* The length of the character at text, or 0 where there is none in UTF-8. */
static int
character_length(const char *text)
{
	const unsigned char *bytes = (const unsigned char *) text;
	int length = pg_utf_mblen(bytes);

	/* An end within the character is no continuation byte, so nothing behind it is read. */
	for (int i = 1; i < length; i++)
	{
		if ((bytes[i] & 0xC0) != 0x80)
			return 0;
	}
	return pg_utf8_islegal(bytes, length) ? length : 0;
}

/* Whether it turns the direction of the text around it, U+202A to 202E and 2066 to 2069. */
static bool
is_bidirectional(const char *character)
{
	return strncmp(character, "\xE2\x80", 2) == 0
			   ? character[2] >= '\xAA' && character[2] <= '\xAE'
			   : strncmp(character, "\xE2\x81", 2) == 0 && character[2] >= '\xA6' &&
					 character[2] <= '\xA9';
}

/* A line that is being put together. */
typedef struct Line
{
	PQExpBuffer text;
	int used;		   /* columns */
	int columns;	   /* that there are; -1: no end */
	size_t cut_length; /* of the text where the ellipsis would go */
	bool is_full;
} Line;

static void
add_character(Line *line, const char *character, int length, int width)
{
	if (line->columns >= 0 && line->used + width > line->columns)
	{
		line->is_full = true;
		return;
	}
	line->used += width;
	appendBinaryPQExpBuffer(line->text, character, (size_t) length);
	if (line->used <= line->columns - ELLIPSIS_COLUMNS)
		line->cut_length = line->text->len;
}

char *
one_line(const char *text, int columns)
{
	Line line = {.text = createPQExpBuffer(), .columns = columns};
	bool blank = false;
	char *copy;

	while (*text && !line.is_full)
	{
		int length = character_length(text);
		int width = length > 0 ? pg_encoding_dsplen(PG_UTF8, text) : 1;

		if (width < 0 || *text == ' ' || (length > 0 && is_bidirectional(text)))
			blank = true;
		else
		{
			if (blank && line.used > 0)
				add_character(&line, " ", 1, 1);
			blank = false;
			if (length > 0)
				add_character(&line, text, length, width);
			else
				add_character(&line, "?", 1, 1);
		}
		text += Max(length, 1);
	}
	if (line.is_full)
	{
		line.text->data[line.cut_length] = '\0';
		copy = psprintf("%s%.*s", line.text->data, columns, ELLIPSIS);
	}
	else
		copy = pg_strdup(line.text->data);
	destroyPQExpBuffer(line.text);
	return copy;
}
