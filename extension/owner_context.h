/*
 * owner_context.h
 *		Working as the deployment's owner, with no way back for the owner's code.
 */
#ifndef HH_OWNER_CONTEXT_H
#define HH_OWNER_CONTEXT_H

/*
 * Calls work(argument) as the owner in a security-restricted operation: triggers,
 * functions and views planted in the owner's schemas can neither RESET ROLE nor
 * leave a deferred trigger or a holdable cursor that would run with the caller's
 * rights at commit (CVE-2020-25695 was that).  Temporary tables can't be created
 * there.  Objects made are no members of an extension that is being created.
 * Settings that change what SQL text means are pinned, and those that the owner's
 * code leaves behind are undone.
 */
extern void RunAsOwner(Oid owner, void (*work)(void *), void *argument);

/*
 * Pins the settings alone, for the current user.  The caller ends it with
 * AtEOXact_GUC(false, level), or with the (sub)transaction's abort.
 */
extern int PinSettings(void);

#endif /* HH_OWNER_CONTEXT_H */
