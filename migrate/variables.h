/*
 * variables.h
 *		The values of variables that migrations declare in "-- hh: vars".
 */
#ifndef HH_VARIABLES_H
#define HH_VARIABLES_H

#include "migration_set.h"
#include "statement.h"

/* Its value is the database's, never the caller's. */
#define DIMENSIONS_VARIABLE "embedding_dimensions"

/* Prefix of the environment's names. */
#define VARIABLE_ENVIRONMENT "HH_VAR_"

/* Owns its strings. */
typedef struct VariableList
{
	Variable *items;
	int count;
} VariableList;

/* Sets a variable, or gives it another value.  value: NULL for none. */
extern void variables_set(VariableList *list, const char *name, size_t name_length,
						  const char *value);

/* Sets what --set says, NAME=VALUE; logs what is wrong with it and returns false. */
extern bool variables_set_assignment(VariableList *list, const char *assignment);

/* The value, or NULL. */
extern const char *variables_find(const VariableList *list, const char *name);

/*
 * Copies what --set says into values, and adds what the environment says of the
 * variables that the migrations declare.  Logs a variable that none declares, or
 * a value that is not UTF-8, and returns false.
 */
extern bool variables_gather(VariableList *values, const VariableList *settings,
							 const MigrationSet *migrations);

/* What one migration declares, with values or without: of the migration's own list. */
extern VariableList variables_of(const Migration *migration, const VariableList *values);

/* A JSON object of strings; the caller frees it. */
extern char *variables_as_json(const VariableList *list);

/* Reads NAME=HEX NAME=HEX ..., as queries/ledger_rows.sql writes it; NULL is none. */
extern bool variables_decode(VariableList *list, const char *encoded);

extern void variables_free(VariableList *list);

#endif /* HH_VARIABLES_H */
