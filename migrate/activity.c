/*
 * activity.c
 *		What the server does for a backend of ours, and who is in its way.
 */
#include "postgres_fe.h"

#include "pqexpbuffer.h"

#include "activity.h"
#include "one_line.h"
#include "queries.h"

#define ANSWER_WITHIN_MS 1000
#define QUERY_COLUMNS	 80

/* The columns of queries/activity.sql. */
enum
{
	ACTIVITY_PID,
	ACTIVITY_USER,
	ACTIVITY_APPLICATION,
	ACTIVITY_STATE,
	ACTIVITY_SECONDS,
	ACTIVITY_QUERY,
	ACTIVITY_PHASE,
	ACTIVITY_DONE,
	ACTIVITY_TOTAL
};

/* What it does, where that is shown. */
static char *
occupation_in_words(const Blocker *blocker)
{
	char *query;
	char *words;

	if (blocker->state == NULL || blocker->seconds == NULL)
		return pg_strdup("its query is hidden from this role");
	query = one_line(blocker->query ? blocker->query : "", QUERY_COLUMNS);
	if (strcmp(blocker->state, "active") == 0)
		words = psprintf("its query running for %s s: %s", blocker->seconds, query);
	else
		words = psprintf("%s, its last query begun %s s ago: %s", blocker->state, blocker->seconds,
						 query);
	pg_free(query);
	return words;
}

char *
blocker_in_words(const Blocker *blocker)
{
	char *occupation;
	char *words;
	char *line;

	if (strcmp(blocker->pid, "0") == 0)
		return pg_strdup("a prepared transaction");
	if (blocker->user == NULL && blocker->state == NULL)
		return psprintf("pid %s", blocker->pid);
	occupation = occupation_in_words(blocker);
	words = psprintf("pid %s (user %s, application \"%s\", %s)", blocker->pid,
					 blocker->user ? blocker->user : "unknown",
					 blocker->application ? blocker->application : "", occupation);
	line = one_line(words, -1);
	pg_free(words);
	pg_free(occupation);
	return line;
}

int
percent_done(const char *done, const char *total)
{
	double part = done ? strtod(done, NULL) : 0;
	double whole = total ? strtod(total, NULL) : 0;

	if (whole <= 0 || part < 0 || part > whole)
		return -1;
	return (int) (100 * part / whole);
}

/* One row is the index build's, which has a phase; the others are sessions in the way. */
static void
read_row(Activity *activity, PQExpBuffer blockers, const Result *rows, int row)
{
	Blocker blocker = {.pid = result_value(rows, row, ACTIVITY_PID),
					   .user = result_value(rows, row, ACTIVITY_USER),
					   .application = result_value(rows, row, ACTIVITY_APPLICATION),
					   .state = result_value(rows, row, ACTIVITY_STATE),
					   .seconds = result_value(rows, row, ACTIVITY_SECONDS),
					   .query = result_value(rows, row, ACTIVITY_QUERY)};
	const char *phase = result_value(rows, row, ACTIVITY_PHASE);

	if (phase)
	{
		activity->phase = one_line(phase, -1);
		activity->percent = percent_done(result_value(rows, row, ACTIVITY_DONE),
										 result_value(rows, row, ACTIVITY_TOTAL));
	}
	else if (blocker.pid)
	{
		char *words = blocker_in_words(&blocker);

		appendPQExpBuffer(blockers, "%s%s", blockers->len > 0 ? ", " : "", words);
		pg_free(words);
	}
}

bool
activity_ask(Activity *activity, Database *beside, int pid)
{
	char *pid_text = psprintf("%d", pid);
	Result *rows = database_run_within(beside, ANSWER_WITHIN_MS, query_activity, PARAMS(pid_text));
	PQExpBuffer blockers = createPQExpBuffer();
	bool answered = rows != NULL;

	for (int row = 0; answered && row < result_rows(rows); row++)
		read_row(activity, blockers, rows, row);
	if (blockers->len > 0)
		activity->blockers = pg_strdup(blockers->data);
	destroyPQExpBuffer(blockers);
	result_free(rows);
	pg_free(pid_text);
	return answered;
}

void
activity_free(Activity *activity)
{
	pg_free(activity->blockers);
	pg_free(activity->phase);
	memset(activity, 0, sizeof(*activity));
}
