/*
 * role_claim.c
 *		What databases' policies say of a role, in the role's comment; for server and client.
 */
#include "role_claim.h"

#include <stdlib.h>
#include <string.h>

#define CLAIM_MARK "hh-migrate \""

/* A word, or a name in quotes; kept where it is not too long to be one. */
typedef struct Token
{
	char text[CLAIM_NAME_SIZE];
	bool is_name;
} Token;

static void
add_character(Token *token, size_t *length, char character)
{
	if (*length < CLAIM_NAME_SIZE - 1)
		token->text[(*length)++] = character;
}

/* A backslash stands before a quote, a backslash, and the n that is a line feed. */
static const char *
read_name(const char *at, const char *end, Token *token, size_t *length)
{
	token->is_name = true;
	for (at++; at < end && *at != '"'; at++)
	{
		if (*at == '\\' && at + 1 < end)
		{
			at++;
			add_character(token, length, *at == 'n' ? '\n' : *at);
		}
		else
			add_character(token, length, *at);
	}
	return at < end ? at + 1 : end;
}

/* Takes one off *words; false at the end. */
static bool
next_token(const char **words, const char *end, Token *token)
{
	const char *at = *words;
	size_t length = 0;

	token->is_name = false;
	while (at < end && *at == ' ')
		at++;
	if (at == end)
		return false;
	if (*at == '"')
		at = read_name(at, end, token, &length);
	else
	{
		for (; at < end && *at != ' ' && *at != '"'; at++)
			add_character(token, &length, *at);
	}
	token->text[length] = '\0';
	*words = at;
	return true;
}

static bool
is_word(const Token *token, const char *word)
{
	return !token->is_name && strcmp(token->text, word) == 0;
}

bool
role_claim_next(const char **comment, RoleClaim *claim)
{
	Token token;

	if (**comment == '\0')
		return false;
	claim->line = *comment;
	claim->length = strcspn(claim->line, "\n");
	claim->words = claim->line + claim->length;
	claim->database[0] = '\0';
	*comment = claim->words + (*claim->words == '\n' ? 1 : 0);
	if (claim->length >= strlen(CLAIM_MARK) &&
		strncmp(claim->line, CLAIM_MARK, strlen(CLAIM_MARK)) == 0)
	{
		const char *end = claim->words;

		claim->words = claim->line + strlen(CLAIM_MARK) - 1;
		next_token(&claim->words, end, &token);
		strcpy(claim->database, token.text);
	}
	return true;
}

ClaimedAttributes
role_claim_attributes(const RoleClaim *claim)
{
	ClaimedAttributes is = {.connection_limit = -1};
	const char *end = claim->line + claim->length;
	const char *words = claim->words;
	Token token;

	while (next_token(&words, end, &token) && !is_word(&token, "MEMBER"))
	{
		is.can_login |= is_word(&token, "LOGIN");
		is.inherit |= is_word(&token, "INHERIT");
		is.create_db |= is_word(&token, "CREATEDB");
		is.create_role |= is_word(&token, "CREATEROLE");
		is.replication |= is_word(&token, "REPLICATION");
		is.bypass_rls |= is_word(&token, "BYPASSRLS");
		if (is_word(&token, "LIMIT") && next_token(&words, end, &token))
			is.connection_limit = atoi(token.text);
	}
	return is;
}

bool
role_claim_next_member(const RoleClaim *claim, const char **words, ClaimedMember *member)
{
	const char *end = claim->line + claim->length;
	const char *next;
	Token token = {0};

	while (next_token(words, end, &token) && !is_word(&token, "MEMBER"))
		;
	if (!is_word(&token, "MEMBER") || !next_token(words, end, &token) || !token.is_name)
		return false;
	memset(member, 0, sizeof(*member));
	strcpy(member->name, token.text);
	for (next = *words; next_token(&next, end, &token) && !is_word(&token, "MEMBER"); *words = next)
	{
		member->admin |= is_word(&token, "ADMIN");
		member->inherit |= is_word(&token, "INHERIT");
		member->set |= is_word(&token, "SET");
	}
	return true;
}

bool
role_claim_has_member(const RoleClaim *claim, const char *name, ClaimedMember *found)
{
	const char *words = claim->words;
	ClaimedMember member;
	bool has = false;

	while (role_claim_next_member(claim, &words, &member))
	{
		if (strcmp(member.name, name) != 0)
			continue;
		has = true;
		found->admin |= member.admin;
		found->inherit |= member.inherit;
		found->set |= member.set;
	}
	return has;
}

/* No limit is more than any. */
static int
higher_limit(int a, int b)
{
	if (a == -1 || b == -1)
		return -1;
	return a > b ? a : b;
}

void
claimed_attributes_add(ClaimedAttributes *sum, const ClaimedAttributes *more)
{
	sum->can_login |= more->can_login;
	sum->inherit |= more->inherit;
	sum->create_db |= more->create_db;
	sum->create_role |= more->create_role;
	sum->replication |= more->replication;
	sum->bypass_rls |= more->bypass_rls;
	sum->connection_limit = higher_limit(sum->connection_limit, more->connection_limit);
}
