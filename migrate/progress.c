/*
 * progress.c
 *		What is being done, in one line.
 */
#include "postgres_fe.h"

#include "pqexpbuffer.h"

#include "one_line.h"
#include "progress.h"

/* Which migration and statement it is, and since when. */
static void
append_place(PQExpBuffer line, const Progress *progress, bool in_short)
{
	if (progress->number > 0 && in_short)
		appendPQExpBuffer(line, "%d of %d: ", progress->number, progress->count);
	else if (progress->number > 0)
		appendPQExpBuffer(line, "migration %d of %d: ", progress->number, progress->count);
	appendPQExpBufferStr(line, progress->label);
	if (progress->statement > 0 && !in_short)
		appendPQExpBuffer(line, ", statement %d of %d", progress->statement,
						  progress->statement_count);
	appendPQExpBuffer(line, ", %d s", progress->seconds);
}

/* What the server says of it.  A phase that is through is none to give a percentage of. */
static void
append_activity(PQExpBuffer line, const Activity *activity)
{
	if (activity->phase)
	{
		appendPQExpBuffer(line, ", %s", activity->phase);
		if (activity->percent >= 0 && activity->percent < 100)
			appendPQExpBuffer(line, " %d%%", activity->percent);
	}
	if (activity->blockers)
		appendPQExpBuffer(line, ", in the way: %s", activity->blockers);
}

static char *
full_line(const Progress *progress, bool in_short)
{
	PQExpBuffer text = createPQExpBuffer();
	char *line;

	append_place(text, progress, in_short);
	if (progress->activity)
		append_activity(text, progress->activity);
	line = one_line(text->data, -1);
	destroyPQExpBuffer(text);
	return line;
}

char *
progress_line(const Progress *progress, int columns)
{
	char *full = full_line(progress, false);
	char *fit = one_line(full, columns);

	if (strcmp(fit, full) != 0)
	{
		pg_free(full);
		pg_free(fit);
		full = full_line(progress, true);
		fit = one_line(full, columns);
	}
	pg_free(full);
	return fit;
}
