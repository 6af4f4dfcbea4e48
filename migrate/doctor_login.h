/*
 * doctor_login.h
 *		What a login that failed means: pure, without a database.
 */
#ifndef HH_DOCTOR_LOGIN_H
#define HH_DOCTOR_LOGIN_H

#include "database.h"
#include "doctor.h"

/* What is known of a login that was tried. */
typedef struct LoginAttempt
{
	const char *role;
	const char *address;
	const char *dbname;
	const char *secrets_dir;	/* or NULL */
	const char *secret_problem; /* why the secret that there is was not tried; or NULL */
	bool secret_is_given;		/* for this role, not left to the passfile */
	int timeout;				/* milliseconds */
} LoginAttempt;

/* Records that it succeeded, or which check it failed. */
extern void doctor_login_passed(Examination *examination);
extern void doctor_login_failed(Examination *examination, const LoginAttempt *attempt,
								const Login *login);

/* Records that there is a secret, and that it is none. */
extern void doctor_login_without_secret(Examination *examination, const LoginAttempt *attempt);

/* The check that a failed login stands for. */
extern DoctorCheckId doctor_login_check(const Login *login);

#endif /* HH_DOCTOR_LOGIN_H */
