/*
 * option_value.h
 *		What an option's or a variable's value is read as.
 */
#ifndef HH_OPTION_VALUE_H
#define HH_OPTION_VALUE_H

/* Each logs and returns false where a value is none.  source: the option's or variable's name. */
extern bool option_number(const char *source, const char *value, int least, int most, int *number);

/* A number of seconds, with an "s" behind it or without, or of minutes with an "m". */
extern bool option_seconds(const char *source, const char *value, int *seconds);

#endif /* HH_OPTION_VALUE_H */
