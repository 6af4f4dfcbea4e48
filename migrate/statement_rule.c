/*
 * statement_rule.c
 *		What a migration must not say, and what to say instead.
 */
#include "postgres_fe.h"

#include "statement_rule.h"

#define LONGEST_COMMAND 30

#define HINT_VARIABLES                                                                             \
	"Declare the variable with \"-- hh: vars NAME\"; --set NAME=VALUE gives its value."
#define HINT_INCLUDE                                                                               \
	"Write the other file's statements here, or make it a migration of its own: --dir applies "    \
	"every file of a directory."
#define HINT_DATA                                                                                  \
	"A migration has no data beside its statements: write INSERT ... VALUES, or load the data "    \
	"with psql's \\copy before or after."
#define HINT_CONNECT "A migration stays in the database that hh-migrate is connected to."

static const char *const transaction_commands[] = {
	"begin", "start", "commit", "end", "rollback", "abort", "prepare transaction"};

/* What psql's commands are called (the longest that fits counts), and what to do without. */
static const struct
{
	const char *words;
	const char *hint;
} meta_commands[] = {
	{"set on_error_stop", "Remove the line: an error always ends a migration."},
	{"set", HINT_VARIABLES},
	{"getenv", HINT_VARIABLES},
	{"prompt", HINT_VARIABLES},
	{"gset", HINT_VARIABLES},
	{"i", HINT_INCLUDE},
	{"ir", HINT_INCLUDE},
	{"include", HINT_INCLUDE},
	{"include_relative", HINT_INCLUDE},
	{"copy", HINT_DATA},
	{".", HINT_DATA},
	{"gexec", "Use a DO block that says EXECUTE format(...)."},
	{"if", "Use a DO block with IF ... THEN."},
	{"elif", "Use a DO block with IF ... THEN."},
	{"else", "Use a DO block with IF ... THEN."},
	{"endif", "Use a DO block with IF ... THEN."},
	{"g", "End the statement with a semicolon."},
	{"gx", "End the statement with a semicolon."},
	{"c", HINT_CONNECT},
	{"connect", HINT_CONNECT},
	{"!", "hh-migrate starts no programs: run it before or after \"hh-migrate up\"."},
	{"restrict", "pg_dump wrote it: remove the line."},
	{"unrestrict", "pg_dump wrote it: remove the line."},
};

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

/* Where a C comment that may nest ends, or the end of the text. */
static const char *
skip_block_comment(const char *at, const char *end)
{
	int depth = 0;

	for (; at < end; at++)
	{
		if (at + 1 < end && at[0] == '/' && at[1] == '*')
		{
			depth++;
			at++;
		}
		else if (at + 1 < end && at[0] == '*' && at[1] == '/')
		{
			at++;
			if (--depth == 0)
				return at + 1;
		}
	}
	return end;
}

const char *
statement_skip_space(const char *at, const char *end)
{
	while (at < end)
	{
		if (is_blank(*at))
			at++;
		else if (end - at >= 2 && memcmp(at, "--", 2) == 0)
		{
			const char *newline = memchr(at, '\n', (size_t) (end - at));

			at = newline ? newline + 1 : end;
		}
		else if (end - at >= 2 && memcmp(at, "/*", 2) == 0)
			at = skip_block_comment(at, end);
		else
			break;
	}
	return at;
}

/* Whether the text begins with the words, apart by any blanks, in any case. */
static bool
begins_with_words(const char *at, const char *end, const char *words)
{
	while (*words)
	{
		if (*words == ' ')
		{
			const char *next = statement_skip_space(at, end);

			if (next == at)
				return false;
			at = next;
			words++;
		}
		if (at >= end || pg_tolower((unsigned char) *at) != (unsigned char) *words)
			return false;
		at++;
		words++;
	}
	return at >= end || !(isalnum((unsigned char) *at) || *at == '_');
}

static bool
is_transaction_command(const char *token, const char *end)
{
	for (size_t i = 0; i < lengthof(transaction_commands); i++)
	{
		if (begins_with_words(token, end, transaction_commands[i]))
			return true;
	}
	return false;
}

/* Where a string, quoted identifier or dollar-quoted string that begins here ends. */
static const char *
skip_quoted(const char *at, const char *end, bool has_escapes)
{
	char quote = *at;

	if (quote == '$')
	{
		const char *tag = at + 1;
		size_t length;

		while (tag < end && (isalnum((unsigned char) *tag) || *tag == '_'))
			tag++;
		length = (size_t) (tag - at) + 1;
		if (tag >= end || *tag != '$')
			return at + 1;
		for (const char *next = tag + 1; next + length <= end; next++)
		{
			if (memcmp(next, at, length) == 0)
				return next + length;
		}
		return end;
	}
	for (at++; at < end && *at != quote; at++)
	{
		if (has_escapes && *at == '\\' && at + 1 < end)
			at++;
	}
	return at < end ? at + 1 : end;
}

/*
 * The first word outside of parentheses and quotes that is one of two, or NULL.
 * In COPY ... FROM and COPY (...) TO it says which way the data goes.
 */
static const char *
find_direction(const char *at, const char *end)
{
	int depth = 0;

	while ((at = statement_skip_space(at, end)) < end)
	{
		char next = at + 1 < end ? at[1] : '\0';

		if (*at == '\'' || *at == '"' || *at == '$')
			at = skip_quoted(at, end, false);
		else if ((*at == 'e' || *at == 'E') && next == '\'')
			at = skip_quoted(at + 1, end, true);
		else if (isalnum((unsigned char) *at) || *at == '_')
		{
			if (depth == 0 &&
				(begins_with_words(at, end, "from") || begins_with_words(at, end, "to")))
				return at;
			while (at < end && (isalnum((unsigned char) *at) || *at == '_' || *at == '$'))
				at++;
		}
		else
		{
			depth += (*at == '(') - (*at == ')');
			at++;
		}
	}
	return NULL;
}

bool
statement_is_refused(const char *at, const char *end, const char **message, const char **hint)
{
	const char *direction;

	if (is_transaction_command(at, end))
	{
		*message = "a migration must not begin or end a transaction itself";
		*hint = "Each migration runs in a transaction of its own, with its ledger row.";
		return true;
	}
	if (!begins_with_words(at, end, "copy"))
		return false;
	direction = find_direction(at + strlen("copy"), end);
	if (direction == NULL)
		return false;
	if (begins_with_words(direction, end, "from stdin"))
	{
		*message = "COPY FROM STDIN in a migration";
		*hint = HINT_DATA;
		return true;
	}
	if (begins_with_words(direction, end, "to stdout"))
	{
		*message = "COPY TO STDOUT in a migration";
		*hint = "A migration prints nothing: run it in psql.";
		return true;
	}
	return false;
}

char *
meta_command_message(const char *backslash, const char *end, const char **hint)
{
	const char *word = backslash + 1;
	const char *rest = word;
	size_t longest = 0;

	*hint = "A migration is plain SQL; a backslash command works in psql only.";
	while (rest < end && !isspace((unsigned char) *rest) && *rest != '\\')
		rest++;
	for (size_t i = 0; i < lengthof(meta_commands); i++)
	{
		size_t length = strlen(meta_commands[i].words);

		if (length > longest && begins_with_words(word, end, meta_commands[i].words))
		{
			longest = length;
			*hint = meta_commands[i].hint;
		}
	}
	if (backslash >= end || *backslash != '\\' || rest == word || rest - word > LONGEST_COMMAND)
		return pg_strdup("a psql meta-command in a migration");
	return psprintf("psql's meta-command \"\\%.*s\" in a migration", (int) (rest - word), word);
}
