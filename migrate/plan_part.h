/*
 * plan_part.h
 *		The parts of a deployment, as --only names them.
 */
#ifndef HH_PLAN_PART_H
#define HH_PLAN_PART_H

#include <stdbool.h>

enum
{
	PART_CODE = 1,
	PART_MIGRATIONS = 2,
	PART_POLICY = 4,
	PART_ROLES = 8,
	PART_PRIVILEGES = 16
};

/*
 * Whether a list of names, with commas between them, names parts alone: *parts is
 * then those, as flags.
 */
extern bool plan_parts_read(const char *list, int *parts);

/* Whether a part is to be carried out; only: flags, or 0 for all. */
static inline bool
plan_has_part(int only, int part)
{
	return only == 0 || (only & part) != 0;
}

/* Their names, as a message says them; the caller frees it. */
extern char *plan_parts_in_words(void);

#endif /* HH_PLAN_PART_H */
