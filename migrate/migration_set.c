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

static bool
read_migration(Migration *migration, const BundledMigration *source)
{
	MigrationFile *file = &migration->file;
	const char *error = NULL;

	migration->file_name = source->file_name;
	migration->text = checksum_normalise(source->text, source->length, &migration->length);
	if (!checksum_compute(migration->text, migration->length, migration->checksum))
		return false;
	if (!migration_file_parse(source->file_name, migration->text, migration->length, file, &error))
	{
		pg_log_error("%s: %s", source->file_name, error);
		return false;
	}
	migration->version = slice_copy(file->version);
	migration->name = slice_copy(file->name);
	migration->label = psprintf("%s_%s", migration->version, migration->name);
	if (file->requires_extension.length > 0)
		migration->requires_extension = slice_copy(file->requires_extension);
	return split_part(migration, file->change, &migration->change) &&
		   split_part(migration, file->verify, &migration->verify);
}

static int
compare_versions(const void *a, const void *b)
{
	return strcmp(((const Migration *) a)->version, ((const Migration *) b)->version);
}

bool
migration_set_read(MigrationSet *set, const BundledMigration *files)
{
	int count = 0;

	while (files[count].file_name != NULL)
		count++;
	set->items = pg_malloc0(sizeof(Migration) * (size_t) Max(count, 1));
	for (; set->count < count; set->count++)
	{
		if (!read_migration(&set->items[set->count], &files[set->count]))
		{
			set->count++;
			return false;
		}
	}

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

void
migration_set_free(MigrationSet *set)
{
	for (int i = 0; i < set->count; i++)
	{
		Migration *migration = &set->items[i];

		pg_free(migration->label);
		pg_free(migration->version);
		pg_free(migration->name);
		pg_free(migration->text);
		pg_free(migration->requires_extension);
		statement_list_free(&migration->change);
		statement_list_free(&migration->verify);
	}
	pg_free(set->items);
	memset(set, 0, sizeof(*set));
}

const Migration *
migration_set_find(const MigrationSet *set, const char *version)
{
	Migration key = {.version = unconstify(char *, version)};

	return bsearch(&key, set->items, (size_t) set->count, sizeof(Migration), compare_versions);
}
