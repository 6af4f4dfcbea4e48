/*
 * outside.h
 *		Sends a statement that runs outside of a transaction.
 */
#ifndef HH_OUTSIDE_H
#define HH_OUTSIDE_H

#include "attempt.h"

/*
 * Sends the text alone in its message, in the owner's name, under the timeouts that
 * the file says; number is the migration's statement, from 0, that it is sent for.
 * Logs and remembers what went wrong.
 */
extern bool outside_run(Attempt *attempt, int number, const char *text);

#endif /* HH_OUTSIDE_H */
