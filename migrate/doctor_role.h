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
	bool with_server;			   /* nobody else looks at what any role may see */
} DoctorExpectation;

/* Does the checks of all services that have the role, connected as it.  Logs nothing. */
extern void doctor_examine_role(Examination *examination, Database *database,
								const DoctorExpectation *expected);

#endif /* HH_DOCTOR_ROLE_H */
