/*
 * doctor_database.h
 *		What is seen of the database as a whole, through the connection that was asked for.
 */
#ifndef HH_DOCTOR_DATABASE_H
#define HH_DOCTOR_DATABASE_H

#include "doctor.h"
#include "policy_image.h"
#include "survey.h"

/* A connection, and what was read through it. */
typedef struct DoctorView
{
	Database *database; /* NULL: there is none */
	Survey *survey;		/* whose files were read before */
	Session session;
	const Policy *policy; /* that this program works with */
	char *profile;		  /* that is recorded, where that can be seen */
	bool is_surveyed;	  /* the deployment could be read */
} DoctorView;

/* Reads what is deployed, and which profile of the policy is recorded. */
extern void doctor_view_open(DoctorView *view, Database *database, Survey *survey);

/* Does the checks of the database, and those for services that are asked through it. */
extern void doctor_examine_database(Examination *examination, const DoctorView *view,
									const DoctorServices *services, const char *address);

/* Records that none of them can be done. */
extern void doctor_database_impossible(Examination *examination, const char *why);

#endif /* HH_DOCTOR_DATABASE_H */
