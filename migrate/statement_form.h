/*
 * statement_form.h
 *		What a statement does, as far as it must be known to go on behind it: pure,
 *		read from its first words.
 *
 * PostgreSQL itself says which statements run outside of a transaction only.  The
 * forms are of those whose work can be found again in the catalogs.
 */
#ifndef HH_STATEMENT_FORM_H
#define HH_STATEMENT_FORM_H

#include "migration_file.h"

typedef enum StatementKind
{
	STATEMENT_OTHER,
	STATEMENT_CREATE_INDEX,
	STATEMENT_DROP_INDEX,
	STATEMENT_REINDEX,
	STATEMENT_DETACH_PARTITION,
	STATEMENT_UPKEEP /* VACUUM, ANALYZE, CLUSTER, CHECKPOINT: running it twice is harmless */
} StatementKind;

/* Names are views into the text, as written there: with quotes and folding to be done. */
typedef struct StatementForm
{
	StatementKind kind;
	bool concurrently;
	bool unique;	  /* of CREATE INDEX */
	bool if_exists;	  /* or IF NOT EXISTS */
	TextSlice index;  /* CREATE INDEX: a bare name, or empty; DROP INDEX: with its schema */
	TextSlice table;  /* of CREATE INDEX and DETACH PARTITION */
	TextSlice rest;	  /* of CREATE INDEX: all behind the table */
	TextSlice target; /* REINDEX: what, such as "table"; as written, with its name in object */
	TextSlice object; /* REINDEX: the name; DETACH PARTITION: the partition's */
} StatementForm;

extern StatementForm statement_form(const char *text, size_t length);

/* Whether it can't run in a transaction block, as is known beforehand. */
extern bool statement_needs_no_block(const StatementForm *form);

/*
 * Whether PostgreSQL runs what the statement calls (index expressions, predicates)
 * as the table's owner, in a security-restricted operation of its own, and reading
 * the statement runs nothing of the database's either.
 */
extern bool statement_is_contained(const StatementForm *form, const char *text, size_t length);

/*
 * Whether every string constant in the text is cast, right behind it, to a type that
 * is named without a schema.  A constant of any other type is read by that type's
 * input function, which may run what a domain checks.  with_options: in the form that
 * pg_get_indexdef() writes, where m='16' is an option and no comparison.
 */
extern bool literals_are_plain(const char *text, size_t length, bool with_options);

#endif /* HH_STATEMENT_FORM_H */
