/*
 * migration_file.h
 *		The parts of a migration file, as views into its text.
 *
 * Pure C without allocation, so that the extension and hh-migrate read a file
 * by the same code.  A file is called NNNN_name.sql and has up to three parts:
 *
 *		-- hh: repeatable                  directives, in the comment at its head
 *		-- hh: requires-extension 1.0
 *		-- hh: vars embedding_dimensions
 *		-- hh: lock-timeout 5s
 *		-- hh: statement-timeout 10min
 *		-- hh: no-transaction
 *		-- hh: allow blocking-index-build the table has ten rows
 *		CREATE ...                         the change
 *		-- hh: revert
 *		DROP ...                           what takes it back
 *		-- hh: verify
 *		SELECT ...;                        queries that must each return true
 */
#ifndef HH_MIGRATION_FILE_H
#define HH_MIGRATION_FILE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The advisory lock that every deployment holds, in the database it deploys:
 * session-level in hh-migrate, transaction-level in hh.deploy().  The bytes
 * spell "hhmigrat".
 */
#define HH_DEPLOY_LOCK_KEY 0x68686d6967726174LL

/* Not terminated by a NUL; valid as long as the text it points into. */
typedef struct TextSlice
{
	const char *data;
	size_t length;
} TextSlice;

typedef struct MigrationFile
{
	TextSlice version; /* "0002" of 0002_search.sql */
	TextSlice name;	   /* "search" */
	bool repeatable;
	bool no_transaction;		  /* statement by statement, not in one transaction */
	TextSlice requires_extension; /* empty where the file names no version */
	TextSlice vars;				  /* names, separated by blanks */
	TextSlice lock_timeout;		  /* as PostgreSQL writes it, "5s"; empty where not said */
	TextSlice statement_timeout;
	TextSlice head; /* the lines that directives stand in */
	TextSlice change;
	TextSlice revert; /* empty where the file has no such part */
	TextSlice verify;
	int error_line; /* where the file is not well-formed; 0 if in its name */
} MigrationFile;

/*
 * Reads a file's name (without folders) and text into *file, whose members
 * point into both.  Returns false and sets *error to a constant message, fit
 * to follow the file's name and a colon, where the file is not well-formed.
 */
extern bool migration_file_parse(const char *file_name, const char *text, size_t length,
								 MigrationFile *file, const char **error);

/* Reads a file's name alone into version and name; false where it is no migration's. */
extern bool migration_file_parse_name(const char *file_name, MigrationFile *file);

/* Lower-case letters, digits and underscores: what may stand in a file's name. */
extern bool migration_name_is_valid(const char *name);

/* Letters, digits and underscores, not beginning with a digit: [1:2] is a slice. */
extern bool variable_name_is_valid(const char *name, size_t length);

/*
 * Takes the next declared variable's name off *rest, which begins as the file's
 * vars; false where there is none left.
 */
extern bool migration_file_next_variable(TextSlice *rest, TextSlice *name);

/* Whether the file declares the variable in "-- hh: vars". */
extern bool migration_file_declares(const MigrationFile *file, const char *name, size_t length);

/* A rule of "hh-migrate trace" that the file may break, and why. */
typedef struct Allowance
{
	TextSlice rule;
	TextSlice reason;
} Allowance;

/* Takes the next "-- hh: allow" off *rest, which begins as the file's head; false at its end. */
extern bool migration_file_next_allowance(TextSlice *rest, Allowance *allowance);

/* Compares versions such as 1.0 and 1.0.1 number by number: < 0, 0 or > 0. */
extern int version_compare(TextSlice a, TextSlice b);

/* A migration compiled in by embed.sh.  The text is terminated by a NUL. */
typedef struct BundledMigration
{
	const char *file_name;
	const char *text;
	size_t length;
} BundledMigration;

/* Ordered by file name; ends with an entry whose file_name is NULL. */
extern const BundledMigration bundled_migrations[];

#endif /* HH_MIGRATION_FILE_H */
