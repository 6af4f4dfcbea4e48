/*
 * statement.c
 *		A migration's text as the statements that psql would send.
 */
#include "postgres_fe.h"

#include <limits.h>

#include "fe_utils/psqlscan.h"
#include "fe_utils/string_utils.h"
#include "mb/pg_wchar.h"
#include "pqexpbuffer.h"

#include "statement.h"
#include "statement_rule.h"

static bool
fail(StatementError *error, int line, char *message, const char *hint)
{
	error->line = line;
	error->message = message;
	error->hint = hint;
	return false;
}

void
statement_error_free(StatementError *error)
{
	free(error->message);
	error->message = NULL;
}

static int
count_lines(const char *from, const char *to)
{
	int lines = 0;

	while ((from = memchr(from, '\n', (size_t) (to - from))) != NULL)
	{
		lines++;
		from++;
	}
	return lines;
}

static void
append(StatementList *list, Statement statement)
{
	if (list->count == list->capacity)
	{
		list->capacity = list->capacity ? list->capacity * 2 : 2;
		list->items = pg_realloc(list->items, sizeof(Statement) * (size_t) list->capacity);
	}
	list->items[list->count++] = statement;
}

void
statement_list_free(StatementList *list)
{
	pg_free(list->items);
	memset(list, 0, sizeof(*list));
}

static const char *
unterminated(promptStatus_t prompt)
{
	switch (prompt)
	{
		case PROMPT_COMMENT:
			return "unterminated comment";
		case PROMPT_SINGLEQUOTE:
			return "unterminated quoted string";
		case PROMPT_DOUBLEQUOTE:
			return "unterminated quoted identifier";
		case PROMPT_DOLLARQUOTE:
			return "unterminated dollar-quoted string";
		case PROMPT_PAREN:
			return "unbalanced parenthesis";
		default:
			return "unterminated statement";
	}
}

/*
 * Where in the text the piece stands that the lexer has just returned, or NULL.
 * The lexer drops blanks and -- comments before a statement and copies all else,
 * unless it met something of psql's own, such as \; or :{?name}.
 */
static const char *
find_piece(const char *at, const char *end, PQExpBuffer piece)
{
	while (at < end)
	{
		if (end - at >= 2 && memcmp(at, "--", 2) == 0)
		{
			const char *newline = memchr(at, '\n', (size_t) (end - at));

			at = newline ? newline + 1 : end;
		}
		else if (isspace((unsigned char) *at))
			at++;
		else
			break;
	}
	if ((size_t) (end - at) < piece->len || memcmp(at, piece->data, piece->len) != 0)
		return NULL;
	return at;
}

/* Takes a piece of the text into the list, and moves *at and *line behind it. */
static bool
take_piece(StatementList *list, const char **at, int *line, const char *end, PQExpBuffer piece,
		   StatementError *error)
{
	const char *start = find_piece(*at, end, piece);
	Statement statement;
	const char *token;
	const char *message;
	const char *hint;

	if (start == NULL)
		return fail(error, *line, pg_strdup("psql syntax in a migration"),
					"A migration is plain SQL: \\; and :{?name} work in psql only.");
	*line += count_lines(*at, start);
	statement.data = start;
	statement.length = piece->len;
	statement.data_line = *line;
	*at = start + piece->len;
	token = statement_skip_space(start, *at);
	statement.line = *line + count_lines(start, token);
	*line += count_lines(start, *at);
	if (token == *at || *token == ';')
		return true;
	if (statement_is_refused(token, *at, &message, &hint))
		return fail(error, statement.line, pg_strdup(message), hint);
	append(list, statement);
	return true;
}

/* The lexer has come to a backslash, behind what is in piece. */
static bool
refuse_backslash(const char *at, const char *end, int line, PQExpBuffer piece,
				 StatementError *error)
{
	const char *start = piece->len > 0 ? find_piece(at, end, piece) : NULL;
	const char *backslash = start ? start + piece->len : statement_skip_space(at, end);
	const char *hint;
	char *message = meta_command_message(backslash, end, &hint);

	return fail(error, line + count_lines(at, backslash), message, hint);
}

static bool
check_text(const char *text, size_t length, int first_line, StatementError *error)
{
	const char *nul = memchr(text, '\0', length);
	int valid;

	if (length > INT_MAX / 2)
		return fail(error, first_line, pg_strdup("the file is larger than 1 GB"), NULL);
	if (nul != NULL)
		return fail(error, first_line + count_lines(text, nul), pg_strdup("a NUL byte in the file"),
					NULL);
	valid = pg_encoding_verifymbstr(PG_UTF8, text, (int) length);
	if ((size_t) valid != length)
		return fail(error, first_line + count_lines(text, text + valid),
					pg_strdup("the file is not valid UTF-8"), NULL);
	return true;
}

