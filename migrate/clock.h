/*
 * clock.h
 *		How long something takes.
 */
#ifndef HH_CLOCK_H
#define HH_CLOCK_H

#include <time.h>

/* Milliseconds since some moment, whatever the time of day is set to. */
static inline int64
clock_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64) now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

#endif /* HH_CLOCK_H */
