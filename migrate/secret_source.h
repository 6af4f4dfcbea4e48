/*
 * secret_source.h
 *		Where a role's password is found: in the directory of secrets or in the environment.
 */
#ifndef HH_SECRET_SOURCE_H
#define HH_SECRET_SOURCE_H

#include "secret_directory.h"

/* And the role's name in upper case, with a _ for all but letters and digits. */
#define SECRET_ENVIRONMENT "HH_PASSWORD_"

typedef struct Secret
{
	char *text;		   /* NULL: there is none */
	char *place;	   /* where it is, or would be, for people */
	bool is_in_file;   /* not in the environment */
	bool is_ambiguous; /* the environment has another one */
	char *fault;	   /* what is wrong with it, as a sentence; NULL: nothing */
	const char *fault_hint;
} Secret;

/* Finds and checks it; what is in the environment is wiped there.  directory->path may be NULL. */
extern void secret_find(const SecretDirectory *directory, const char *role, Secret *secret);
extern void secret_forget(Secret *secret);

/* The variable's name; the caller frees it. */
extern char *secret_environment_name(const char *role);

#endif /* HH_SECRET_SOURCE_H */
