/*
 * doctor_diagnosis.h
 *		From examinations to findings: pure, without a database.
 */
#ifndef HH_DOCTOR_DIAGNOSIS_H
#define HH_DOCTOR_DIAGNOSIS_H

#include "doctor.h"
#include "doctor_remedy.h"

typedef struct DoctorFinding
{
	DoctorCheckId check;
	bool is_warning;
	const char *effect;
	char *object;
	char *message;
	char *detail; /* or NULL */
	char *remedy; /* a command for a shell */
} DoctorFinding;

typedef struct DoctorFindings
{
	DoctorFinding *items;
	int count;
} DoctorFindings;

typedef struct ServiceDiagnosis
{
	const DoctorService *service; /* borrowed */
	bool is_ready;
	DoctorFindings findings;
} ServiceDiagnosis;

/* A check that nobody could do. */
typedef struct Unchecked
{
	DoctorCheckId check;
	const char *role; /* borrowed; NULL: the database as a whole */
	const char *why;  /* borrowed */
} Unchecked;

typedef struct Diagnosis
{
	ServiceDiagnosis *services;
	int service_count;
	int ready_count;
	DoctorFindings database;
	Unchecked *unchecked;
	int unchecked_count;
} Diagnosis;

/*
 * Makes the findings of what was seen as the services' roles, and of the database as a
 * whole.  Where a check that another one rests on has failed, the other says nothing.
 * Borrows from services and examinations; to be freed before them.
 */
extern void diagnosis_make(Diagnosis *diagnosis, const DoctorServices *services,
						   const Examination *roles, int role_count, const Examination *database,
						   const RemedyContext *context);
extern void diagnosis_free(Diagnosis *diagnosis);

/* Whether two findings are the same one, of two services. */
extern bool doctor_finding_is_same(const DoctorFinding *one, const DoctorFinding *other);

#endif /* HH_DOCTOR_DIAGNOSIS_H */
