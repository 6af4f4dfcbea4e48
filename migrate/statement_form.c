/*
 * statement_form.c
 *		What a statement does, read from its first words.
 */
#include "postgres_fe.h"

#include "statement_form.h"
#include "statement_rule.h"

/* What is left of a statement to be read. */
typedef struct Reader
{
	const char *at;
	const char *end;
} Reader;

static bool
begins_word(char c)
{
	return isalpha((unsigned char) c) || c == '_' || IS_HIGHBIT_SET(c);
}

static bool
continues_word(char c)
{
	return begins_word(c) || isdigit((unsigned char) c) || c == '$';
}

static const char *
word_end(const char *at, const char *end)
{
	while (at < end && continues_word(*at))
		at++;
	return at;
}

static void
skip_space(Reader *reader)
{
	reader->at = statement_skip_space(reader->at, reader->end);
}

/* Takes a key word, in any case, if it is next. */
static bool
take_word(Reader *reader, const char *word)
{
	const char *end;

	skip_space(reader);
	end = word_end(reader->at, reader->end);
	if ((size_t) (end - reader->at) != strlen(word) ||
		pg_strncasecmp(reader->at, word, strlen(word)) != 0)
		return false;
	reader->at = end;
	return true;
}

/* Takes several, or none. */
static bool
take_words(Reader *reader, const char *const *words)
{
	Reader start = *reader;

	for (; *words; words++)
	{
		if (!take_word(reader, *words))
		{
			*reader = start;
			return false;
		}
	}
	return true;
}

static bool
take_character(Reader *reader, char c)
{
	skip_space(reader);
	if (reader->at >= reader->end || *reader->at != c)
		return false;
	reader->at++;
	return true;
}

/* Takes an identifier, in quotes or without; U&"..." is none that we can read. */
static bool
take_identifier(Reader *reader)
{
	const char *at;

	skip_space(reader);
	at = reader->at;
	if (at < reader->end && *at == '"')
	{
		do
		{
			at = memchr(at + 1, '"', (size_t) (reader->end - at - 1));
			if (at == NULL)
				return false;
			at++;
		} while (at < reader->end && *at == '"');
		reader->at = at;
		return true;
	}
	if (at >= reader->end || !begins_word(*at))
		return false;
	reader->at = word_end(at, reader->end);
	return !(reader->at < reader->end && *reader->at == '&');
}

/* Takes identifiers with dots between into *name; at least one, or it stays empty. */
static bool
take_name(Reader *reader, TextSlice *name)
{
	Reader start;

	skip_space(reader);
	start = *reader;
	do
	{
		if (!take_identifier(reader))
		{
			*reader = start;
			return false;
		}
		*name = (TextSlice){start.at, (size_t) (reader->at - start.at)};
	} while (take_character(reader, '.'));
	return true;
}

static bool
take_if_exists(Reader *reader)
{
	return take_words(reader, (const char *const[]){"if", "exists", NULL});
}

/* Behind CREATE: [UNIQUE] INDEX [CONCURRENTLY] [[IF NOT EXISTS] name] ON [ONLY] table ... */
static bool
read_create_index(Reader *reader, StatementForm *form)
{
	form->unique = take_word(reader, "unique");
	if (!take_word(reader, "index"))
		return false;
	form->concurrently = take_word(reader, "concurrently");
	form->if_exists = take_words(reader, (const char *const[]){"if", "not", "exists", NULL});
	/* ON is reserved, so that no name is it. */
	if (!take_word(reader, "on"))
	{
		if (!take_name(reader, &form->index) || !take_word(reader, "on"))
			return false;
	}
	(void) take_word(reader, "only");
	if (!take_name(reader, &form->table))
		return false;
	form->rest = (TextSlice){reader->at, (size_t) (reader->end - reader->at)};
	return true;
}

/* Behind DROP INDEX. */
static bool
read_drop_index(Reader *reader, StatementForm *form)
{
	form->concurrently = take_word(reader, "concurrently");
	form->if_exists = take_if_exists(reader);
	return take_name(reader, &form->index);
}

/* Whether the options, behind their opening parenthesis, say CONCURRENTLY; takes them. */
static bool
take_reindex_options(Reader *reader)
{
	bool concurrently = false;

	do
	{
		if (take_word(reader, "concurrently"))
			concurrently = !(take_word(reader, "off") || take_word(reader, "false"));
		else
			(void) take_identifier(reader);
		while (reader->at < reader->end && *reader->at != ',' && *reader->at != ')')
			reader->at++;
	} while (take_character(reader, ','));
	(void) take_character(reader, ')');
	return concurrently;
}

