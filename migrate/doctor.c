/*
 * doctor.c
 *		What the doctor looks at and finds, as plain records.
 */
#include "postgres_fe.h"

#include "doctor.h"

static char *
copy_or_null(const char *text)
{
	return text ? pg_strdup(text) : NULL;
}

void
examination_done(Examination *examination, DoctorCheckId check)
{
	examination->outcomes[check] = CHECK_DONE;
}

void
examination_impossible(Examination *examination, DoctorCheckId check, const char *why)
{
	examination->outcomes[check] = CHECK_IMPOSSIBLE;
	pg_free(examination->why[check]);
	examination->why[check] = copy_or_null(why);
}

void
examination_observe(Examination *examination, Observation observation)
{
	Observation copy = {.check = observation.check,
						.service = copy_or_null(observation.service),
						.role = copy_or_null(observation.role),
						.object = copy_or_null(observation.object),
						.detail = copy_or_null(observation.detail),
						.remedy = copy_or_null(observation.remedy)};

	examination->observations =
		pg_realloc(examination->observations,
				   sizeof(Observation) * (size_t) (examination->observation_count + 1));
	examination->observations[examination->observation_count++] = copy;
	examination->outcomes[observation.check] = CHECK_DONE;
}

void
examination_copy_check(Examination *examination, const Examination *other, DoctorCheckId check)
{
	if (other->outcomes[check] == CHECK_IMPOSSIBLE)
		examination_impossible(examination, check, other->why[check]);
	else
		examination->outcomes[check] = other->outcomes[check];
	for (int i = 0; i < other->observation_count; i++)
	{
		if (other->observations[i].check == check)
			examination_observe(examination, other->observations[i]);
	}
}

void
examination_free(Examination *examination)
{
	for (int i = 0; i < examination->observation_count; i++)
	{
		Observation *observation = &examination->observations[i];

		pg_free(unconstify(char *, observation->service));
		pg_free(unconstify(char *, observation->role));
		pg_free(unconstify(char *, observation->object));
		pg_free(unconstify(char *, observation->detail));
		pg_free(unconstify(char *, observation->remedy));
	}
	for (int check = 0; check < CHECK_COUNT; check++)
		pg_free(examination->why[check]);
	pg_free(examination->observations);
	pg_free(examination->role);
	memset(examination, 0, sizeof(*examination));
}

void
doctor_services_add(DoctorServices *services, const char *name, const char *role, DoctorMode mode)
{
	services->items =
		pg_realloc(services->items, sizeof(DoctorService) * (size_t) (services->count + 1));
	services->items[services->count++] =
		(DoctorService){.name = pg_strdup(name), .role = copy_or_null(role), .mode = mode};
}

DoctorMode
doctor_mode_of_name(const char *name)
{
	if (name && strcmp(name, "auto-migrate") == 0)
		return DOCTOR_AUTO_MIGRATE;
	return name && strcmp(name, "verify") == 0 ? DOCTOR_VERIFY : DOCTOR_NONE;
}

void
doctor_services_free(DoctorServices *services)
{
	for (int i = 0; i < services->count; i++)
	{
		pg_free(services->items[i].name);
		pg_free(services->items[i].role);
	}
	pg_free(services->items);
	memset(services, 0, sizeof(*services));
}
