/*
 * identifier.h
 *		Names as SQL writes them, for statements that people read.
 */
#ifndef HH_IDENTIFIER_H
#define HH_IDENTIFIER_H

#include "pqexpbuffer.h"

/* Appends a name, quoted where it must be, as the server's quote_ident() does. */
extern void identifier_append(PQExpBuffer sql, const char *name);

/* The same as a text, which the caller frees. */
extern char *identifier_copy(const char *name);

/* Appends a string constant that means the same under every setting. */
extern void literal_append(PQExpBuffer sql, const char *value);

#endif /* HH_IDENTIFIER_H */
