/*
 * footing.h
 *		What a migration must leave as it found it: role, search_path, transaction.
 */
#ifndef HH_FOOTING_H
#define HH_FOOTING_H

#include "session.h"

/* The columns of queries/footing.sql. */
#define FOOTING_COLUMNS 7

/* Sets the mark that RESET ALL takes away; to be sent in the migration's transaction. */
#define FOOTING_MARK "SET LOCAL hh_migrate.footing = 'on'"

/* Zero-initialised it is empty.  To be freed with footing_free(). */
typedef struct Footing
{
	char *values[FOOTING_COLUMNS];
} Footing;

/* What stands differently: strings are borrowed. */
typedef struct FootingChange
{
	const char *what;
	const char *before;
	const char *after;
	const char *hint;
} FootingChange;

/*
 * Reads the footing as statements of the session find it, in the transaction that
 * is open.  As session_run() on failure.
 */
extern bool footing_read(const Session *session, Footing *footing, ServerError *error);
extern void footing_free(Footing *footing);

/*
 * The footing of the next transaction.  What outlasts one is read in the first alone,
 * for nothing is ever to change it; transaction: what session_is_whole.sql says.
 */
extern bool footing_renew(const Session *session, Footing *footing, const char *transaction,
						  ServerError *error);

/* A statement's text with the query behind it, whose row footing_changed() takes. */
extern char *footing_append_query(const char *sql);

/* Whether the row differs, and how.  *change borrows from both. */
extern bool footing_changed(const Footing *footing, const Result *row, FootingChange *change);

/* The same of the parts from one on. */
extern bool footing_changed_behind(const Footing *footing, const Result *row, int first,
								   FootingChange *change);

/* What to write instead of a statement that the server refused; NULL where it isn't known. */
extern const char *footing_hint(const ServerError *error);

#endif /* HH_FOOTING_H */
