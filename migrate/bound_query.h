/*
 * bound_query.h
 *		A query of our own with its parameters as literals.
 *
 * For hh.execute_as_owner(), which takes text alone, and for messages of several statements, which
 * can't have parameters.
 */
#ifndef HH_BOUND_QUERY_H
#define HH_BOUND_QUERY_H

#include "database.h"
#include "pqexpbuffer.h"

/* Appends the query with its $1, $2 ... filled in.  No quoted string in it goes over an escape. */
extern void bound_query_append(Database *database, PQExpBuffer bound, const char *sql, int count,
							   const char *const *values);

#endif /* HH_BOUND_QUERY_H */
