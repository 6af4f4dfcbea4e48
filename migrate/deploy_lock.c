/*
 * deploy_lock.c
 *		One deployment at a time in a database.
 */
#include "postgres_fe.h"

#include "common/logging.h"

#include "clock.h"
#include "deploy_lock.h"
#include "display.h"
#include "migration_file.h"
#include "one_line.h"
#include "queries.h"

#define FIRST_PAUSE_MS	 50
#define LONGEST_PAUSE_MS 1000
#define REPORT_EVERY_MS	 10000
#define QUERY_COLUMNS	 80

/* The columns of queries/lock_holder.sql. */
enum
{
	HOLDER_PID,
	HOLDER_SESSION,
	HOLDER_IS_ORPHAN,
	HOLDER_QUERY
};

typedef struct Wait
{
	Database *database;
	bool end_orphan;
	char key[32];
	int64 began;
	int64 next_report;
} Wait;

static bool
try_lock(const Wait *wait, bool *taken)
{
	Result *result = database_query(wait->database, query_try_deploy_lock, PARAMS(wait->key));

	if (result == NULL)
		return false;
	*taken = result_is_true(result, 0, 0);
	result_free(result);
	return true;
}

static Result *
find_holder(const Wait *wait)
{
	return database_query(wait->database, query_lock_holder, PARAMS(wait->key));
}

/* What an orphan works on; the caller frees it. */
static char *
orphan_query(const Result *holder)
{
	const char *query = result_value(holder, 0, HOLDER_QUERY);

	return one_line(query ? query : "", QUERY_COLUMNS);
}

/* Says who holds the lock; says nothing where it has just been released. */
static bool
report_holder(const Wait *wait, enum pg_log_level level)
{
	Result *holder = find_holder(wait);

	if (holder == NULL)
		return false;
	if (result_rows(holder) > 0)
	{
		bool is_orphan = result_is_true(holder, 0, HOLDER_IS_ORPHAN);

		if (level == PG_LOG_INFO)
			pg_log_info("waiting for another deployment of this database");
		pg_log_generic(level, PG_LOG_DETAIL, "It is held by pid %s (%s).",
					   result_value(holder, 0, HOLDER_PID),
					   result_value(holder, 0, HOLDER_SESSION));
		if (is_orphan)
		{
			char *query = orphan_query(holder);

			pg_log_generic(level, PG_LOG_DETAIL, "Its client is gone, and it works on: %s", query);
			pg_free(query);
		}
		if (is_orphan && !wait->end_orphan)
			pg_log_generic(level, PG_LOG_HINT, "--end-orphan ends it.");
	}
	result_free(holder);
	return true;
}

/* The same on the terminal's live line. */
static bool
show_holder(const Wait *wait, int64 now)
{
	Result *holder = find_holder(wait);

	if (holder == NULL)
		return false;
	if (result_rows(holder) > 0)
	{
		char *line = psprintf(
			"waiting for another deployment of this database, %d s: it is held by pid %s (%s)%s",
			(int) ((now - wait->began) / 1000), result_value(holder, 0, HOLDER_PID),
			result_value(holder, 0, HOLDER_SESSION),
			result_is_true(holder, 0, HOLDER_IS_ORPHAN)
				? ", whose client is gone (--end-orphan ends it)"
				: "");

		display_line(line);
		pg_free(line);
	}
	result_free(holder);
	return true;
}

static bool
tell(Wait *wait, int64 now)
{
	if (display_is_live())
		return show_holder(wait, now);
	if (now < wait->next_report)
		return true;
	wait->next_report = now + REPORT_EVERY_MS;
	return report_holder(wait, PG_LOG_INFO);
}

/* Ends the holder if its client is gone; false on an error, such as of rights. */
static bool
end_orphan(const Wait *wait)
{
	Result *holder = find_holder(wait);
	Result *ended = NULL;
	bool is_orphan =
		holder && result_rows(holder) > 0 && result_is_true(holder, 0, HOLDER_IS_ORPHAN);
	bool done = holder != NULL;

	if (is_orphan)
	{
		const char *pid = result_value(holder, 0, HOLDER_PID);
		char *query = orphan_query(holder);

		pg_log_warning("ending pid %s, which works on though its client is gone", pid);
		pg_log_warning_detail("It is at: %s", query);
		pg_free(query);
		ended = database_query(wait->database, query_end_backend, PARAMS(pid));
		done = ended != NULL;
	}
	result_free(ended);
	result_free(holder);
	return done;
}

static bool
give_up(const Wait *wait, int seconds)
{
	pg_log_error("another deployment of this database did not end within %d seconds", seconds);
	report_holder(wait, PG_LOG_ERROR);
	pg_log_error_hint("Wait longer with --lock-wait, or look at what that session does.");
	return false;
}

static bool
poll_lock(Wait *wait, int seconds)
{
	int pause = FIRST_PAUSE_MS;
	bool taken = false;

	for (;;)
	{
		int64 now;

		if (!try_lock(wait, &taken))
			return false;
		if (taken)
			return true;
		now = clock_ms();
		if (now - wait->began >= (int64) seconds * 1000)
			return give_up(wait, seconds);
		if (!tell(wait, now) || (wait->end_orphan && !end_orphan(wait)))
			return false;
		pg_usleep(pause * 1000L);
		if (database_cancelled())
		{
			pg_log_error("canceled while waiting for another deployment");
			return false;
		}
		pause = Min(pause * 2, LONGEST_PAUSE_MS);
	}
}

bool
deploy_lock_take(Database *database, int wait_seconds, bool end_orphan)
{
	Wait wait = {.database = database, .end_orphan = end_orphan, .began = clock_ms()};
	bool taken;

	wait.next_report = wait.began;
	snprintf(wait.key, sizeof(wait.key), "%lld", (long long) HH_DEPLOY_LOCK_KEY);
	taken = poll_lock(&wait, wait_seconds);
	display_clear();
	return taken;
}

/* With the connection the lock is gone, too. */
void
deploy_lock_release(Database *database)
{
	char key[32];
	ServerError error = {0};

	snprintf(key, sizeof(key), "%lld", (long long) HH_DEPLOY_LOCK_KEY);
	result_free(database_run(database, query_release_deploy_lock, PARAMS(key), &error));
	if (error.message && database_is_connected(database))
		server_error_log(&error, NULL);
	server_error_free(&error);
}
