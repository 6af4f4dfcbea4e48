/*
 * policy_lexer.h
 *		The words of a policy's text, as SQL makes them.
 */
#ifndef HH_POLICY_LEXER_H
#define HH_POLICY_LEXER_H

#include "policy.h"

typedef enum TokenKind
{
	TOKEN_END,
	TOKEN_WORD,	  /* a name without quotes, or a keyword: in lower case */
	TOKEN_NAME,	  /* in double quotes, which value is without */
	TOKEN_STRING, /* in single quotes, which value is without */
	TOKEN_NUMBER,
	TOKEN_SYMBOL
} TokenKind;

typedef struct PolicyToken
{
	TokenKind kind;
	const char *text; /* as it is written */
	size_t length;
	const char *value;
	int line;
	int column;
	int last_line;		/* where it ends */
	const char *reason; /* the comment right above it; or NULL */
} PolicyToken;

/* Borrows the text, which is in UTF-8. */
typedef struct PolicyLexer
{
	const char *at;
	int line;
	int column;
	bool line_has_token;
	TextPool *pool;
	PolicyError *error;
} PolicyLexer;

extern PolicyLexer policy_lexer_make(const char *text, TextPool *pool, PolicyError *error);

/* Behind the last one, TOKEN_END for ever.  Returns false on an error. */
extern bool policy_lexer_next(PolicyLexer *lexer, PolicyToken *token);

/* The word as a message quotes it, "end of file" without quotes; the caller frees it. */
extern char *policy_token_in_words(const PolicyToken *token);

#endif /* HH_POLICY_LEXER_H */
