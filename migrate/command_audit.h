/*
 * command_audit.h
 *		"hh-migrate audit": roles and privileges held against the policy.
 */
#ifndef HH_COMMAND_AUDIT_H
#define HH_COMMAND_AUDIT_H

#include "options.h"

extern int command_audit(const Options *options);

#endif /* HH_COMMAND_AUDIT_H */
