/*
 * password_verifier.h
 *		What a server stores of a password.
 */
#ifndef HH_PASSWORD_VERIFIER_H
#define HH_PASSWORD_VERIFIER_H

/*
 * The SCRAM verifier, made here so that the password doesn't travel.  The caller frees it
 * with free().  Logs and returns NULL on failure.
 */
extern char *password_verifier(const char *password, int iterations);

#endif /* HH_PASSWORD_VERIFIER_H */
