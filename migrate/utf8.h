/*
 * utf8.h
 *		Characters of texts from elsewhere, which may be anything.
 */
#ifndef HH_UTF8_H
#define HH_UTF8_H

#include <stdbool.h>

#define UTF8_REPLACEMENT "\xEF\xBF\xBD"

/* The length of the character at text, or 0 where there is none in UTF-8. */
extern int utf8_character_length(const char *text);

/* Whether it turns the direction of the text around it, U+202A to 202E and 2066 to 2069. */
extern bool utf8_is_bidirectional(const char *character);

#endif /* HH_UTF8_H */