/* Behind REINDEX. */
static bool
read_reindex(Reader *reader, StatementForm *form)
{
	if (take_character(reader, '('))
		form->concurrently = take_reindex_options(reader);
	skip_space(reader);
	form->target.data = reader->at;
	if (!take_identifier(reader))
		return false;
	form->target.length = (size_t) (reader->at - form->target.data);
	form->concurrently |= take_word(reader, "concurrently");
	/* From 16 on, REINDEX DATABASE and SYSTEM need no name. */
	(void) take_name(reader, &form->object);
	return true;
}

/* Behind ALTER TABLE: ... DETACH PARTITION name CONCURRENTLY. */
static bool
read_detach_partition(Reader *reader, StatementForm *form)
{
	(void) take_if_exists(reader);
	(void) take_word(reader, "only");
	if (!take_name(reader, &form->table))
		return false;
	if (!take_words(reader, (const char *const[]){"detach", "partition", NULL}) ||
		!take_name(reader, &form->object))
		return false;
	form->concurrently = take_word(reader, "concurrently");
	return true;
}

static bool
is_upkeep(Reader *reader)
{
	return take_word(reader, "vacuum") || take_word(reader, "analyze") ||
		   take_word(reader, "analyse") || take_word(reader, "cluster") ||
		   take_word(reader, "checkpoint");
}

static StatementKind
read_kind(Reader *reader, StatementForm *form)
{
	if (take_word(reader, "create"))
		return read_create_index(reader, form) ? STATEMENT_CREATE_INDEX : STATEMENT_OTHER;
	if (take_words(reader, (const char *const[]){"drop", "index", NULL}))
		return read_drop_index(reader, form) ? STATEMENT_DROP_INDEX : STATEMENT_OTHER;
	if (take_words(reader, (const char *const[]){"alter", "table", NULL}))
		return read_detach_partition(reader, form) ? STATEMENT_DETACH_PARTITION : STATEMENT_OTHER;
	if (take_word(reader, "reindex"))
		return read_reindex(reader, form) ? STATEMENT_REINDEX : STATEMENT_OTHER;
	return is_upkeep(reader) ? STATEMENT_UPKEEP : STATEMENT_OTHER;
}

StatementForm
statement_form(const char *text, size_t length)
{
	Reader reader = {text, text + length};
	StatementForm form = {0};
	StatementKind kind = read_kind(&reader, &form);

	if (kind == STATEMENT_OTHER)
		return (StatementForm){0};
	form.kind = kind;
	return form;
}

bool
statement_needs_no_block(const StatementForm *form)
{
	return form->concurrently;
}

/* Where a string constant or a quoted identifier that begins here ends. */
static const char *
quote_end(const char *at, const char *end, bool has_escapes)
{
	char quote = *at;

	for (at++; at < end; at++)
	{
		if (has_escapes && *at == '\\')
			at++;
		else if (*at == quote && !(at + 1 < end && at[1] == quote))
			return at + 1;
		else if (*at == quote)
			at++;
	}
	return end;
}

/* Whether what stands behind a constant is a cast to a type of a bare name. */
static bool
is_cast_to_bare_type(const char *at, const char *end)
{
	Reader reader = {at, end};

	if (end - at < 2 || at[0] != ':' || at[1] != ':')
		return false;
	reader.at += 2;
	return take_identifier(&reader) && !take_character(&reader, '.');
}

bool
literals_are_plain(const char *text, size_t length, bool with_options)
{
	const char *end = text + length;

	for (const char *at = statement_skip_space(text, end); at < end;
		 at = statement_skip_space(at, end))
	{
		if (*at == '\'')
		{
			bool is_escaped = at > text && (at[-1] == 'E' || at[-1] == 'e');
			bool is_option = with_options && at > text && at[-1] == '=';

			at = quote_end(at, end, is_escaped);
			if (!is_option && !is_cast_to_bare_type(at, end))
				return false;
		}
		else if (*at == '"')
			at = quote_end(at, end, false);
		else if (*at == '$')
			return false;
		else if (begins_word(*at))
		{
			const char *behind = word_end(at, end);

			/* B'', X'', N'' and U&'' are no constants that pg_get_indexdef() writes. */
			if (behind < end && (*behind == '&' || *behind == '\'') &&
				!(behind - at == 1 && (*at == 'E' || *at == 'e')))
				return false;
			at = behind;
		}
		else
			at++;
	}
	return true;
}

bool
statement_is_contained(const StatementForm *form, const char *text, size_t length)
{
	switch (form->kind)
	{
		case STATEMENT_CREATE_INDEX:
			return literals_are_plain(text, length, false);
		case STATEMENT_DROP_INDEX:
		case STATEMENT_REINDEX:
		case STATEMENT_UPKEEP:
			return true;
		/* Evaluates what the partition's constraints call, as whoever says it. */
		case STATEMENT_DETACH_PARTITION:
		case STATEMENT_OTHER:
			break;
	}
	return false;
}
