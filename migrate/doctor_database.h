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
	PolicyImage image;	  /* of the one that is recorded */
	bool is_surveyed;	  /* the deployment could be read */
	bool knows_services;
	bool knows_image;
	const char *asked_profile; /* or NULL */
} DoctorView;

/* Reads what is deployed, and the services that the database knows, if it does. */
extern void doctor_view_open(DoctorView *view, Database *database, Survey *survey,
							 const Policy *policy, DoctorServices *services);

/* Does the checks of the database, and those for services that are asked through it. */
extern void doctor_examine_database(Examination *examination, const DoctorView *view,
									const DoctorServices *services, const char *address);

/* Records that none of them can be done. */
extern void doctor_database_impossible(Examination *examination, const char *why);

#endif /* HH_DOCTOR_DATABASE_H */
