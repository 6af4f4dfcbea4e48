/*
 * policy_file.h
 *		The policy that a command works with: the bundled one, or a file's.
 */
#ifndef HH_POLICY_FILE_H
#define HH_POLICY_FILE_H

#include "options.h"
#include "policy.h"

/* The text of migrate/policy. */
extern const char bundled_policy[];

/* As --policy and --profile say.  Logs and returns false on failure. */
extern bool policy_file_load(Policy *policy, const Options *options);

/* Where it is from, for people: the file that --policy names, or "bundled". */
extern const char *policy_file_origin(const Options *options);

#endif /* HH_POLICY_FILE_H */
