/*
 * policy_check.h
 *		A policy's statements against each other.
 */
#ifndef HH_POLICY_CHECK_H
#define HH_POLICY_CHECK_H

#include "policy.h"

/* Of all profiles; also fills in what statements leave to the roles that they name. */
extern bool policy_check(Policy *policy, PolicyError *error);

#endif /* HH_POLICY_CHECK_H */
