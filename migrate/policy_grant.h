/*
 * policy_grant.h
 *		The statements of a policy's text on privileges, owners and memberships.
 */
#ifndef HH_POLICY_GRANT_H
#define HH_POLICY_GRANT_H

#include "policy_reader.h"

/* Behind GRANT. */
extern bool policy_parse_grant(PolicyReader *reader);

/* Behind ALTER DEFAULT. */
extern bool policy_parse_default(PolicyReader *reader);

/* Behind ALTER: what is to belong to whom. */
extern bool policy_parse_owner(PolicyReader *reader);

#endif /* HH_POLICY_GRANT_H */
