/* Reading migrations, and splitting them at once or later. */
#include "postgres_fe.h"

#include "migration_set.h"
#include "tap.h"

static const char whole[] =
	"SELECT 1;\nSELECT 2;\n-- hh: revert\nSELECT 3;\n-- hh: verify\nSELECT true;\n";
static const char open_quote[] = "SELECT 'open;\n";

static void
test_at_once(void)
{
	MigrationSet set = {0};

	ok(migration_set_append(&set, "d/1000_a.sql", whole, strlen(whole)), "a file is read");
	is_int(set.items[0].change.count, 2, "and split: its change");
	is_int(set.items[0].revert.count, 1, "its revert part");
	is_int(set.items[0].verify.count, 1, "its verify part");
	ok(migration_split(&set.items[0]), "splitting again");
	is_int(set.items[0].change.count, 2, "adds nothing");
	ok(!migration_set_append(&set, "d/1001_b.sql", open_quote, strlen(open_quote)),
	   "what can't be split is refused");
	migration_set_free(&set);
}

static void
test_later(void)
{
	MigrationSet set = {.split_later = true};

	ok(migration_set_append(&set, "d/1000_a.sql", whole, strlen(whole)) &&
		   migration_set_append(&set, "d/1001_b.sql", open_quote, strlen(open_quote)),
	   "files are read without being split");
	is_int(set.items[0].change.count, 0, "there are no statements yet");
	is_int((int) strlen(set.items[0].checksum), CHECKSUM_SIZE - 1, "the checksum is there");
	ok(migration_split(&set.items[0]), "one is split");
	is_int(set.items[0].change.count, 2, "its statements are there");
	ok(!migration_split(&set.items[1]), "the other can't be split");
	migration_set_free(&set);
}

int
main(void)
{
	test_at_once();
	test_later();
	return tap_done();
}
