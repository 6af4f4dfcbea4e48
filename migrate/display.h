/*
 * display.h
 *		Shows on standard error what is being done while it takes its time: on a
 *		terminal one live line, elsewhere a line every ten seconds.
 *
 * There is one standard error, so what stands on it is this module's own state.
 * Logging takes the live line away first; whatever else is printed calls
 * display_clear() before.
 */
#ifndef HH_DISPLAY_H
#define HH_DISPLAY_H

#include <stdbool.h>

#include "activity.h"

/* Nothing is shown before this is called, nor where quiet is said. */
extern void display_start(bool quiet);

/* What is begun: a migration, from 1, of several, or anything else.  The label is copied. */
extern void display_migration(int number, int count, const char *label);
extern void display_task(const char *label);

/* The statement that is begun, from 1. */
extern void display_statement(int number, int count);

/* Called again and again while it runs.  What is known of it; copied from. */
extern void display_activity(const Activity *activity);

/* Whether there is a live line, and a text for it in place of what is being done. */
extern bool display_is_live(void);
extern void display_line(const char *text);

/* Takes the live line away; it comes back with what comes next. */
extern void display_clear(void);

/* What was begun has ended: the live line goes, and nothing more is shown of it. */
extern void display_end(void);

#endif /* HH_DISPLAY_H */
