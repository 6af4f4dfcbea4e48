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
struct Checksum
{
	SHA256_CTX context;
	bool is_right; /* so far */
};

static bool
end_digest(Checksum *sum, unsigned char digest[CHECKSUM_BYTES])
{
	if (sum->is_right && SHA256_Final(digest, &sum->context) == 1)
		return true;
	pg_log_error("could not compute a SHA-256 checksum");
	return false;
}

static void
write_digits(const unsigned char digest[CHECKSUM_BYTES], char checksum[CHECKSUM_SIZE])
{
	static const char digits[] = "0123456789abcdef";

	for (int i = 0; i < CHECKSUM_BYTES; i++)
	{
		*checksum++ = digits[digest[i] >> 4];
		*checksum++ = digits[digest[i] & 15];
	}
	*checksum = '\0';
}

Checksum *
checksum_begin(void)
{
	Checksum *sum = pg_malloc(sizeof(Checksum));

	sum->is_right = SHA256_Init(&sum->context) == 1;
	return sum;
}

void
checksum_add(Checksum *sum, const char *text, size_t length)
{
	sum->is_right = sum->is_right && SHA256_Update(&sum->context, text, length) == 1;
}

bool
checksum_end(Checksum *sum, char checksum[CHECKSUM_SIZE])
{
	unsigned char digest[CHECKSUM_BYTES];
	bool computed = end_digest(sum, digest);

	if (computed)
		write_digits(digest, checksum);
	pg_free(sum);
	return computed;
}

bool
checksum_digest(const char *text, size_t length, unsigned char digest[CHECKSUM_BYTES])
{
	Checksum *sum = checksum_begin();
	bool computed;

	checksum_add(sum, text, length);
	computed = end_digest(sum, digest);
	pg_free(sum);
	return computed;
}

bool
checksum_compute(const char *text, size_t length, char checksum[CHECKSUM_SIZE])
{
	Checksum *sum = checksum_begin();

	checksum_add(sum, text, length);
	return checksum_end(sum, checksum);
}
