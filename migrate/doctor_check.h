/*
 * doctor_check.h
 *		The checks, as data: what each depends on, whom it is for, and what to say.
 */
#ifndef HH_DOCTOR_CHECK_H
#define HH_DOCTOR_CHECK_H

#include "doctor.h"

/* Through which connection is asked, and whose finding it makes. */
typedef enum CheckScope
{
	SCOPE_ROLE,		/* as the service's role, for the service */
	SCOPE_SERVICES, /* through the connection given, for the services */
	SCOPE_DATABASE	/* through the connection given, for nobody in particular */
} CheckScope;

/* Fewest days for which partitions are to be there. */
#define DOCTOR_FEWEST_DAYS_LEFT 30

typedef struct DoctorCheck
{
	const char *name;
	CheckScope scope;
	bool is_warning;	  /* the service is ready all the same */
	uint64_t after;		  /* CHECK_BITs: where one of these failed, this says nothing */
	const char *services; /* for these alone, with blanks between; NULL: for all that have a role */
	bool auto_migrate_alone; /* for services that run DDL of their own */
	int minimum_version;	 /* of the server; 0: any */
	const char *query;		 /* rows are object, detail, remedy; NULL: asked in C */
	const char *message;	 /* %s is the object */
	const char *effect;		 /* on the service, or of leaving it so */
	const char *remedy;		 /* where the observation has none of its own; see doctor_remedy.h */
} DoctorCheck;

#define CHECK_BIT(check) (UINT64_C(1) << (check))

extern const DoctorCheck doctor_checks[CHECK_COUNT];

/* Whether a check is for a service. */
extern bool doctor_check_is_for(DoctorCheckId check, const DoctorService *service);

#endif /* HH_DOCTOR_CHECK_H */
