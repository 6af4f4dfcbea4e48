/*
 * one_line.c
 *		Text from elsewhere, made fit for one line of a terminal.
 */
#include "postgres_fe.h"

#include "mb/pg_wchar.h"
#include "pqexpbuffer.h"

#include "one_line.h"
#include "utf8.h"

#define ELLIPSIS		 "..."
#define ELLIPSIS_COLUMNS 3

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
		int length = utf8_character_length(text);
		int width = length > 0 ? pg_encoding_dsplen(PG_UTF8, text) : 1;

		if (width < 0 || *text == ' ' || (length > 0 && utf8_is_bidirectional(text)))
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
