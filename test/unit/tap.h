/*
 * tap.h
 *		Assertions that print TAP, for test programs of one file each.
 */
#ifndef HH_TAP_H
#define HH_TAP_H

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static int tap_count = 0;
static int tap_failures = 0;

static inline bool
ok(bool passed, const char *what)
{
	printf("%sok %d - %s\n", passed ? "" : "not ", ++tap_count, what);
	if (!passed)
		tap_failures++;
	return passed;
}

static inline void
is_int(long got, long expected, const char *what)
{
	if (!ok(got == expected, what))
		printf("# got %ld, expected %ld\n", got, expected);
}

static inline void
is_text(const char *got, const char *expected, const char *what)
{
	bool same = got && expected ? strcmp(got, expected) == 0 : got == expected;

	if (!ok(same, what))
		printf("# got:      %s\n# expected: %s\n", got ? got : "(null)",
			   expected ? expected : "(null)");
}

/* Ends the program: return tap_done(); */
static inline int
tap_done(void)
{
	printf("1..%d\n", tap_count);
	return tap_failures == 0 ? 0 : 1;
}

#endif /* HH_TAP_H */
