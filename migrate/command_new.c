/*
 * command_new.c
 *		"hh-migrate new NAME": begins a migration.
 */
#include "postgres_fe.h"

#include <fcntl.h>
#include <unistd.h>

#include "common/logging.h"

#include "command_new.h"
#include "migration_directory.h"
#include "migration_template.h"

static bool
check_arguments(const Options *options)
{
	const char *name = options->argument;

	if (options->directory == NULL)
	{
		pg_log_error("no directory given for the new migration");
		pg_log_error_hint("Name it with --dir, or in the environment as HH_MIGRATE_DIR.");
		return false;
	}
	if (!migration_name_is_valid(name))
	{
		pg_log_error("invalid name \"%s\" for a migration", name);
		pg_log_error_hint("It must be lower-case letters, digits and underscores, such as "
						  "add_cities.");
		return false;
	}
	return true;
}

/* The path of the file to be made, or NULL. */
static char *
choose_path(const char *directory, const char *name)
{
	char version[LONGEST_VERSION + 1];
	char *last = NULL;
	char *namesake = NULL;
	char *path = NULL;

	if (migration_directory_look(directory, name, &last, &namesake))
	{
		if (namesake != NULL)
		{
			pg_log_error("%s/%s is there already", directory, namesake);
			pg_log_error_hint("Give the new migration another name.");
		}
		else if (!migration_next_version(last, time(NULL), version))
			pg_log_error("no version is left behind %s", last);
		else
			path = psprintf("%s/%s_%s.sql", directory, version, name);
	}
	pg_free(last);
	pg_free(namesake);
	return path;
}

static bool
write_all(int fd, const char *text)
{
	size_t length = strlen(text);

	while (length > 0)
	{
		ssize_t written = write(fd, text, length);

		if (written < 0)
			return false;
		text += written;
		length -= (size_t) written;
	}
	return true;
}

/* Leaves no half of a file behind, and never writes over one. */
static bool
create_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	bool written;

	if (fd < 0)
	{
		pg_log_error("could not create file \"%s\": %m", path);
		return false;
	}
	written = write_all(fd, text);
	if (!written)
		pg_log_error("could not write file \"%s\": %m", path);
	if (close(fd) != 0 && written)
	{
		pg_log_error("could not write file \"%s\": %m", path);
		written = false;
	}
	if (!written)
		unlink(path);
	return written;
}

int
command_new(const Options *options)
{
	char *path = NULL;
	char *text;
	bool done = false;

	if (check_arguments(options))
		path = choose_path(options->directory, options->argument);
	if (path != NULL)
	{
		text = migration_template_text(options->argument);
		done = create_file(path, text);
		if (done)
			puts(path);
		pg_free(text);
	}
	pg_free(path);
	return done ? EXIT_DONE : EXIT_COULD_NOT_RUN;
}
