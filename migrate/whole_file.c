/*
 * whole_file.c
 *		A file that people wrote, in memory.
 */
#include "postgres_fe.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/logging.h"

#include "whole_file.h"

/* What must not be read: a pipe would never end, a huge file fill the memory. */
static bool
check_file(const char *path, const struct stat *status, size_t most_bytes, const char *hint)
{
	if (!S_ISREG(status->st_mode))
	{
		pg_log_error("%s: not a regular file", path);
		return false;
	}
	if ((size_t) status->st_size > most_bytes)
	{
		pg_log_error("%s: the file is larger than %zu MB", path, most_bytes / (1024 * 1024));
		if (hint)
			pg_log_error_hint("%s", hint);
		return false;
	}
	return true;
}

/* The file's bytes, or NULL; the caller frees them. */
static char *
read_open_file(int fd, const char *path, size_t most_bytes, const char *hint, size_t *length)
{
	struct stat status;
	char *bytes = NULL;
	ssize_t taken = 1;

	if (fstat(fd, &status) != 0)
	{
		pg_log_error("could not read file \"%s\": %m", path);
		return NULL;
	}
	if (!check_file(path, &status, most_bytes, hint))
		return NULL;
	bytes = pg_malloc((size_t) status.st_size + 1);
	*length = 0;
	while (*length < (size_t) status.st_size && taken > 0)
	{
		taken = read(fd, bytes + *length, (size_t) status.st_size - *length);
		if (taken < 0)
		{
			pg_log_error("could not read file \"%s\": %m", path);
			pg_free(bytes);
			return NULL;
		}
		*length += (size_t) taken;
	}
	return bytes;
}

/* Without waiting for a pipe's other end. */
char *
whole_file_read(const char *path, size_t most_bytes, const char *hint, size_t *length)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	char *bytes;

	if (fd < 0)
	{
		pg_log_error("could not open file \"%s\": %m", path);
		return NULL;
	}
	bytes = read_open_file(fd, path, most_bytes, hint, length);
	close(fd);
	return bytes;
}
