/*
 * pooler.c
 *		Whether the connection is one session of the server's.
 *
 * Behind a pooler in transaction mode, the lock would be taken in one session,
 * the settings made in a second, and the migrations run in a third.  Such a
 * pooler may well give us the same session again and again while nobody else
 * is there, so that we are somebody else, too: a second connection takes the
 * session that we just used, or keeps us from getting it again.
 */
#include "postgres_fe.h"

#include "common/logging.h"

#include "pooler.h"
#include "queries.h"

#define ANSWER_WITHIN_MS	3000
#define LOOKS				3
#define TRIES_UNDER_TIMEOUT 20

/* 0 where there is no answer. */
static int
backend_pid(Database *database, int milliseconds)
{
	Result *row = database_run_within(database, milliseconds, query_backend_pid, NO_PARAMS);
	int pid = row ? atoi(result_value(row, 0, 0)) : 0;

	result_free(row);
	return pid;
}

/* Waits as long as it takes; a role's statement_timeout of a millisecond may strike by chance. */
static int
own_backend_pid(Database *database)
{
	int pid = 0;

	for (int tries = 0; pid == 0 && tries < TRIES_UNDER_TIMEOUT; tries++)
		pid = backend_pid(database, -1);
	return pid;
}

void
pooler_log_refusal(const char *detail)
{
	pg_log_error("the connection goes through a pooler that shares the server's sessions");
	if (detail)
		pg_log_error_detail("%s", detail);
	pg_log_error_hint("hh-migrate needs one session from beginning to end, for its lock, settings "
					  "and migrations: connect to the server itself, or to a pool in session mode "
					  "(PgBouncer: pool_mode=session).");
}

/* Whether the second connection is given the session that the first one has used. */
static bool
is_given_away(Database *beside, int pid)
{
	bool given;
	Result *begun;

	if (backend_pid(beside, ANSWER_WITHIN_MS) == pid)
		return true;
	begun = database_run_within(beside, ANSWER_WITHIN_MS, "BEGIN", NO_PARAMS);
	given = begun != NULL && backend_pid(beside, ANSWER_WITHIN_MS) == pid;
	result_free(begun);
	return given;
}

/* Whether the first connection is in another session by now. */
static bool
has_moved(Database *database, int pid)
{
	for (int i = 0; i < LOOKS; i++)
	{
		int now = own_backend_pid(database);

		if (now != 0 && now != pid)
			return true;
	}
	return false;
}

bool
pooler_check(Database *database)
{
	int pid = own_backend_pid(database);
	Database *beside;
	bool shared;

	/* A pooler announces a pid of its own making, in session mode too. */
	if (pid == 0 || pid == database_announced_pid(database))
		return true;
	beside = database_connect_beside(database);
	shared = has_moved(database, pid) ||
			 (beside != NULL && (is_given_away(beside, pid) || has_moved(database, pid)));
	database_close(beside);
	if (shared)
		pooler_log_refusal("Another session than the one that was announced answered, and it was "
						   "not for this connection alone.");
	return !shared;
}
