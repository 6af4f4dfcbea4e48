/*
 * secret_directory.h
 *		The directory of secrets: a file a role, named like the role.
 */
#ifndef HH_SECRET_DIRECTORY_H
#define HH_SECRET_DIRECTORY_H

#include <stdbool.h>

#include "secret.h"

/* Behind a role's name, the file of the password it had before. */
#define PREVIOUS_SUFFIX ".previous"

typedef struct SecretDirectory
{
	const char *path; /* borrowed; NULL: there is none */
	int descriptor;
} SecretDirectory;

/* Refuses one that others can write to.  Logs and returns false.  path may be NULL. */
extern bool secret_directory_open(SecretDirectory *directory, const char *path);
extern void secret_directory_close(SecretDirectory *directory);

/* One program at a time makes secrets.  Waits; until it is closed.  Logs and returns false. */
extern bool secret_directory_lock(const SecretDirectory *directory);

/* Why a role's name can't be a file's; NULL where it can. */
extern const SecretFault *secret_directory_name_fault(const char *role);

extern bool secret_directory_has(const SecretDirectory *directory, const char *name);

/*
 * The file's bytes, at most SECRET_SIZE - 1, which the caller frees with secret_free();
 * *length is their number.  Returns NULL with *fault NULL where there is no such file, and
 * with *fault where it can't be used.
 */
extern char *secret_directory_read(const SecretDirectory *directory, const char *name,
								   size_t *length, SecretFault *fault);

/* Stores a secret so that after a crash there is the old file or the new.  Logs. */
extern bool secret_directory_write(const SecretDirectory *directory, const char *name,
								   const char *secret);

/* Logs and returns false on failure; there need be no such file. */
extern bool secret_directory_remove(const SecretDirectory *directory, const char *name);

#endif /* HH_SECRET_DIRECTORY_H */
