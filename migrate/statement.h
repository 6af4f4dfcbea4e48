/*
 * statement.h
 *		A migration's text as the statements that psql would send.
 *
 * psql's own lexer decides where a statement ends and what is a variable, so
 * dollar quotes, nested comments and BEGIN ATOMIC bodies are what they are in
 * psql.  No database is needed.
 */
#ifndef HH_STATEMENT_H
#define HH_STATEMENT_H

#include <stdbool.h>
#include <stddef.h>

/* A view into the text that was split: valid as long as that text. */
typedef struct Statement
{
	const char *data;
	size_t length;
	int line;	   /* of the statement's first token, in the file */
	int data_line; /* of data[0]: a comment may stand before that token */
} Statement;

typedef struct StatementList
{
	Statement *items;
	int count;
	int capacity;
} StatementList;

/* Where a text could not be split or a variable not be filled in. */
typedef struct StatementError
{
	int line;
	char *message;
	const char *hint; /* a constant, or NULL */
} StatementError;

typedef struct Variable
{
	const char *name;
	const char *value; /* NULL where it has none */
} Variable;

/*
 * Splits a text whose first line is line number first_line of its file.
 * Comments on their own make no statement.  Commands that end the transaction
 * are refused, and so are psql's meta-commands.
 */
extern bool statement_list_split(StatementList *list, const char *text, size_t length,
								 int first_line, StatementError *error);
extern void statement_list_free(StatementList *list);

/*
 * The statement with :name, :'name' and :"name" replaced by the values of the
 * variables given, nowhere else than psql would; what is not among them stays as
 * it is.  The caller frees the result; NULL is returned on an error.
 */
extern char *statement_substitute(const Statement *statement, const Variable *variables, int count,
								  StatementError *error);

/* The line, in the file, of a position (in characters, from 1) in the statement. */
extern int statement_line_at(const Statement *statement, int position);

extern void statement_error_free(StatementError *error);

#endif /* HH_STATEMENT_H */
