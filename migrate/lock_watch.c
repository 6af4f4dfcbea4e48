/*
 * lock_watch.c
 *		Who is in the way of a migration, and when to try it again.
 */
#include "postgres_fe.h"

#include "common/pg_prng.h"
#include "pqexpbuffer.h"

#include "lock_watch.h"
#include "queries.h"

#define ANSWER_WITHIN_MS 1000
#define FIRST_PAUSE_MS	 200
#define LONGEST_PAUSE_MS 10000

/* The second connection, or NULL where there can be none: it is asked for once. */
static Database *
second_connection(LockWatch *watch)
{
	if (watch->beside == NULL && !watch->is_blind)
	{
		watch->beside = database_connect_beside(watch->database);
		watch->is_blind = watch->beside == NULL;
	}
	return watch->beside;
}

static void
remember_blockers(LockWatch *watch, const Result *rows)
{
	PQExpBuffer text = createPQExpBuffer();

	for (int row = 0; row < result_rows(rows); row++)
		appendPQExpBuffer(text, "%s%s", row > 0 ? ", " : "", result_value(rows, row, 0));
	lock_watch_reset(watch);
	watch->blockers = pg_strdup(text->data);
	destroyPQExpBuffer(text);
}

static void
look(void *argument)
{
	LockWatch *watch = argument;
	Database *beside = second_connection(watch);
	char pid[16];
	Result *rows;

	if (beside == NULL)
		return;
	snprintf(pid, sizeof(pid), "%d", watch->pid);
	rows = database_run_within(beside, ANSWER_WITHIN_MS, query_lock_blockers, PARAMS(pid));
	if (rows == NULL)
	{
		watch->is_blind = true;
		database_close(watch->beside);
		watch->beside = NULL;
	}
	else if (result_rows(rows) > 0)
		remember_blockers(watch, rows);
	result_free(rows);
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
