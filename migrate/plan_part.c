/*
 * plan_part.c
 *		The parts of a deployment, as --only names them.
 */
#include "postgres_fe.h"

#include "pqexpbuffer.h"

#include "plan_part.h"

/* In the order in which "up" carries them out. */
static const struct
{
	const char *name;
	int flag;
} parts_table[] = {
	{"roles", PART_ROLES},			 {"code", PART_CODE},
	{"migrations", PART_MIGRATIONS}, {"policy", PART_POLICY},
	{"privileges", PART_PRIVILEGES},
};

/* 0 where there is no such part. */
static int
find_part(const char *name, size_t length)
{
	for (size_t i = 0; i < lengthof(parts_table); i++)
	{
		if (strlen(parts_table[i].name) == length &&
			strncmp(parts_table[i].name, name, length) == 0)
			return parts_table[i].flag;
	}
	return 0;
}

bool
plan_parts_read(const char *list, int *parts)
{
	int found = 0;

	for (;;)
	{
		size_t length = strcspn(list, ",");
		int flag = find_part(list, length);

		if (flag == 0)
			return false;
		found |= flag;
		if (list[length] == '\0')
			break;
		list += length + 1;
	}
	*parts = found;
	return true;
}

char *
plan_parts_in_words(void)
{
	PQExpBuffer words = createPQExpBuffer();
	char *copy;

	for (size_t i = 0; i < lengthof(parts_table); i++)
		appendPQExpBuffer(words, "%s%s", i > 0 ? ", " : "", parts_table[i].name);
	copy = pg_strdup(words->data);
	destroyPQExpBuffer(words);
	return copy;
}
