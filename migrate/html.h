/*
 * html.h
 *		HTML with texts from elsewhere in it.
 */
#ifndef HH_HTML_H
#define HH_HTML_H

#include "pqexpbuffer.h"

/* Appends markup, as it stands. */
#define html_append_markup(html, markup) appendPQExpBufferStr(html, markup)

/*
 * Appends a text, escaped for an element or a quoted attribute.  What isn't valid UTF-8,
 * control characters and what turns the direction of writing become U+FFFD: a name must
 * not look like another.
 */
extern void html_append_text(PQExpBuffer html, const char *text);

/*
 * Appends markup of our own with values in it: %s is a text, escaped, nothing where it is
 * NULL; %d a number.  There is nothing else, so that no text gets in unescaped.
 */
extern void html_append(PQExpBuffer html, const char *markup, ...) pg_attribute_printf(2, 3);

#endif /* HH_HTML_H */
