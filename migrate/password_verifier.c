/*
 * password_verifier.c
 *		What a server stores of a password.
 *
 * libpq's PQencryptPasswordConn() does the same, with 4096 iterations before release 18 whatever
 * the server says.
 */
#include "postgres_fe.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include "common/logging.h"
#include "common/saslprep.h"
#include "common/scram-common.h"

#include "password_verifier.h"
#include "pg_compat.h"

char *
password_verifier(const char *password, int iterations)
{
	unsigned char salt[SCRAM_DEFAULT_SALT_LEN];
	const char *error = "out of memory";
	char *prepared = NULL;
	char *verifier = NULL;
	/* A password that SASLprep does not take is used as it is, as the server and libpq do. */
	pg_saslprep_rc outcome = pg_saslprep(password, &prepared);

	if (RAND_bytes(salt, sizeof(salt)) != 1)
		error = "no random bytes";
	else if (outcome != SASLPREP_OOM)
		verifier = SCRAM_BUILD_SECRET(salt, sizeof(salt), iterations,
									  prepared ? prepared : password, &error);
	if (verifier == NULL)
		pg_log_error("could not make the verifier of a password: %s", error);
	if (prepared != NULL)
		OPENSSL_cleanse(prepared, strlen(prepared));
	free(prepared);
	return verifier;
}
