/*
 * secret_directory.c
 *		The directory of secrets: a file a role, named like the role.
 */
#include "postgres_fe.h"

#include <fcntl.h>
#include <limits.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/logging.h"

#include "secret_directory.h"

static bool
is_trusted_owner(uid_t owner)
{
	return owner == geteuid() || owner == 0;
}

/* Who can write there can put a password of his own into a file's place. */
static bool
check_directory(const SecretDirectory *directory)
{
	struct stat status;

	if (fstat(directory->descriptor, &status) != 0)
	{
		pg_log_error("could not look at directory \"%s\": %m", directory->path);
		return false;
	}
	if (is_trusted_owner(status.st_uid) && (status.st_mode & (S_IWGRP | S_IWOTH)) == 0)
		return true;
	pg_log_error("others can write to the directory of secrets \"%s\"", directory->path);
	pg_log_error_hint("It must belong to you or to root, and nobody else may write to it: chmod "
					  "0700 \"%s\".",
					  directory->path);
	return false;
}

bool
secret_directory_open(SecretDirectory *directory, const char *path)
{
	*directory = (SecretDirectory){.path = path, .descriptor = -1};
	if (path == NULL)
		return true;
	directory->descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (directory->descriptor >= 0)
		return check_directory(directory);
	pg_log_error("could not open the directory of secrets \"%s\": %m", path);
	if (errno == ENOENT)
		pg_log_error_hint("Make it with: mkdir -m 0700 \"%s\".", path);
	return false;
}

void
secret_directory_close(SecretDirectory *directory)
{
	if (directory->path != NULL && directory->descriptor >= 0)
		close(directory->descriptor);
	*directory = (SecretDirectory){.descriptor = -1};
}

bool
secret_directory_lock(const SecretDirectory *directory)
{
	if (flock(directory->descriptor, LOCK_EX | LOCK_NB) == 0)
		return true;
	if (errno == EWOULDBLOCK)
	{
		pg_log_info("waiting for another hh-migrate that works with directory \"%s\"",
					directory->path);
		if (flock(directory->descriptor, LOCK_EX) == 0)
			return true;
	}
	pg_log_error("could not lock directory \"%s\": %m", directory->path);
	return false;
}

const SecretFault *
secret_directory_name_fault(const char *role)
{
	static const SecretFault fault = {"can't be in a file of that name",
									  "A file's name has no slash and no dot at its beginning, and "
									  ".previous at its end is taken."};
	size_t length = strlen(role);
	size_t suffix = strlen(PREVIOUS_SUFFIX);

	if (role[0] == '.' || strchr(role, '/') != NULL ||
		(length > suffix && strcmp(role + length - suffix, PREVIOUS_SUFFIX) == 0))
		return &fault;
	return NULL;
}

bool
secret_directory_has(const SecretDirectory *directory, const char *name)
{
	return directory->path != NULL &&
		   faccessat(directory->descriptor, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

/*
 * A symbolic link within the directory is how container platforms mount secrets; one that
 * leads elsewhere would have a password read that was not put there for this.
 */
static bool
leads_elsewhere(const SecretDirectory *directory, const char *name)
{
	char *path = psprintf("%s/%s", directory->path, name);
	char *file = realpath(path, NULL);
	char *home = realpath(directory->path, NULL);
	size_t length = home ? strlen(home) : 0;
	bool stays = file && home && strncmp(file, home, length) == 0 &&
				 (home[length - 1] == '/' || file[length] == '/');

	free(home);
	free(file);
	pg_free(path);
	return !stays;
}

static bool
check_file(const SecretDirectory *directory, const char *name, int descriptor, SecretFault *fault)
{
	struct stat status;

	if (fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode))
		*fault = (SecretFault){"is not in a regular file", "A file must have this name."};
	else if (leads_elsewhere(directory, name))
		*fault = (SecretFault){"is behind a symbolic link that leads out of the directory",
							   "Put the file itself into the directory."};
	else if (!is_trusted_owner(status.st_uid))
		*fault = (SecretFault){"is in a file of another user's",
							   "The file must belong to you or to root."};
	else if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0)
		*fault = (SecretFault){"is in a file that others can read or write",
							   "Only its owner may: chmod 0600. If others could read it, it is no "
							   "secret any more: --rotate."};
	return fault->what == NULL;
}

/* Reads what fits; a longer file is told by its length. */
static char *
read_whole(int descriptor, size_t *length)
{
	char *secret = secret_make();

	*length = 0;
	while (*length < SECRET_SIZE - 1)
	{
		ssize_t got = read(descriptor, secret + *length, SECRET_SIZE - 1 - *length);

		if (got == 0)
			return secret;
		if (got > 0)
			*length += (size_t) got;
		else if (errno != EINTR)
		{
			secret_free(secret);
			return NULL;
		}
	}
	return secret;
}

char *
secret_directory_read(const SecretDirectory *directory, const char *name, size_t *length,
					  SecretFault *fault)
{
	/* O_NONBLOCK: a pipe would have us wait. */
	int descriptor = openat(directory->descriptor, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	char *secret = NULL;

	*fault = (SecretFault){NULL};
	if (descriptor < 0)
	{
		if (errno != ENOENT || secret_directory_has(directory, name))
			*fault = (SecretFault){"can't be read", "The file must belong to you, with mode 0600."};
		return NULL;
	}
	if (check_file(directory, name, descriptor, fault) &&
		(secret = read_whole(descriptor, length)) == NULL)
		*fault = (SecretFault){"can't be read", "Look at the file system."};
	close(descriptor);
	return secret;
}

static bool
write_whole(int descriptor, const char *text)
{
	size_t length = strlen(text);

	while (length > 0)
	{
		ssize_t written = write(descriptor, text, length);

		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			return false;
		text += written;
		length -= (size_t) written;
	}
	return true;
}

/* What a crash has left of the same name was never used. */
static bool
write_new_file(const SecretDirectory *directory, const char *name, const char *secret)
{
	int descriptor;
	bool written;

	unlinkat(directory->descriptor, name, 0);
	descriptor = openat(directory->descriptor, name,
						O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR);
	if (descriptor < 0)
		return false;
	written = fchmod(descriptor, S_IRUSR | S_IWUSR) == 0 && write_whole(descriptor, secret) &&
			  fsync(descriptor) == 0;
	return close(descriptor) == 0 && written;
}

bool
secret_directory_write(const SecretDirectory *directory, const char *name, const char *secret)
{
	char *new_name = psprintf(".%s.new", name);
	bool done = write_new_file(directory, new_name, secret) &&
				renameat(directory->descriptor, new_name, directory->descriptor, name) == 0 &&
				fsync(directory->descriptor) == 0;

	if (!done)
	{
		pg_log_error("could not write file \"%s/%s\": %m", directory->path, name);
		unlinkat(directory->descriptor, new_name, 0);
	}
	pg_free(new_name);
	return done;
}

bool
secret_directory_remove(const SecretDirectory *directory, const char *name)
{
	if (unlinkat(directory->descriptor, name, 0) == 0 || errno == ENOENT)
		return true;
	pg_log_error("could not remove file \"%s/%s\": %m", directory->path, name);
	return false;
}
