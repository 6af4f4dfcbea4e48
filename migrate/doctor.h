/*
 * doctor.h
 *		What the doctor looks at and finds, as plain records.
 *
 * doctor_role.c and doctor_database.c ask a server and make examinations;
 * doctor_evaluate.c, which knows no server, makes findings of them.
 */
#ifndef HH_DOCTOR_H
#define HH_DOCTOR_H

#include <stdbool.h>

/* What is looked at, in the order in which it is; doctor_check.c says what each is. */
typedef enum DoctorCheckId
{
	CHECK_SERVER,
	CHECK_TLS,
	CHECK_DATABASE,
	CHECK_ROLE,
	CHECK_SECRET,
	CHECK_PASSWORD,
	CHECK_LOGIN,
	CHECK_CONNECTION_LIMIT,
	CHECK_CONNECT,
	CHECK_SUPERUSER,
	CHECK_CERTIFICATE,
	CHECK_RECOVERY,
	CHECK_EXTENSIONS,
	CHECK_VECTOR_FAULTS,
	CHECK_LIBRARY,
	CHECK_SCHEMAS,
	CHECK_CODE,
	CHECK_DEPLOYMENT,
	CHECK_MIGRATIONS,
	CHECK_LEDGER,
	CHECK_USAGE,
	CHECK_TABLES,
	CHECK_COLUMNS,
	CHECK_KEYS,
	CHECK_PRIVILEGES,
	CHECK_ROW_SECURITY,
	CHECK_DIMENSION,
	CHECK_REGISTRY,
	CHECK_INDEXES,
	CHECK_LOOKUPS,
	CHECK_ADVICE,
	CHECK_STATEMENTS,
	CHECK_START_UP,
	CHECK_PARTITIONS,
	CHECK_DEFAULT_ROWS,
	CHECK_POLICY,
	CHECK_MISSING,
	CHECK_EXCESS,
	CHECK_PRIVILEGES_OF_OTHERS,
	CHECK_INVALID_INDEXES,
	CHECK_AUTOVACUUM,
	CHECK_WRAPAROUND,
	CHECK_SEQUENCES,
	CHECK_HEADROOM,
	CHECK_CLOCK,
	CHECK_REPLICATION,
	CHECK_ARCHIVING,
	CHECK_COUNT
} DoctorCheckId;

typedef enum DoctorMode
{
	DOCTOR_NONE, /* holds nothing in PostgreSQL */
	DOCTOR_VERIFY,
	DOCTOR_AUTO_MIGRATE
} DoctorMode;

typedef struct DoctorService
{
	char *name;
	char *role; /* NULL: it holds nothing here */
	DoctorMode mode;
} DoctorService;

typedef struct DoctorServices
{
	DoctorService *items;
	int count;
} DoctorServices;

/* That something is not as it should be.  Owns its strings. */
typedef struct Observation
{
	DoctorCheckId check;
	const char *service; /* NULL: all that the check is for */
	const char *role;	 /* NULL: whatever role a service has */
	const char *object;
	const char *detail; /* or NULL */
	const char *remedy; /* an SQL statement or a command; NULL: the check's own */
} Observation;

typedef enum CheckOutcome
{
	CHECK_NOT_DONE,
	CHECK_DONE,
	CHECK_IMPOSSIBLE /* there was no way to look, and why says so */
} CheckOutcome;

/* What was seen through one connection, or on the way to it. */
typedef struct Examination
{
	char *role; /* that was to connect; NULL: the database's own examination */
	CheckOutcome outcomes[CHECK_COUNT];
	char *why[CHECK_COUNT]; /* of an impossible one */
	Observation *observations;
	int observation_count;
} Examination;

/* Each copies its strings, of which all but an object may be NULL. */
extern void examination_done(Examination *examination, DoctorCheckId check);
extern void examination_impossible(Examination *examination, DoctorCheckId check, const char *why);
extern void examination_observe(Examination *examination, Observation observation);
/* Takes over what another one says of a check. */
extern void examination_copy_check(Examination *examination, const Examination *other,
								   DoctorCheckId check);
extern void examination_free(Examination *examination);

extern void doctor_services_add(DoctorServices *services, const char *name, const char *role,
								DoctorMode mode);
/* As hh.service and a policy name it. */
extern DoctorMode doctor_mode_of_name(const char *name);

extern void doctor_services_free(DoctorServices *services);

#endif /* HH_DOCTOR_H */