static bool
split(PsqlScanState lexer, PQExpBuffer piece, StatementList *list, const char *text, size_t length,
	  int first_line, StatementError *error)
{
	const char *at = text;
	const char *end = text + length;
	int line = first_line;

	for (;;)
	{
		promptStatus_t prompt = PROMPT_READY;
		PsqlScanResult outcome;

		resetPQExpBuffer(piece);
		outcome = psql_scan(lexer, piece, &prompt);
		if (PQExpBufferDataBroken(*piece))
			return fail(error, line, pg_strdup("out of memory"), NULL);
		if (outcome == PSCAN_INCOMPLETE && prompt == PROMPT_READY)
			return true;
		if (outcome == PSCAN_INCOMPLETE)
			return fail(error, line + count_lines(at, statement_skip_space(at, end)),
						pg_strdup(unterminated(prompt)), "The line is where the statement begins.");
		if (outcome == PSCAN_BACKSLASH)
			return refuse_backslash(at, end, line, piece, error);
		if (!take_piece(list, &at, &line, end, piece, error))
			return false;
		if (outcome == PSCAN_EOL)
			return true;
	}
}

bool
statement_list_split(StatementList *list, const char *text, size_t length, int first_line,
					 StatementError *error)
{
	static const PsqlScanCallbacks no_callbacks = {NULL};
	PsqlScanState lexer;
	PQExpBuffer piece;
	bool done;

	if (!check_text(text, length, first_line, error))
		return false;
	lexer = psql_scan_create(&no_callbacks);
	piece = createPQExpBuffer();
	psql_scan_setup(lexer, text, (int) length, PG_UTF8, true);
	done = split(lexer, piece, list, text, length, first_line, error);
	psql_scan_finish(lexer);
	psql_scan_destroy(lexer);
	destroyPQExpBuffer(piece);
	return done;
}

typedef struct Substitution
{
	const Variable *variables;
	int count;
	const Variable *missing;
} Substitution;

static char *
quoted(const char *value, PsqlScanQuoteType quote)
{
	PQExpBuffer buffer;
	char *copy;

	if (quote == PQUOTE_PLAIN)
		return pg_strdup(value);
	buffer = createPQExpBuffer();
	if (quote == PQUOTE_SQL_LITERAL)
		appendStringLiteral(buffer, value, PG_UTF8, true);
	else
		appendPQExpBufferStr(buffer, fmtId(value));
	copy = pg_strdup(buffer->data);
	destroyPQExpBuffer(buffer);
	return copy;
}

/* The lexer's question for a variable's value; NULL leaves the text as it is. */
static char *
get_variable(const char *name, PsqlScanQuoteType quote, void *passthrough)
{
	Substitution *substitution = passthrough;

	for (int i = 0; i < substitution->count; i++)
	{
		const Variable *variable = &substitution->variables[i];

		if (strcmp(variable->name, name) != 0)
			continue;
		if (variable->value != NULL)
			return quoted(variable->value, quote);
		substitution->missing = variable;
	}
	return NULL;
}

/*
 * Whether the statement, filled in, is still one statement, and all of it was
 * read.  A value's \; is a semicolon now, so the result is split once more.
 */
static bool
is_one_statement(PsqlScanResult outcome, PQExpBuffer text)
{
	StatementList list = {0};
	StatementError error = {0};
	bool is_one = (outcome == PSCAN_SEMICOLON || outcome == PSCAN_EOL) &&
				  statement_list_split(&list, text->data, text->len, 1, &error) && list.count == 1;

	statement_list_free(&list);
	statement_error_free(&error);
	return is_one;
}

/* Whether the lexer has come to the text's end. */
static bool
is_at_end(PsqlScanState lexer)
{
	promptStatus_t prompt = PROMPT_READY;
	PQExpBuffer rest = createPQExpBuffer();
	PsqlScanResult outcome = psql_scan(lexer, rest, &prompt);

	destroyPQExpBuffer(rest);
	return outcome == PSCAN_INCOMPLETE && prompt == PROMPT_READY;
}

char *
statement_substitute(const Statement *statement, const Variable *variables, int count,
					 StatementError *error)
{
	static const PsqlScanCallbacks callbacks = {get_variable};
	Substitution substitution = {variables, count, NULL};
	PsqlScanState lexer = psql_scan_create(&callbacks);
	PQExpBuffer text = createPQExpBuffer();
	promptStatus_t prompt = PROMPT_READY;
	PsqlScanResult outcome;
	char *result = NULL;

	psql_scan_set_passthrough(lexer, &substitution);
	psql_scan_setup(lexer, statement->data, (int) statement->length, PG_UTF8, true);
	outcome = psql_scan(lexer, text, &prompt);

	if (PQExpBufferDataBroken(*text))
		fail(error, statement->line, pg_strdup("out of memory"), NULL);
	else if (substitution.missing != NULL)
		fail(error, statement->line,
			 psprintf("variable \"%s\" has no value", substitution.missing->name), NULL);
	else if (!is_one_statement(outcome, text) || !is_at_end(lexer))
		fail(error, statement->line,
			 pg_strdup("a variable's value ends the statement, or leaves it open"),
			 "Write :'name' for a literal, or :\"name\" for an identifier.");
	else
		result = pg_strdup(text->data);

	psql_scan_finish(lexer);
	psql_scan_destroy(lexer);
	destroyPQExpBuffer(text);
	return result;
}

int
statement_line_at(const Statement *statement, int position)
{
	const char *at = statement->data;
	const char *end = statement->data + statement->length;

	if (position <= 0)
		return statement->line;
	while (--position > 0 && at < end)
		at += pg_utf_mblen((const unsigned char *) at);
	return statement->data_line + count_lines(statement->data, Min(at, end));
}
