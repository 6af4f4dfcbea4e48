/*
 * policy_parser.h
 *		The statements of a policy's text.
 */
#ifndef HH_POLICY_PARSER_H
#define HH_POLICY_PARSER_H

#include "policy.h"

/* Adds what the text says, of all profiles.  It is borrowed. */
extern bool policy_parse(Policy *policy, const char *text, PolicyError *error);

#endif /* HH_POLICY_PARSER_H */
