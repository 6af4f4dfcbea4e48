/*
 * refusal.h
 *		What the connected role is not allowed to bring about, and who is.
 */
#ifndef HH_REFUSAL_H
#define HH_REFUSAL_H

#include "remedy.h"
#include "role_plan.h"

/* Logs why a statement about roles failed, with all that are needed. */
extern void refusal_log_role(const Database *database, const RoleChangeList *roles, int failed,
							 const ServerError *error);

/* The statement that failed last and the server's words, as a detail of what was logged. */
extern void refusal_log_statement(const char *statement, const char *message);

/* Logs what is left of owners and privileges, an error each. */
extern void refusal_log_remedies(const RemedyList *remedies, const Policy *policy);

#endif /* HH_REFUSAL_H */
