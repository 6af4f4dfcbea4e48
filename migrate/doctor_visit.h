/*
 * doctor_visit.h
 *		The roles of all services looked at side by side, each in a process of its own.
 *
 * A login can hang in name resolution or in TLS, where nothing but the end of its process
 * ends it.
 */
#ifndef HH_DOCTOR_VISIT_H
#define HH_DOCTOR_VISIT_H

#include "doctor_role.h"
#include "secret_directory.h"

/* Where a connection's own options say nothing. */
#define DOCTOR_CONNECT_TIMEOUT_MS 5000

typedef struct DoctorVisits
{
	struct DoctorVisit *items;
	int count;
	int timeout; /* to connect, in milliseconds */
} DoctorVisits;

/* Begins one for each role.  Borrows all; no other process may be begun meanwhile. */
extern void doctor_visits_begin(DoctorVisits *visits, const ConnectionOptions *options,
								const SecretDirectory *secrets, const DoctorExpectation *expected);

/* Waits for them; examinations: as many as visits->count, zero-initialised. */
extern void doctor_visits_end(DoctorVisits *visits, Examination *examinations);

#endif /* HH_DOCTOR_VISIT_H */
