/* What is being done, in one line; and text from elsewhere, which must not command a terminal. */
#include "postgres_fe.h"

#include "one_line.h"
#include "progress.h"
#include "tap.h"

static void
is_line(const char *text, int columns, const char *expected, const char *what)
{
	char *got = one_line(text, columns);

	is_text(got, expected, what);
	pg_free(got);
}

static void
check_one_line(void)
{
	is_line("", -1, "", "nothing");
	is_line("a b", -1, "a b", "plain text");
	is_line(" a\r\n\t b\n", -1, "a b", "line feeds and blanks");
	is_line("a\x1b[31m\x07"
			"b\x7f",
			-1, "a [31m b", "control characters");
	is_line("a\xC2\x9B"
			"31mb",
			-1, "a 31mb", "control characters of the second kind");
	is_line("a\xE2\x80\xAE"
			"b\xE2\x81\xA6"
			"c",
			-1, "a b c", "what turns the direction of text");
	is_line("a\xFF"
			"b\xC3",
			-1, "a?b?", "bytes that are no UTF-8");
	is_line("\xF0\x9F\x98", -1, "???", "a character cut off");
	is_line("\xED\xA0\x80", -1, "???", "half of a surrogate pair");
	is_line("curr\u00EDculo", 8, "curr\u00ED...", "cut off between characters");
	is_line("curr\u00EDculo", 9, "curr\u00EDculo", "a character of two bytes in one column");
	is_line("\xE6\xBC\xA2\xE5\xAD\x97", 4, "\xE6\xBC\xA2\xE5\xAD\x97", "characters of two columns");
	is_line("\xE6\xBC\xA2\xE5\xAD\x97s", 4, "...", "... of which half is never left");
	is_line("abc", 3, "abc", "as long as there is room");
	is_line("abcd", 3, "...", "longer");
	is_line("abcd", 2, "..", "hardly any room");
	is_line("abcd", 0, "", "no room");
}

static void
is_progress(const Progress *progress, int columns, const char *expected, const char *what)
{
	char *got = progress_line(progress, columns);

	is_text(got, expected, what);
	pg_free(got);
}

static void
check_progress(void)
{
	Activity activity = {.percent = -1};
	Progress progress = {.label = "create extension vector"};

	is_progress(&progress, -1, "create extension vector, 0 s", "something that is no migration");
	progress = (Progress){.label = "1001_a",
						  .number = 2,
						  .count = 5,
						  .statement = 1,
						  .statement_count = 3,
						  .seconds = 75,
						  .activity = &activity};
	is_progress(&progress, -1, "migration 2 of 5: 1001_a, statement 1 of 3, 75 s", "a migration");
	activity.phase = pg_strdup("building index: scanning table");
	is_progress(&progress, -1,
				"migration 2 of 5: 1001_a, statement 1 of 3, 75 s, building index: scanning table",
				"a phase that can't be counted");
	activity.percent = 7;
	is_progress(&progress, 80, "2 of 5: 1001_a, 75 s, building index: scanning table 7%",
				"a narrower terminal");
	activity.percent = 100;
	is_progress(&progress, 58, "2 of 5: 1001_a, 75 s, building index: scanning table",
				"a phase that is through");
	activity.blockers = pg_strdup("pid 1 (...)");
	is_progress(&progress, -1,
				"migration 2 of 5: 1001_a, statement 1 of 3, 75 s, building index: scanning table, "
				"in the way: pid 1 (...)",
				"somebody in the way");
	is_progress(&progress, 20, "2 of 5: 1001_a, 7...", "hardly any room");
	activity_free(&activity);
}

static void
is_blocker(Blocker blocker, const char *expected, const char *what)
{
	char *got = blocker_in_words(&blocker);

	is_text(got, expected, what);
	pg_free(got);
}

static void
check_activity(void)
{
	is_blocker((Blocker){.pid = "0"}, "a prepared transaction", "a prepared transaction");
	is_blocker((Blocker){.pid = "7"}, "pid 7", "a session that has just ended");
	is_blocker((Blocker){.pid = "7", .user = "svc", .application = ""},
			   "pid 7 (user svc, application \"\", its query is hidden from this role)",
			   "a session that this role isn't shown");
	is_blocker((Blocker){.pid = "7",
						 .user = "svc",
						 .application = "app",
						 .state = "active",
						 .seconds = "12",
						 .query = "UPDATE\n\tt"},
			   "pid 7 (user svc, application \"app\", its query running for 12 s: UPDATE t)",
			   "a query");
	is_blocker((Blocker){.pid = "7",
						 .user = "s\nv",
						 .application = "app",
						 .state = "idle in transaction",
						 .seconds = "300",
						 .query = "SELECT 1"},
			   "pid 7 (user s v, application \"app\", idle in transaction, its last query begun "
			   "300 s ago: SELECT 1)",
			   "a transaction that does nothing");
	is_int(percent_done("45", "100"), 45, "percent");
	is_int(percent_done("999999", "1000000"), 99, "... is not rounded up");
	is_int(percent_done("0", "0"), -1, "... of nothing");
	is_int(percent_done(NULL, NULL), -1, "... of what isn't known");
	is_int(percent_done("101", "100"), -1, "... of an estimate that was too low");
}

int
main(void)
{
	check_one_line();
	check_progress();
	check_activity();
	return tap_done();
}
