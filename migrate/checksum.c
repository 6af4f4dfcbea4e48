/*
 * checksum.c
 *		What a migration's text is worth comparing by.
 */
#include "postgres_fe.h"

#include <openssl/sha.h>

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
	while (text < end)
	{
		const char *next = memchr(text, '\r', (size_t) (end - text));
		size_t plain = (size_t) ((next ? next : end) - text);

		memcpy(out, text, plain);
		out += plain;
		text += plain;
		if (next == NULL)
			break;
		if (next + 1 == end || next[1] != '\n')
			*out++ = '\r';
		text++;
	}
	*out = '\0';
	*normal_length = (size_t) (out - normal);
	return normal;
}

/*
 * By the algorithm's own functions: to look it up among OpenSSL's providers, as EVP does, costs
 * more than 1,000 files' checksums, and 1 MB of memory.
 */
bool
checksum_digest(const char *text, size_t length, unsigned char digest[CHECKSUM_BYTES])
{
	SHA256_CTX context;

	if (SHA256_Init(&context) == 1 && SHA256_Update(&context, text, length) == 1 &&
		SHA256_Final(digest, &context) == 1)
		return true;
	pg_log_error("could not compute a SHA-256 checksum");
	return false;
}

bool
checksum_compute(const char *text, size_t length, char checksum[CHECKSUM_SIZE])
{
	static const char digits[] = "0123456789abcdef";
	unsigned char digest[CHECKSUM_BYTES];

	if (!checksum_digest(text, length, digest))
		return false;
	for (int i = 0; i < CHECKSUM_BYTES; i++)
	{
		*checksum++ = digits[digest[i] >> 4];
		*checksum++ = digits[digest[i] & 15];
	}
	*checksum = '\0';
	return true;
}
