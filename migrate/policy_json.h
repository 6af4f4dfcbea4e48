/*
 * policy_json.h
 *		A policy as the rows of its image in the database, each a JSON object.
 *
 * Byte by byte what row_to_json() makes of the row (queries/policy_roles.sql and the others), so that
 * an image can be held against a policy here.
 */
#ifndef HH_POLICY_JSON_H
#define HH_POLICY_JSON_H

#include "policy.h"

/* They add a row's object a time. */
extern void policy_json_roles(const Policy *policy, TextPool *rows);
extern void policy_json_entries(const Policy *policy, TextPool *rows);
extern void policy_json_services(const Policy *policy, TextPool *rows);

/* The rows as one array, as queries/policy_add_*.sql take them; the caller frees it. */
extern char *policy_json_array(const TextPool *rows);

#endif /* HH_POLICY_JSON_H */
