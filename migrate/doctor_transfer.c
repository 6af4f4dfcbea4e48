/*
 * doctor_transfer.c
 *		An examination as bytes for a pipe, and back: pure.
 *
 * Fields end with a zero byte; the first character of each tells null from text.
 */
#include "postgres_fe.h"

#include <limits.h>

#include "doctor_transfer.h"

#define IS_NULL 'n'
#define IS_TEXT 't'

/* What comes at the end, by which it is known to be whole. */
#define LAST_FIELD "end"

static void
write_field(PQExpBuffer text, const char *field)
{
	appendPQExpBufferChar(text, field ? IS_TEXT : IS_NULL);
	appendPQExpBufferStr(text, field ? field : "");
	appendPQExpBufferChar(text, '\0');
}

static void
write_number(PQExpBuffer text, int number)
{
	char field[16];

	snprintf(field, sizeof(field), "%d", number);
	write_field(text, field);
}

void
doctor_transfer_write(PQExpBuffer text, const Examination *examination)
{
	for (int check = 0; check < CHECK_COUNT; check++)
	{
		write_number(text, (int) examination->outcomes[check]);
		write_field(text, examination->why[check]);
	}
	write_number(text, examination->observation_count);
	for (int i = 0; i < examination->observation_count; i++)
	{
		const Observation *observation = &examination->observations[i];

		write_number(text, (int) observation->check);
		write_field(text, observation->service);
		write_field(text, observation->role);
		write_field(text, observation->object);
		write_field(text, observation->detail);
		write_field(text, observation->remedy);
	}
	write_field(text, LAST_FIELD);
}

/* What is yet to be read. */
typedef struct Fields
{
	const char *at;
	const char *end;
	bool is_broken;
} Fields;

static const char *
read_field(Fields *fields)
{
	const char *field = fields->at;
	const char *zero = memchr(field, '\0', (size_t) (fields->end - field));

	if (zero == NULL || zero == field)
	{
		fields->is_broken = true;
		return NULL;
	}
	fields->at = zero + 1;
	return *field == IS_NULL ? NULL : field + 1;
}

/* At most the limit; 0 where there is none. */
static int
read_number(Fields *fields, int limit)
{
	const char *field = read_field(fields);
	int number = field ? atoi(field) : 0;

	if (number < 0 || number > limit)
		fields->is_broken = true;
	return fields->is_broken ? 0 : number;
}

static void
read_outcomes(Fields *fields, Examination *examination)
{
	for (int check = 0; check < CHECK_COUNT && !fields->is_broken; check++)
	{
		int outcome = read_number(fields, CHECK_IMPOSSIBLE);
		const char *why = read_field(fields);

		if (outcome == CHECK_IMPOSSIBLE)
			examination_impossible(examination, (DoctorCheckId) check, why);
		else if (outcome == CHECK_DONE)
			examination_done(examination, (DoctorCheckId) check);
	}
}

bool
doctor_transfer_read(const char *bytes, size_t length, Examination *examination)
{
	Fields fields = {.at = bytes, .end = bytes + length};
	const char *last;
	int count;

	read_outcomes(&fields, examination);
	count = read_number(&fields, INT_MAX);
	for (int i = 0; i < count && !fields.is_broken; i++)
	{
		Observation observation = {.check = (DoctorCheckId) read_number(&fields, CHECK_COUNT - 1)};

		observation.service = read_field(&fields);
		observation.role = read_field(&fields);
		observation.object = read_field(&fields);
		observation.detail = read_field(&fields);
		observation.remedy = read_field(&fields);
		if (!fields.is_broken)
			examination_observe(examination, observation);
	}
	last = read_field(&fields);
	return !fields.is_broken && last != NULL && strcmp(last, LAST_FIELD) == 0;
}
