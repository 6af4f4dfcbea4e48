/*
 * recovery.h
 *		What stands of a statement that runs outside of a transaction, by the catalogs.
 */
#ifndef HH_RECOVERY_H
#define HH_RECOVERY_H

#include "session.h"
#include "statement_form.h"
#include "step_log.h"

typedef enum FindingKind
{
	FINDING_RUN,	/* nothing of it stands, or nothing that is in the way: send it */
	FINDING_CLEAR,	/* send what clears its leavings away, then the statement */
	FINDING_FINISH, /* send what brings it to its end, in its place */
	FINDING_DONE,	/* it stands */
	FINDING_STOP	/* it stands differently, or nobody can know: a human must say */
} FindingKind;

/* Zero-initialised it is empty.  To be freed with finding_free(). */
typedef struct Finding
{
	FindingKind kind;
	char *text; /* what was found, a sentence without a period; NULL where there is nothing */
	char **statements; /* for FINDING_CLEAR and FINDING_FINISH */
	int count;
} Finding;

/*
 * Looks at what is there, before the step's statement is sent: for the first time, or
 * again after it failed or nobody knows how it ended.  Fills in *error on failure.
 */
extern bool recovery_look(const Session *session, const Step *step, Finding *finding,
						  ServerError *error);
extern void finding_free(Finding *finding);

#endif /* HH_RECOVERY_H */
