/*
 * migration_template.h
 *		A new migration: its version, and a text that teaches.
 */
#ifndef HH_MIGRATION_TEMPLATE_H
#define HH_MIGRATION_TEMPLATE_H

#include <stdbool.h>
#include <time.h>

#define LONGEST_VERSION 18

/*
 * The version behind the last one of a directory ("" if it has none): the next
 * number where the directory counts, else the time in UTC, in 14 digits.  False
 * where there is none left.
 */
extern bool migration_next_version(const char *last, time_t now, char version[LONGEST_VERSION + 1]);

/* The caller frees it. */
extern char *migration_template_text(const char *name);

#endif /* HH_MIGRATION_TEMPLATE_H */
