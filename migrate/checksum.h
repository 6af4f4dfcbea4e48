/*
 * checksum.h
 *		What a migration's text is worth comparing by.
 */
#ifndef HH_CHECKSUM_H
#define HH_CHECKSUM_H

#include <stdbool.h>
#include <stddef.h>

#define CHECKSUM_BYTES 32

/* SHA-256 in lower-case hexadecimal, with the NUL. */
#define CHECKSUM_SIZE 65

/*
 * A copy of the text without a byte order mark and with LF for CRLF, so that
 * editors and git's autocrlf don't change a checksum.  Terminated by a NUL; the
 * caller frees it.
 */
extern char *checksum_normalise(const char *text, size_t length, size_t *normal_length);

/* SHA-256 itself.  As all that follow: logs and returns false on failure. */
extern bool checksum_digest(const char *text, size_t length, unsigned char digest[CHECKSUM_BYTES]);

/* The checksum of a text that is normalised already. */
extern bool checksum_compute(const char *text, size_t length, char checksum[CHECKSUM_SIZE]);

/* The same of what is added piece by piece.  The end frees it. */
typedef struct Checksum Checksum;

extern Checksum *checksum_begin(void);
extern void checksum_add(Checksum *sum, const char *text, size_t length);
extern bool checksum_end(Checksum *sum, char checksum[CHECKSUM_SIZE]);

#endif /* HH_CHECKSUM_H */
