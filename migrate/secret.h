/*
 * secret.h
 *		A role's password: whether it is fit for one, how one is made, how it is forgotten.
 *
 * Nothing here touches files or the database.
 */
#ifndef HH_SECRET_H
#define HH_SECRET_H

#include <stdbool.h>
#include <stddef.h>

#define SHORTEST_SECRET 12 /* in characters */
#define LONGEST_SECRET	1024

/* Room for the longest, a line's end, a byte more that shows it is too long, and a zero. */
#define SECRET_SIZE (LONGEST_SECRET + 4)

/* Zero-filled, of SECRET_SIZE bytes.  secret_free() wipes it; it takes NULL. */
extern char *secret_make(void);
extern void secret_free(char *secret);

/* 32 random bytes in base64.  Logs and returns NULL on failure. */
extern char *secret_generate(void);

/* What is wrong with a secret: "the secret of role ... %s" is a sentence's beginning. */
typedef struct SecretFault
{
	const char *what;
	const char *hint;
} SecretFault;

/* Takes one line's end off, which editors and echo leave; returns the length that remains. */
extern size_t secret_trim(char *text, size_t length);

/* NULL where it will do.  text: length bytes, and a zero behind them. */
extern const SecretFault *secret_fault(const char *text, size_t length, const char *role);

/* No core file, and no other process of the same user looks into this one. */
extern void secret_protect_process(void);

#endif /* HH_SECRET_H */
