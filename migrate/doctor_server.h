/*
 * doctor_server.h
 *		What any role may see of a server and a database.
 */
#ifndef HH_DOCTOR_SERVER_H
#define HH_DOCTOR_SERVER_H

#include "database.h"
#include "doctor.h"

/*
 * Runs a check's own query, whose rows are object, detail and remedy, and records each for the
 * service (NULL: for all).  Where it can't be run, that is recorded.
 */
extern void doctor_run_check(Examination *examination, Database *database, DoctorCheckId check,
							 const char *service, int count, const char *const *values);

/* Indexes, vacuum, sequences and the like; roles: of the services, as an array literal. */
extern void doctor_look_at_server(Examination *examination, Database *database, const char *address,
								  const char *roles);

/* The roles of the services as an array literal, each once or more; the caller frees it. */
extern char *doctor_array_of_roles(const DoctorServices *services);

#endif /* HH_DOCTOR_SERVER_H */
