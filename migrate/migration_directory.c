/*
 * migration_directory.c
 *		A team's own migrations: the files NNNN_name.sql of a directory.
 */
#include "postgres_fe.h"

#include <dirent.h>

#include "common/logging.h"

#include "migration_directory.h"
#include "whole_file.h"

#define MOST_BYTES	   (64 * 1024 * 1024)
#define TOO_LARGE_HINT "Data is loaded by other means than a migration, for instance COPY in psql."

/* The names of a directory that are to be migrations. */
typedef struct NameList
{
	char **items;
	int count;
	int capacity;
} NameList;

/*
 * Hidden files are some editors' locks and copies.  An extension in capitals is
 * taken for one of ours, to be refused by name rather than left out in silence.
 */
static bool
is_migration_name(const char *name)
{
	size_t length = strlen(name);

	return name[0] != '.' && length >= 4 && pg_strcasecmp(name + length - 4, ".sql") == 0;
}

static void
append_name(NameList *names, const char *name)
{
	if (names->count == names->capacity)
	{
		names->capacity = names->capacity ? names->capacity * 2 : 64;
		names->items = pg_realloc(names->items, sizeof(char *) * (size_t) names->capacity);
	}
	names->items[names->count++] = pg_strdup(name);
}

static int
compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *) a, *(char *const *) b);
}

/* Sorted, so that the first error found does not depend on the file system. */
static bool
list_names(const char *directory, NameList *names)
{
	DIR *stream = opendir(directory);
	struct dirent *entry;

	if (stream == NULL)
	{
		pg_log_error("could not open directory \"%s\": %m", directory);
		return false;
	}
	while (errno = 0, (entry = readdir(stream)) != NULL)
	{
		if (is_migration_name(entry->d_name))
			append_name(names, entry->d_name);
	}
	if (errno != 0)
	{
		pg_log_error("could not read directory \"%s\": %m", directory);
		closedir(stream);
		return false;
	}
	closedir(stream);
	if (names->count > 1)
		qsort(names->items, (size_t) names->count, sizeof(char *), compare_names);
	return true;
}

static void
free_names(NameList *names)
{
	for (int i = 0; i < names->count; i++)
		pg_free(names->items[i]);
	pg_free(names->items);
}

/* The rule for a team's versions, which keeps them behind the bundled ones. */
static bool
check_version(const Migration *migration)
{
	if (migration->version[0] != '0')
		return true;
	pg_log_error("%s: version %s is not a team's", migration->file_name, migration->version);
	pg_log_error_hint("Versions below %d are Headhunter's own. A team's begin at %d, or are time "
					  "stamps of 14 digits, without a leading zero.",
					  FIRST_TEAM_VERSION, FIRST_TEAM_VERSION);
	return false;
}

static bool
read_file(MigrationSet *set, const char *directory, const char *name)
{
	char *path = psprintf("%s/%s", directory, name);
	size_t length = 0;
	char *bytes = whole_file_read(path, MOST_BYTES, TOO_LARGE_HINT, &length);
	bool read = bytes != NULL && migration_set_append(set, path, bytes, length) &&
				check_version(&set->items[set->count - 1]);

	pg_free(bytes);
	pg_free(path);
	return read;
}

bool
migration_directory_read(MigrationSet *set, const char *directory)
{
	NameList names = {0};
	bool read = list_names(directory, &names);

	migration_set_expect(set, names.count);
	for (int i = 0; i < names.count && read; i++)
		read = read_file(set, directory, names.items[i]);
	free_names(&names);
	set->directory = directory;
	return read && migration_set_sort(set);
}

bool
migration_directory_look(const char *directory, const char *name, char **last, char **namesake)
{
	NameList names = {0};
	bool read = list_names(directory, &names);

	*last = pg_strdup("");
	*namesake = NULL;
	for (int i = 0; i < names.count && read; i++)
	{
		MigrationFile file = {0};
		char *version;

		if (!migration_file_parse_name(names.items[i], &file))
			continue;
		if (*namesake == NULL && file.name.length == strlen(name) &&
			memcmp(file.name.data, name, file.name.length) == 0)
			*namesake = pg_strdup(names.items[i]);
		version = pnstrdup(file.version.data, file.version.length);
		if (migration_version_compare(version, *last) <= 0)
		{
			pg_free(version);
			continue;
		}
		pg_free(*last);
		*last = version;
	}
	free_names(&names);
	return read;
}
