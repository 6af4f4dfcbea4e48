/*
 * doctor_remedy.h
 *		The command that mends a finding, as one would type it: pure, without a database.
 *
 * A remedy is written as
 *		hh-migrate COMMAND ...		gets the connection's options, and what else was said
 *		sql STATEMENT ;; STATEMENT	becomes a call of psql
 *		owner STATEMENT ;; ...		becomes "hh-migrate run": what the owner's tables would run
 *									as whoever is connected
 *		sh COMMAND					stands as it is
 */
#ifndef HH_DOCTOR_REMEDY_H
#define HH_DOCTOR_REMEDY_H

#include "database.h"

typedef struct RemedyContext
{
	ConnectionOptions connection; /* as on the command line; members may be NULL */
	bool dbname_is_from_environment;
	const char *secrets_dir; /* or NULL */
	const char *directory;	 /* of a team's migrations, or NULL */
	const char *set_role;	 /* "SET ROLE ..." that SQL needs first, or NULL */
	const char *policy;		 /* its file, or NULL for the bundled one */
	const char *profile;	 /* of the policy, or NULL for the default */
} RemedyContext;

/* A word for a remedy, quoted for a shell where that is needed; the caller frees it. */
extern char *remedy_word(const char *word);

/* The caller frees it. */
extern char *remedy_command(const RemedyContext *context, const char *remedy);

#endif /* HH_DOCTOR_REMEDY_H */
