/*
 * secret_source.c
 *		Where a role's password is found: in the directory of secrets or in the environment.
 */
#include "postgres_fe.h"

#include <openssl/crypto.h>

#include "secret_source.h"

char *
secret_environment_name(const char *role)
{
	char *name = psprintf(SECRET_ENVIRONMENT "%s", role);

	for (char *at = name + strlen(SECRET_ENVIRONMENT); *at; at++)
		*at = isascii((unsigned char) *at) && isalnum((unsigned char) *at)
				  ? (char) pg_toupper((unsigned char) *at)
				  : '_';
	return name;
}

/* Takes a secret out of the environment, where /proc would go on showing it. */
static char *
take_from_environment(const char *name, size_t *length)
{
	char *value = getenv(name);
	char *secret;

	if (value == NULL)
		return NULL;
	secret = secret_make();
	*length = strlen(value);
	memcpy(secret, value, Min(*length, SECRET_SIZE - 1));
	OPENSSL_cleanse(value, *length);
	unsetenv(name);
	*length = Min(*length, SECRET_SIZE - 1);
	return secret;
}

static void
set_fault(Secret *secret, const char *role, const SecretFault *fault)
{
	secret->fault = psprintf("the secret of role \"%s\" (%s) %s", role, secret->place, fault->what);
	secret->fault_hint = fault->hint;
}

/* Looks into the directory; false where there is nothing of the role's. */
static bool
find_in_directory(const SecretDirectory *directory, const char *role, Secret *secret,
				  size_t *length)
{
	SecretFault fault = {NULL};

	if (directory->path == NULL || secret_directory_name_fault(role) != NULL)
		return false;
	secret->place = psprintf("file %s/%s", directory->path, role);
	secret->is_in_file = true;
	secret->text = secret_directory_read(directory, role, length, &fault);
	if (fault.what != NULL)
		set_fault(secret, role, &fault);
	return secret->text != NULL || secret->fault != NULL;
}

/* Which of two is the right one, only a person knows. */
static void
hold_against(Secret *secret, const char *role, const char *other)
{
	static const SecretFault fault = {"is another one than that in the environment",
									  "Take one of the two away."};

	if (secret->text == NULL || strcmp(secret->text, other) == 0)
		return;
	secret->is_ambiguous = true;
	if (secret->fault == NULL)
		set_fault(secret, role, &fault);
}

static void
check(Secret *secret, const char *role, size_t length)
{
	const SecretFault *fault;

	length = secret_trim(secret->text, length);
	fault = secret_fault(secret->text, length, role);
	if (fault != NULL)
		set_fault(secret, role, fault);
}

void
secret_find(const SecretDirectory *directory, const char *role, Secret *secret)
{
	char *variable = secret_environment_name(role);
	size_t length = 0;
	size_t other_length = 0;
	char *other = take_from_environment(variable, &other_length);

	memset(secret, 0, sizeof(*secret));
	if (!find_in_directory(directory, role, secret, &length) && other != NULL)
	{
		pg_free(secret->place);
		secret->place = psprintf("environment %s", variable);
		secret->is_in_file = false;
		secret->text = other;
		length = other_length;
		other = NULL;
	}
	if (secret->text != NULL)
		check(secret, role, length);
	if (other != NULL)
	{
		secret_trim(other, other_length);
		hold_against(secret, role, other);
		secret_free(other);
	}
	pg_free(variable);
}

void
secret_forget(Secret *secret)
{
	secret_free(secret->text);
	pg_free(secret->place);
	pg_free(secret->fault);
	memset(secret, 0, sizeof(*secret));
}
