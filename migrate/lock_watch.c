/*
 * lock_watch.c
 *		Who is in the way of a migration, and when to try it again.
 */
#include "postgres_fe.h"

#include "common/pg_prng.h"

#include "activity.h"
#include "display.h"
#include "lock_watch.h"
#include "queries.h"

#define SET_UP_WITHIN_MS 1000
#define FIRST_PAUSE_MS	 200
#define LONGEST_PAUSE_MS 10000

/* The second connection is asked for once; without it, nothing is seen. */
static void
become_blind(LockWatch *watch)
{
	watch->is_blind = true;
	database_close(watch->beside);
	watch->beside = NULL;
}

/* Says there, too, that the client lives: a session whose client is killed works on. */
static void
open_beside(LockWatch *watch)
{
	char pid[16];
	Result *set = NULL;
	Result *given = NULL;

	snprintf(pid, sizeof(pid), "%d", watch->pid);
	watch->beside = database_connect_beside(watch->database);
	if (watch->beside)
		set = database_run_within(watch->beside, SET_UP_WITHIN_MS, query_set_up_watch, NO_PARAMS);
	if (set)
		given =
			database_run_within(watch->beside, SET_UP_WITHIN_MS, query_sign_of_life, PARAMS(pid));
	if (given == NULL)
		become_blind(watch);
	result_free(given);
	result_free(set);
}

static void
look(void *argument)
{
	LockWatch *watch = argument;
	Activity activity = {0};

	if (watch->beside == NULL && !watch->is_blind)
		open_beside(watch);
	if (watch->beside && !activity_ask(&activity, watch->beside, watch->pid))
		become_blind(watch);
	if (activity.blockers)
	{
		lock_watch_reset(watch);
		watch->blockers = pg_strdup(activity.blockers);
	}
	display_activity(&activity);
	activity_free(&activity);
}

bool
lock_watch_start(LockWatch *watch, Database *database)
{
	Result *row = database_query(database, query_backend_pid, NO_PARAMS);

	if (row == NULL)
		return false;
	watch->database = database;
	watch->pid = atoi(result_value(row, 0, 0));
	result_free(row);
	database_watch(database, look, watch);
	return true;
}

void
lock_watch_stop(LockWatch *watch)
{
	if (watch->database != NULL)
		database_watch(watch->database, NULL, NULL);
	database_close(watch->beside);
	lock_watch_reset(watch);
	memset(watch, 0, sizeof(*watch));
	display_end();
}

void
lock_watch_reset(LockWatch *watch)
{
	pg_free(watch->blockers);
	watch->blockers = NULL;
}

bool
lock_is_missing(const ServerError *error)
{
	return strcmp(error->sqlstate, "55P03") == 0 || strcmp(error->sqlstate, "40P01") == 0;
}

int
lock_retry_pause_ms(int retry)
{
	static pg_prng_state state;
	static bool seeded = false;
	int pause = FIRST_PAUSE_MS;

	if (!seeded)
		pg_prng_strong_seed(&state);
	seeded = true;
	while (--retry > 0 && pause < LONGEST_PAUSE_MS)
		pause *= 2;
	pause = Min(pause, LONGEST_PAUSE_MS);
	return pause / 2 + (int) (pg_prng_double(&state) * (pause / 2));
}
