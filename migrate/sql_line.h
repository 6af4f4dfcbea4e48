/*
 * sql_line.h
 *		Statements as a terminal can be shown them, and psql be given them again.
 */
#ifndef HH_SQL_LINE_H
#define HH_SQL_LINE_H

/*
 * A statement on one line and without control characters: where a name or a string has
 * some, it is written with escapes, and means the same.  Names are chosen by whoever may
 * create objects; pasted as it stands, one with a ^U would wipe the line before it.  A
 * comment instead, where the statement is not in UTF-8.  The caller frees it.
 */
extern char *sql_line(const char *statement);

#endif /* HH_SQL_LINE_H */
