/*
 * policy_reader.c
 *		What reads statements word by word.
 */
#include "postgres_fe.h"

#include "policy_reader.h"

bool
reader_advance(PolicyReader *reader)
{
	if (policy_lexer_next(&reader->lexer, &reader->token))
		return true;
	reader->token.kind = TOKEN_END;
	return false;
}

bool
reader_is_word(const PolicyReader *reader, const char *word)
{
	return reader->token.kind == TOKEN_WORD && strcmp(reader->token.value, word) == 0;
}

bool
reader_take_word(PolicyReader *reader, const char *word)
{
	return reader_is_word(reader, word) && reader_advance(reader);
}

bool
reader_refuse(PolicyReader *reader, const PolicyToken *token, char *message, char *hint)
{
	return policy_fail(reader->error, token->line, token->column, message, hint);
}

bool
reader_expected(PolicyReader *reader, const char *what)
{
	char *found = policy_token_in_words(&reader->token);

	reader_refuse(reader, &reader->token, psprintf("found %s, expected %s", found, what), NULL);
	pg_free(found);
	return false;
}

bool
reader_expect_word(PolicyReader *reader, const char *word)
{
	char *upper;

	if (reader_is_word(reader, word))
		return reader_advance(reader);
	upper = pg_strdup(word);
	for (char *c = upper; *c; c++)
		*c = pg_ascii_toupper((unsigned char) *c);
	reader_expected(reader, upper);
	pg_free(upper);
	return false;
}

bool
reader_is_symbol(const PolicyReader *reader, char symbol)
{
	return reader->token.kind == TOKEN_SYMBOL && reader->token.text[0] == symbol;
}

bool
reader_take_symbol(PolicyReader *reader, char symbol)
{
	return reader_is_symbol(reader, symbol) && reader_advance(reader);
}

bool
reader_expect_symbol(PolicyReader *reader, char symbol)
{
	char what[] = {'"', symbol, '"', '\0'};

	return reader_is_symbol(reader, symbol) ? reader_advance(reader)
											: reader_expected(reader, what);
}

/* The server would cut a longer name off, and two could become one. */
static bool
check_name(PolicyReader *reader)
{
	size_t length = strlen(reader->token.value);

	if (length == 0)
		return reader_refuse(reader, &reader->token, pg_strdup("the name is empty"), NULL);
	if (length >= NAMEDATALEN)
		return reader_refuse(
			reader, &reader->token,
			psprintf("the name has %zu bytes, and at most %d are allowed", length, NAMEDATALEN - 1),
			NULL);
	return true;
}

bool
reader_name(PolicyReader *reader, const char *what, const char **name)
{
	if (reader->token.kind != TOKEN_WORD && reader->token.kind != TOKEN_NAME)
		return reader_expected(reader, what);
	*name = reader->token.value;
	return check_name(reader) && reader_advance(reader);
}

void
policy_name_add(PolicyNameList *names, PolicyName name)
{
	names->items = pg_realloc(names->items, sizeof(PolicyName) * (size_t) (names->count + 1));
	names->items[names->count++] = name;
}

bool
reader_names(PolicyReader *reader, const char *what, bool with_schemas, PolicyNameList *names)
{
	do
	{
		PolicyName name = {.token = reader->token};

		if (with_schemas &&
			(!reader_name(reader, "a schema", &name.schema) || !reader_expect_symbol(reader, '.')))
			return false;
		if (!reader_name(reader, what, &name.name))
			return false;
		policy_name_add(names, name);
	} while (reader_take_symbol(reader, ','));
	return reader->error->message == NULL;
}

bool
reader_roles(PolicyReader *reader, bool allow_public, PolicyNameList *roles)
{
	do
	{
		PolicyName role = {.token = reader->token};

		if (allow_public && reader_is_word(reader, "public"))
		{
			if (!reader_advance(reader))
				return false;
		}
		else if (!reader_name(reader, allow_public ? "a role or PUBLIC" : "a role", &role.name))
			return false;
		policy_name_add(roles, role);
	} while (reader_take_symbol(reader, ','));
	return reader->error->message == NULL;
}
