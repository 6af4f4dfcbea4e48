/*
 * policy_json.h
 *		A policy as the arrays of objects that queries/policy_add_*.sql take.
 */
#ifndef HH_POLICY_JSON_H
#define HH_POLICY_JSON_H

#include "policy.h"

/* The caller frees them. */
extern char *policy_roles_as_json(const Policy *policy);
extern char *policy_entries_as_json(const Policy *policy);
extern char *policy_services_as_json(const Policy *policy);

#endif /* HH_POLICY_JSON_H */
