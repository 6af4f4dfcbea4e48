/*
 * migration_set.c
 *		The migrations that this program knows, as plain records.
 */
#include "postgres_fe.h"

#include "common/logging.h"

#include "migration_set.h"

static char *
slice_copy(TextSlice slice)
{
	return pnstrdup(slice.data, slice.length);
}

static bool
split_part(const Migration *migration, TextSlice part, StatementList *statements)
{
	StatementError error = {0};
	int line = 1;

	if (part.data == NULL)
		return true;
	for (const char *at = migration->text; at < part.data; at++)
		line += (*at == '\n');
	if (statement_list_split(statements, part.data, part.length, line, &error))
		return true;

	pg_log_error("%s, line %d: %s", migration->file_name, error.line, error.message);
	if (error.hint)
		pg_log_error_hint("%s", error.hint);
	statement_error_free(&error);
	return false;
}

static const char *
base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static void
log_malformed(const Migration *migration, const char *error)
{
	int line = migration->file.error_line;

	if (line > 0)
		pg_log_error("%s, line %d: %s", migration->file_name, line, error);
	else
		pg_log_error("%s: %s", migration->file_name, error);
}

static bool
read_migration(Migration *migration, const char *path, const char *text, size_t length)
{
	MigrationFile *file = &migration->file;
	const char *error = NULL;

	migration->file_name = pg_strdup(path);
	migration->text = checksum_normalise(text, length, &migration->length);
	if (!checksum_compute(migration->text, migration->length, migration->checksum))
		return false;
	if (!migration_file_parse(base_name(migration->file_name), migration->text, migration->length,
							  file, &error))
	{
		log_malformed(migration, error);
		return false;
	}
	if (file->no_transaction && file->version.data[0] == '0')
	{
		pg_log_error("%s: one of Headhunter's own migrations runs in a transaction",
					 migration->file_name);
		return false;
	}
	migration->version = slice_copy(file->version);
	migration->name = slice_copy(file->name);
	migration->label = pnstrdup(file->version.data, file->version.length + 1 + file->name.length);
	if (file->requires_extension.length > 0)
		migration->requires_extension = slice_copy(file->requires_extension);
	return true;
}

bool
migration_split(Migration *migration)
{
	const MigrationFile *file = &migration->file;

	if (migration->is_split)
		return true;
	migration->is_split = true;
	return split_part(migration, file->change, &migration->change) &&
		   split_part(migration, file->revert, &migration->revert) &&
		   split_part(migration, file->verify, &migration->verify);
}

bool
migration_set_split(MigrationSet *set)
{
	for (int i = 0; i < set->count; i++)
	{
		if (!migration_split(&set->items[i]))
			return false;
	}
	return true;
}

void
migration_set_expect(MigrationSet *set, int count)
{
	set->capacity = Max(set->count + count, 1);
	set->items = pg_realloc(set->items, sizeof(Migration) * (size_t) set->capacity);
}

bool
migration_set_append(MigrationSet *set, const char *path, const char *text, size_t length)
{
	if (set->count == set->capacity)
	{
		set->capacity = set->capacity ? set->capacity * 2 : 16;
		set->items = pg_realloc(set->items, sizeof(Migration) * (size_t) set->capacity);
	}
	set->items[set->count] = (Migration){0};
	return read_migration(&set->items[set->count++], path, text, length);
}

bool
migration_version_is_team(const char *version)
{
	return version[0] != '0';
}

const char *
migration_set_last_own(const MigrationSet *set)
{
	const char *last = "0000";

	for (int i = 0; i < set->count; i++)
	{
		if (!migration_version_is_team(set->items[i].version))
			last = set->items[i].version;
	}
	return last;
}

/* All have four digits at least, and more only without a zero at their head. */
int
migration_version_compare(const char *a, const char *b)
{
	size_t a_length = strlen(a);
	size_t b_length = strlen(b);

	if (a_length != b_length)
		return a_length < b_length ? -1 : 1;
	return strcmp(a, b);
}

static int
compare_versions(const void *a, const void *b)
{
	return migration_version_compare(((const Migration *) a)->version,
									 ((const Migration *) b)->version);
}

bool
migration_set_sort(MigrationSet *set)
{
	if (set->count > 1)
		qsort(set->items, (size_t) set->count, sizeof(Migration), compare_versions);
	for (int i = 1; i < set->count; i++)
	{
		if (strcmp(set->items[i - 1].version, set->items[i].version) == 0)
		{
			pg_log_error("two migrations have version %s: %s and %s", set->items[i].version,
						 set->items[i - 1].file_name, set->items[i].file_name);
			return false;
		}
	}
	return true;
}

bool
migration_set_read(MigrationSet *set, const BundledMigration *files)
{
	for (; files->file_name != NULL; files++)
	{
		if (!migration_set_append(set, files->file_name, files->text, files->length))
			return false;
	}
	return migration_set_sort(set);
}

void
migration_set_free(MigrationSet *set)
{
	for (int i = 0; i < set->count; i++)
	{
		Migration *migration = &set->items[i];

		pg_free(migration->file_name);
		pg_free(migration->label);
		pg_free(migration->version);
		pg_free(migration->name);
		pg_free(migration->text);
		pg_free(migration->requires_extension);
		statement_list_free(&migration->change);
		statement_list_free(&migration->revert);
		statement_list_free(&migration->verify);
	}
	pg_free(set->items);
	memset(set, 0, sizeof(*set));
}

const Migration *
migration_set_find(const MigrationSet *set, const char *version)
{
	Migration key = {.version = unconstify(char *, version)};

	if (set->count == 0)
		return NULL;
	return bsearch(&key, set->items, (size_t) set->count, sizeof(Migration), compare_versions);
}
