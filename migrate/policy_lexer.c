/*
 * policy_lexer.c
 *		The words of a policy's text, as SQL makes them.
 */
#include "postgres_fe.h"

#include "mb/pg_wchar.h"
#include "pqexpbuffer.h"

#include "one_line.h"
#include "policy_lexer.h"

#define LONGEST_SHOWN 40

PolicyLexer
policy_lexer_make(const char *text, TextPool *pool, PolicyError *error)
{
	return (PolicyLexer){.at = text, .line = 1, .column = 1, .pool = pool, .error = error};
}

static void
advance(PolicyLexer *lexer)
{
	if (*lexer->at == '\n')
	{
		lexer->line++;
		lexer->column = 1;
		lexer->line_has_token = false;
	}
	else
		lexer->column++;
	lexer->at += pg_utf_mblen((const unsigned char *) lexer->at);
}

static bool
starts_with(const PolicyLexer *lexer, const char *mark)
{
	return strncmp(lexer->at, mark, strlen(mark)) == 0;
}

static bool
is_blank(char c)
{
	return c != '\0' && strchr(" \t\n\r\f\v", c) != NULL;
}

/* A comment between slashes and asterisks, which may hold others. */
static bool
skip_block(PolicyLexer *lexer)
{
	int line = lexer->line;
	int column = lexer->column;
	int depth = 0;

	do
	{
		if (*lexer->at == '\0')
			return policy_fail(lexer->error, line, column,
							   pg_strdup("the comment that begins here has no end"), NULL);
		if (starts_with(lexer, "/*") || starts_with(lexer, "*/"))
		{
			depth += *lexer->at == '/' ? 1 : -1;
			advance(lexer);
		}
		advance(lexer);
	} while (depth > 0);
	return true;
}

/* Adds a line of comment, without its dashes and the blanks around it, to a reason. */
static void
take_line(PolicyLexer *lexer, PQExpBuffer reason)
{
	const char *begin;
	const char *end;

	while (*lexer->at == '-')
		advance(lexer);
	begin = lexer->at;
	while (*lexer->at != '\0' && *lexer->at != '\n')
		advance(lexer);
	end = lexer->at;
	while (begin < end && is_blank(*begin))
		begin++;
	while (end > begin && is_blank(end[-1]))
		end--;
	if (end > begin && reason->len > 0)
		appendPQExpBufferChar(reason, ' ');
	appendBinaryPQExpBuffer(reason, begin, (size_t) (end - begin));
}

/*
 * Goes to the next token, and gathers the lines of comment that stand right above it.
 * A comment behind a token is not one of them.
 */
static bool
skip_space(PolicyLexer *lexer, PQExpBuffer reason)
{
	int reason_line = 0; /* the last one of it */

	for (;;)
	{
		if (is_blank(*lexer->at))
			advance(lexer);
		else if (starts_with(lexer, "/*"))
		{
			if (!skip_block(lexer))
				return false;
		}
		else if (starts_with(lexer, "--"))
		{
			bool is_alone = !lexer->line_has_token;

			if (reason_line != lexer->line - 1 || !is_alone)
				resetPQExpBuffer(reason);
			reason_line = is_alone ? lexer->line : 0;
			take_line(lexer, reason);
			if (!is_alone)
				resetPQExpBuffer(reason);
		}
		else
			break;
	}
	if (reason_line != lexer->line - 1)
		resetPQExpBuffer(reason);
	return true;
}

static bool
is_word_start(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (unsigned char) c >= 128;
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static void
take_word(PolicyLexer *lexer, PolicyToken *token)
{
	char *value;

	token->kind = TOKEN_WORD;
	while (is_word_start(*lexer->at) || is_digit(*lexer->at) || *lexer->at == '$')
		advance(lexer);
	value = pnstrdup(token->text, (size_t) (lexer->at - token->text));
	for (char *c = value; *c; c++)
		*c = pg_ascii_tolower((unsigned char) *c);
	token->value = text_pool_keep(lexer->pool, value);
}

/* A number may be followed by no letter: 10s needs quotes. */
static bool
take_number(PolicyLexer *lexer, PolicyToken *token)
{
	token->kind = TOKEN_NUMBER;
	if (*lexer->at == '-')
		advance(lexer);
	while (is_digit(*lexer->at) || (*lexer->at == '.' && is_digit(lexer->at[1])))
		advance(lexer);
	if (is_word_start(*lexer->at))
		return policy_fail(lexer->error, token->line, token->column,
						   pg_strdup("a number ends in letters"),
						   pg_strdup("Put a value with a unit between quotes: '10s'."));
	token->value =
		text_pool_keep(lexer->pool, pnstrdup(token->text, (size_t) (lexer->at - token->text)));
	return true;
}

/* What stands between quotes, where two of them mean one. */
static bool
take_quoted(PolicyLexer *lexer, PolicyToken *token)
{
	char quote = *lexer->at;
	PQExpBuffer value = createPQExpBuffer();
	bool ended = false;

	token->kind = quote == '"' ? TOKEN_NAME : TOKEN_STRING;
	advance(lexer);
	while (*lexer->at != '\0' && !ended)
	{
		const char *begin = lexer->at;
		bool is_quote = *begin == quote;

		advance(lexer);
		ended = is_quote && *lexer->at != quote;
		if (is_quote && !ended)
			advance(lexer);
		if (!ended)
			appendBinaryPQExpBuffer(value, begin, is_quote ? 1 : (size_t) (lexer->at - begin));
	}
	token->value = text_pool_keep(lexer->pool, pg_strdup(value->data));
	destroyPQExpBuffer(value);
	if (!ended)
		return policy_fail(lexer->error, token->line, token->column,
						   psprintf("the %s that begins here has no closing quote",
									quote == '"' ? "name" : "string"),
						   NULL);
	return true;
}

static bool
take_token(PolicyLexer *lexer, PolicyToken *token)
{
	char c = *lexer->at;

	if (is_word_start(c))
		take_word(lexer, token);
	else if (is_digit(c) || (c == '-' && is_digit(lexer->at[1])))
		return take_number(lexer, token);
	else if (c == '"' || c == '\'')
		return take_quoted(lexer, token);
	else if (c == '\0')
		token->kind = TOKEN_END;
	else
	{
		token->kind = TOKEN_SYMBOL;
		advance(lexer);
		token->value = text_pool_keep(lexer->pool, pnstrdup(token->text, 1));
	}
	return true;
}

bool
policy_lexer_next(PolicyLexer *lexer, PolicyToken *token)
{
	PQExpBuffer reason = createPQExpBuffer();
	bool taken = skip_space(lexer, reason);

	memset(token, 0, sizeof(*token));
	if (taken)
	{
		if (reason->len > 0)
			token->reason = text_pool_keep(lexer->pool, pg_strdup(reason->data));
		token->text = lexer->at;
		token->line = lexer->line;
		token->column = lexer->column;
		taken = take_token(lexer, token);
		token->length = (size_t) (lexer->at - token->text);
		token->last_line = lexer->line;
		lexer->line_has_token = token->kind != TOKEN_END;
	}
	destroyPQExpBuffer(reason);
	return taken;
}

char *
policy_token_in_words(const PolicyToken *token)
{
	char *text;
	char *shown;
	char *words;

	if (token->kind == TOKEN_END)
		return pg_strdup("the end of the file");
	text = pnstrdup(token->text, token->length);
	shown = one_line(text, LONGEST_SHOWN);
	words = psprintf("\"%s\"", shown);
	pg_free(shown);
	pg_free(text);
	return words;
}
