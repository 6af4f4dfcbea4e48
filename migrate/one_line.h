/*
 * one_line.h
 *		Text from elsewhere, made fit for one line of a terminal.
 */
#ifndef HH_ONE_LINE_H
#define HH_ONE_LINE_H

/*
 * A copy of a text in UTF-8 that takes at most so many columns, cut off with "..."
 * where it is longer; -1: as long as it is.  Blanks, line feeds and control characters become
 * one blank, and bytes that are no UTF-8 a question mark: what others wrote must not
 * command a terminal.  The caller frees it.
 */
extern char *one_line(const char *text, int columns);

#endif /* HH_ONE_LINE_H */
