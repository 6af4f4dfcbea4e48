/*
 * deploy_lock.c
 *		One deployment at a time in a database.
 */
#include "postgres_fe.h"

#include <time.h>

#include "common/logging.h"

#include "deploy_lock.h"
#include "migration_file.h"
#include "queries.h"

#define FIRST_PAUSE_MS	 50
#define LONGEST_PAUSE_MS 1000
#define REPORT_EVERY_MS	 10000

static int64
now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64) now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool
try_lock(Database *database, const char *key, bool *taken)
{
	Result *result = database_query(database, query_try_deploy_lock, PARAMS(key));

	if (result == NULL)
		return false;
	*taken = result_is_true(result, 0, 0);
	result_free(result);
	return true;
}

/* Says who holds the lock; says nothing where it has just been released. */
static bool
report_holder(Database *database, const char *key, enum pg_log_level level)
{
	Result *holder = database_query(database, query_lock_holder, PARAMS(key));

	if (holder == NULL)
		return false;
	if (result_rows(holder) > 0)
	{
		if (level == PG_LOG_INFO)
			pg_log_info("waiting for another deployment of this database");
		pg_log_generic(level, PG_LOG_DETAIL, "It is held by pid %s (%s).",
					   result_value(holder, 0, 0), result_value(holder, 0, 1));
	}
	result_free(holder);
	return true;
}

static bool
give_up(Database *database, const char *key, int wait_seconds)
{
	pg_log_error("another deployment of this database did not end within %d seconds", wait_seconds);
	report_holder(database, key, PG_LOG_ERROR);
	pg_log_error_hint("Wait longer with --lock-wait, or look at what that session does.");
	return false;
}

bool
deploy_lock_take(Database *database, int wait_seconds)
{
	char key[32];
	int64 start = now_ms();
	int64 next_report = start;
	int pause = FIRST_PAUSE_MS;
	bool taken = false;

	snprintf(key, sizeof(key), "%lld", (long long) HH_DEPLOY_LOCK_KEY);
	for (;;)
	{
		int64 now;

		if (!try_lock(database, key, &taken))
			return false;
		if (taken)
			return true;
		now = now_ms();
		if (now - start >= (int64) wait_seconds * 1000)
			return give_up(database, key, wait_seconds);
		if (now >= next_report)
		{
			if (!report_holder(database, key, PG_LOG_INFO))
				return false;
			next_report = now + REPORT_EVERY_MS;
		}
		pg_usleep(pause * 1000L);
		if (database_cancelled())
		{
			pg_log_error("canceled while waiting for another deployment");
			return false;
		}
		pause = Min(pause * 2, LONGEST_PAUSE_MS);
	}
}

void
deploy_lock_release(Database *database)
{
	char key[32];

	if (!database_is_connected(database))
		return;
	snprintf(key, sizeof(key), "%lld", (long long) HH_DEPLOY_LOCK_KEY);
	result_free(database_query(database, query_release_deploy_lock, PARAMS(key)));
}
