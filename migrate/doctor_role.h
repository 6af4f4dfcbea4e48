/*
 * doctor_role.h
 *		What a service's role meets in the database.
 */
#ifndef HH_DOCTOR_ROLE_H
#define HH_DOCTOR_ROLE_H

#include "database.h"
#include "doctor.h"

/* What is known before a role is looked at. */
typedef struct DoctorExpectation
{
	const DoctorServices *services;
	int recorded_dimensions;	   /* in the ledger; 0: unknown */
	int configured_dimensions;	   /* of the service; 0: not said */
	const char *configured_source; /* where that is said */
	const char *address;		   /* of the server, in words */
} DoctorExpectation;

/* Does the checks of all services that have the role, connected as it.  Logs nothing. */
extern void doctor_examine_role(Examination *examination, Database *database,
								const DoctorExpectation *expected);

/*
 * Runs a check's own query, whose rows are object, detail and remedy, and records each for the
 * service (NULL: for all).  Where it can't be run, that is recorded.
 */
extern void doctor_run_check(Examination *examination, Database *database, DoctorCheckId check,
							 const char *service, int count, const char *const *values);

#endif /* HH_DOCTOR_ROLE_H */
