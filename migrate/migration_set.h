/*
 * migration_set.h
 *		The migrations that this program knows, as plain records.
 */
#ifndef HH_MIGRATION_SET_H
#define HH_MIGRATION_SET_H

#include "checksum.h"
#include "migration_file.h"
#include "statement.h"

/* Below it versions are Headhunter's own; from it on they are a team's. */
#define FIRST_TEAM_VERSION 1000

typedef struct Migration
{
	char *file_name; /* with the folder that --dir names */
	char *label;	 /* "0002_search", for messages */
	char *version;
	char *name;
	char *text; /* normalised; file and the statements point into it */
	size_t length;
	char *requires_extension; /* NULL where the file names none */
	MigrationFile file;
	char checksum[CHECKSUM_SIZE];
	bool is_split; /* into the statements of its parts, which are empty before */
	StatementList change;
	StatementList revert;
	StatementList verify;
} Migration;

/* Ordered by version, as a number. */
typedef struct MigrationSet
{
	Migration *items;
	int count;
	int capacity;
	const char *directory; /* of a team's own; NULL without one */
} MigrationSet;

/*
 * Reads records that end with one whose file_name is NULL, such as
 * bundled_migrations.  Splits none.  Logs what is wrong with a file and returns false.
 */
extern bool migration_set_read(MigrationSet *set, const BundledMigration *files);
extern void migration_set_free(MigrationSet *set);

/* Adds one file, out of order: migration_set_sort() is to follow.  Copies both. */
extern bool migration_set_append(MigrationSet *set, const char *path, const char *text,
								 size_t length);

/* Makes room for so many more, where that is known. */
extern void migration_set_expect(MigrationSet *set, int count);

/*
 * Splits a migration's parts into statements, unless that is done.  It takes as long as to read the
 * file.  Logs and returns false where a part can't be split.
 */
extern bool migration_split(Migration *migration);
extern bool migration_set_split(MigrationSet *set);

/* Logs two migrations of the same version and returns false. */
extern bool migration_set_sort(MigrationSet *set);

/* The migration of that version, or NULL. */
extern const Migration *migration_set_find(const MigrationSet *set, const char *version);

/* The greatest version of Headhunter's own. */
extern const char *migration_set_last_own(const MigrationSet *set);

/* The order of application: < 0, 0 or > 0. */
extern int migration_version_compare(const char *a, const char *b);

/* Whether a version is a team's, and not one of Headhunter's own. */
extern bool migration_version_is_team(const char *version);

#endif /* HH_MIGRATION_SET_H */
