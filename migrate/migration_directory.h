/*
 * migration_directory.h
 *		A team's own migrations: the files NNNN_name.sql of a directory.
 */
#ifndef HH_MIGRATION_DIRECTORY_H
#define HH_MIGRATION_DIRECTORY_H

#include "migration_set.h"

/*
 * Adds the directory's files to the set, which keeps its order.  Names that begin
 * with a dot or don't end in .sql are passed over.  Logs what is wrong with the
 * directory or a file and returns false.
 */
extern bool migration_directory_read(MigrationSet *set, const char *directory);

/*
 * Reads the directory's names alone: *last is the greatest version ("" without
 * one), *namesake the file of a migration called name, or NULL.  The caller frees
 * both.  Logs what is wrong with the directory and returns false.
 */
extern bool migration_directory_look(const char *directory, const char *name, char **last,
									 char **namesake);

#endif /* HH_MIGRATION_DIRECTORY_H */
