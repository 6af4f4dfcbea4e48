/*
 * doctor_server.c
 *		What any role may see of a server and a database.
 */
#include "postgres_fe.h"

#include <sys/time.h>
#include <time.h>

#include "pqexpbuffer.h"

#include "doctor_check.h"
#include "doctor_server.h"

#define OLDEST_TRANSACTION "1000000000"
#define CERTIFICATE_DAYS   14

void
doctor_run_check(Examination *examination, Database *database, DoctorCheckId check,
				 const char *service, int count, const char *const *values)
{
	ServerError error = {0};
	Result *rows = database_run(database, doctor_checks[check].query, count, values, &error);

	if (rows == NULL)
		examination_impossible(examination, check, error.message);
	else
		examination_done(examination, check);
	for (int row = 0; rows != NULL && row < result_rows(rows); row++)
		examination_observe(examination, (Observation){.check = check,
													   .service = service,
													   .object = result_value(rows, row, 0),
													   .detail = result_value(rows, row, 1),
													   .remedy = result_value(rows, row, 2)});
	result_free(rows);
	server_error_free(&error);
}

char *
doctor_array_of_roles(const DoctorServices *services)
{
	PQExpBuffer array = createPQExpBuffer();
	char *copy;

	for (int i = 0; i < services->count; i++)
	{
		const char *role = services->items[i].role;

		if (role == NULL)
			continue;
		appendPQExpBufferStr(array, array->len > 0 ? ",\"" : "\"");
		for (; *role; role++)
			appendPQExpBuffer(array, "%s%c", *role == '"' || *role == '\\' ? "\\" : "", *role);
		appendPQExpBufferChar(array, '"');
	}
	copy = psprintf("{%s}", array->data);
	destroyPQExpBuffer(array);
	return copy;
}

static void
look_at_clock(Examination *examination, Database *database)
{
	struct timeval now;
	char *seconds;

	gettimeofday(&now, NULL);
	seconds = psprintf("%lld.%06ld", (long long) now.tv_sec, (long) now.tv_usec);
	doctor_run_check(examination, database, CHECK_CLOCK, NULL, PARAMS(seconds));
	pg_free(seconds);
}

static void
look_at_certificate(Examination *examination, Database *database, const char *address)
{
	time_t end = (time_t) database_certificate_end(database);
	char detail[64];

	examination_done(examination, CHECK_CERTIFICATE);
	if (end == 0 || end > time(NULL) + CERTIFICATE_DAYS * 86400)
		return;
	strftime(detail, sizeof(detail), "on %Y-%m-%d %H:%M UTC", gmtime(&end));
	examination_observe(examination, (Observation){.check = CHECK_CERTIFICATE,
												   .object = address,
												   .detail = detail,
												   .remedy = "sql SHOW ssl_cert_file"});
}

void
doctor_look_at_server(Examination *examination, Database *database, const char *address,
					  const char *roles)
{
	static const DoctorCheckId plain[] = {
		CHECK_VECTOR_FAULTS, CHECK_LIBRARY,		CHECK_INVALID_INDEXES, CHECK_AUTOVACUUM,
		CHECK_SEQUENCES,	 CHECK_REPLICATION, CHECK_ARCHIVING};

	for (size_t i = 0; i < lengthof(plain); i++)
	{
		if (database_server_version(database) >= doctor_checks[plain[i]].minimum_version)
			doctor_run_check(examination, database, plain[i], NULL, NO_PARAMS);
		else
			examination_impossible(examination, plain[i],
								   "this release of PostgreSQL does not show it");
	}
	doctor_run_check(examination, database, CHECK_WRAPAROUND, NULL, PARAMS(OLDEST_TRANSACTION));
	doctor_run_check(examination, database, CHECK_HEADROOM, NULL, PARAMS(roles));
	look_at_clock(examination, database);
	look_at_certificate(examination, database, address);
}
