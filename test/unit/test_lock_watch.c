/* When a migration is tried again. */
#include "postgres_fe.h"

#include "lock_watch.h"
#include "tap.h"

int
main(void)
{
	ServerError timeout = {.sqlstate = "55P03"};
	ServerError deadlock = {.sqlstate = "40P01"};
	ServerError canceled = {.sqlstate = "57014"};
	ServerError lost = {0};
	int different = 0;

	ok(lock_is_missing(&timeout) && lock_is_missing(&deadlock), "a lock is missing");
	ok(!lock_is_missing(&canceled) && !lock_is_missing(&lost), "something else went wrong");
	for (int retry = 1; retry <= 1000; retry = retry < 10 ? retry + 1 : retry * 10)
	{
		int longest = retry < 7 ? 200 << (retry - 1) : 10000;
		char what[64];
		int pause = lock_retry_pause_ms(retry);

		snprintf(what, sizeof(what), "the pause before try %d: %d ms", retry, pause);
		ok(pause >= longest / 2 && pause <= longest, what);
	}
	for (int i = 0; i < 100; i++)
		different += lock_retry_pause_ms(9) != lock_retry_pause_ms(9);
	ok(different > 50, "pauses differ, so that two who met once don't meet again");
	return tap_done();
}
