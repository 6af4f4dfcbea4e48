/*
 * json.h
 *		JSON strings.
 */
#ifndef HH_JSON_H
#define HH_JSON_H

#include "pqexpbuffer.h"

/* Appends the text, quoted and escaped.  What isn't valid UTF-8 becomes U+FFFD. */
extern void json_append_string(PQExpBuffer json, const char *text);

/* The same byte by byte as the server writes it (escape_json()): a delete character stays. */
extern void json_append_as_server(PQExpBuffer json, const char *text);

#endif /* HH_JSON_H */
