/*
 * migration_set.h
 *		The migrations that this program knows, as plain records.
 */
#ifndef HH_MIGRATION_SET_H
#define HH_MIGRATION_SET_H

#include "checksum.h"
#include "migration_file.h"
#include "statement.h"

typedef struct Migration
{
	const char *file_name;
	char *label; /* "0002_search", for messages */
	char *version;
	char *name;
	char *text; /* normalised; file and the statements point into it */
	size_t length;
	char *requires_extension; /* NULL where the file names none */
	MigrationFile file;
	char checksum[CHECKSUM_SIZE];
	StatementList change;
	StatementList verify;
} Migration;

/* Ordered by version. */
typedef struct MigrationSet
{
	Migration *items;
	int count;
} MigrationSet;

/*
 * Reads records that end with one whose file_name is NULL, such as
 * bundled_migrations.  Logs what is wrong with a file and returns false.
 */
extern bool migration_set_read(MigrationSet *set, const BundledMigration *files);
extern void migration_set_free(MigrationSet *set);

/* The migration of that version, or NULL. */
extern const Migration *migration_set_find(const MigrationSet *set, const char *version);

#endif /* HH_MIGRATION_SET_H */
