/*
 * checksum.c
 *		What a migration's text is worth comparing by.
 */
#include "postgres_fe.h"

#include <openssl/evp.h>

#include "common/logging.h"

#include "checksum.h"

#define BYTE_ORDER_MARK "\xEF\xBB\xBF"

char *
checksum_normalise(const char *text, size_t length, size_t *normal_length)
{
	size_t mark = strlen(BYTE_ORDER_MARK);
	const char *end = text + length;
	char *normal = pg_malloc(length + 1);
	char *out = normal;

	if (length >= mark && memcmp(text, BYTE_ORDER_MARK, mark) == 0)
		text += mark;
	for (; text < end; text++)
	{
		if (*text == '\r' && text + 1 < end && text[1] == '\n')
			continue;
		*out++ = *text;
	}
	*out = '\0';
	*normal_length = (size_t) (out - normal);
	return normal;
}

bool
checksum_compute(const char *text, size_t length, char checksum[CHECKSUM_SIZE])
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned int digest_length = 0;

	if (EVP_Digest(text, length, digest, &digest_length, EVP_sha256(), NULL) != 1 ||
		digest_length != (CHECKSUM_SIZE - 1) / 2)
	{
		pg_log_error("could not compute a SHA-256 checksum");
		return false;
	}
	for (unsigned int i = 0; i < digest_length; i++)
		snprintf(checksum + 2 * i, 3, "%02x", digest[i]);
	return true;
}
