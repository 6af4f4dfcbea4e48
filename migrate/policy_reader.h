/*
 * policy_reader.h
 *		What reads statements word by word.
 *
 * Each function that returns false has said in *error what was found and what was
 * expected.
 */
#ifndef HH_POLICY_READER_H
#define HH_POLICY_READER_H

#include "policy_lexer.h"

typedef struct PolicyReader
{
	PolicyLexer lexer;
	PolicyToken token; /* the one that is looked at */
	Policy *policy;
	PolicyError *error;
	PolicyPlace place; /* of the statement that is read */
} PolicyReader;

/* A name, with its schema where it has one, and where it stands. */
typedef struct PolicyName
{
	const char *schema;
	const char *name;
	PolicyToken token;
} PolicyName;

/* Zero-initialised it is empty; freed by pg_free(items). */
typedef struct PolicyNameList
{
	PolicyName *items;
	int count;
} PolicyNameList;

/* Goes on to the next word. */
extern bool reader_advance(PolicyReader *reader);

/* Words are in lower case.  reader_take_word() goes on where it is the one. */
extern bool reader_is_word(const PolicyReader *reader, const char *word);
extern bool reader_take_word(PolicyReader *reader, const char *word);
extern bool reader_expect_word(PolicyReader *reader, const char *word);
extern bool reader_is_symbol(const PolicyReader *reader, char symbol);
extern bool reader_take_symbol(PolicyReader *reader, char symbol);
extern bool reader_expect_symbol(PolicyReader *reader, char symbol);

/* Fails: found the word, expected what. */
extern bool reader_expected(PolicyReader *reader, const char *what);

/* Fails at a word that was read; takes over message and hint. */
extern bool reader_refuse(PolicyReader *reader, const PolicyToken *token, char *message,
						  char *hint);

/* A name, quoted or not; what: "a role" and the like. */
extern bool reader_name(PolicyReader *reader, const char *what, const char **name);

/* Names with commas between them; with schemas, each is schema.name. */
extern bool reader_names(PolicyReader *reader, const char *what, bool with_schemas,
						 PolicyNameList *names);

extern void policy_name_add(PolicyNameList *names, PolicyName name);

/* Roles with commas between them; PUBLIC is one without a name where it is allowed. */
extern bool reader_roles(PolicyReader *reader, bool allow_public, PolicyNameList *roles);

#endif /* HH_POLICY_READER_H */
