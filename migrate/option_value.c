/*
 * option_value.c
 *		What an option's or a variable's value is read as.
 */
#include "postgres_fe.h"

#include <errno.h>

#include "common/logging.h"

#include "option_value.h"

#define LONGEST_TIME 86400

bool
option_number(const char *source, const char *value, int least, int most, int *number)
{
	char *end;
	long parsed;

	errno = 0;
	parsed = strtol(value, &end, 10);
	if (errno != 0 || end == value || *end != '\0' || parsed < least || parsed > most)
	{
		pg_log_error("invalid value \"%s\" for %s", value, source);
		pg_log_error_hint("It must be a whole number from %d to %d.", least, most);
		return false;
	}
	*number = (int) parsed;
	return true;
}

bool
option_seconds(const char *source, const char *value, int *seconds)
{
	char *end;
	long number = strtol(value, &end, 10);
	long factor = strcmp(end, "m") == 0 ? 60 : 1;

	if (end == value || number < 1 || number > LONGEST_TIME / factor ||
		(*end != '\0' && strcmp(end, "s") != 0 && strcmp(end, "m") != 0))
	{
		pg_log_error("invalid value \"%s\" for %s", value, source);
		pg_log_error_hint("It must be a time like 120, 120s or 2m, at most a day.");
		return false;
	}
	*seconds = (int) (number * factor);
	return true;
}
