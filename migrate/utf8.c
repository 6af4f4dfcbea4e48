/*
 * utf8.c
 *		Characters of texts from elsewhere, which may be anything.
 */
#include "postgres_fe.h"

#include "mb/pg_wchar.h"

#include "utf8.h"

int
utf8_character_length(const char *text)
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

bool
utf8_is_bidirectional(const char *character)
{
	return strncmp(character, "\xE2\x80", 2) == 0
			   ? character[2] >= '\xAA' && character[2] <= '\xAE'
			   : strncmp(character, "\xE2\x81", 2) == 0 && character[2] >= '\xA6' &&
					 character[2] <= '\xA9';
}
