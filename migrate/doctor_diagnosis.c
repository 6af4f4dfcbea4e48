/*
 * doctor_diagnosis.c
 *		From examinations to findings: pure, without a database.
 */
#include "postgres_fe.h"

#include "doctor_check.h"
#include "doctor_diagnosis.h"

/* What became of a check for one service. */
typedef enum CheckState
{
	STATE_PASSED,
	STATE_UNKNOWN, /* nobody could look */
	STATE_FAILED,
	STATE_SKIPPED /* what it rests on has failed */
} CheckState;

/* All that is known when a service is looked at. */
typedef struct Evidence
{
	const DoctorService *service; /* NULL: the database as a whole */
	const Examination *role;	  /* NULL: there is none */
	const Examination *database;
	const RemedyContext *context;
	Diagnosis *diagnosis;
	DoctorFindings *findings;
	CheckState states[CHECK_COUNT];
} Evidence;

static char *
message_with_object(const char *message, const char *object)
{
	const char *place = strstr(message, "%s");

	if (place == NULL)
		return pg_strdup(message);
	return psprintf("%.*s%s%s", (int) (place - message), message, object, place + 2);
}

static void
add_finding(DoctorFindings *findings, const Observation *observation, const RemedyContext *context)
{
	const DoctorCheck *check = &doctor_checks[observation->check];
	const char *object = observation->object ? observation->object : "";
	const char *remedy = observation->remedy ? observation->remedy : check->remedy;

	findings->items =
		pg_realloc(findings->items, sizeof(DoctorFinding) * (size_t) (findings->count + 1));
	findings->items[findings->count++] = (DoctorFinding){
		.check = observation->check,
		.is_warning = check->is_warning,
		.effect = check->effect,
		.object = pg_strdup(object),
		.message = message_with_object(check->message, object),
		.detail = observation->detail ? pg_strdup(observation->detail) : NULL,
		.remedy = remedy_command(context, remedy),
	};
}

static void
add_unchecked(Diagnosis *diagnosis, DoctorCheckId check, const char *role, const char *why)
{
	for (int i = 0; i < diagnosis->unchecked_count; i++)
	{
		const Unchecked *known = &diagnosis->unchecked[i];

		if (known->check == check &&
			(known->role == role || (known->role && role && strcmp(known->role, role) == 0)))
			return;
	}
	diagnosis->unchecked = pg_realloc(
		diagnosis->unchecked, sizeof(Unchecked) * (size_t) (diagnosis->unchecked_count + 1));
	diagnosis->unchecked[diagnosis->unchecked_count++] =
		(Unchecked){.check = check, .role = role, .why = why};
}

static bool
is_about(const Observation *observation, const DoctorService *service)
{
	if (service == NULL)
		return true;
	return (observation->service == NULL || strcmp(observation->service, service->name) == 0) &&
		   (observation->role == NULL || strcmp(observation->role, service->role) == 0);
}

/* Adds what an examination says of the check; returns whether it says anything. */
static bool
add_observations(const Evidence *evidence, const Examination *examination, DoctorCheckId check)
{
	bool found = false;

	for (int i = 0; examination != NULL && i < examination->observation_count; i++)
	{
		const Observation *observation = &examination->observations[i];

		if (observation->check != check || !is_about(observation, evidence->service))
			continue;
		add_finding(evidence->findings, observation, evidence->context);
		found = true;
	}
	return found;
}

static bool
rests_on_failure(const Evidence *evidence, DoctorCheckId check)
{
	for (int other = 0; other < CHECK_COUNT; other++)
	{
		if ((doctor_checks[check].after & CHECK_BIT(other)) &&
			(evidence->states[other] == STATE_FAILED || evidence->states[other] == STATE_SKIPPED))
			return true;
	}
	return false;
}

/*
 * What the catalogs say of a role comes before what it met itself: a server does not tell
 * who logs in that there is no such role.
 */
static CheckState
look_at(const Evidence *evidence, DoctorCheckId check)
{
	bool as_role = doctor_checks[check].scope == SCOPE_ROLE;
	const Examination *asked = as_role ? evidence->role : evidence->database;
	CheckOutcome outcome = asked ? asked->outcomes[check] : CHECK_NOT_DONE;

	if (rests_on_failure(evidence, check))
		return STATE_SKIPPED;
	if (add_observations(evidence, evidence->database, check) ||
		(as_role && add_observations(evidence, evidence->role, check)))
		return doctor_checks[check].is_warning ? STATE_PASSED : STATE_FAILED;
	if (outcome == CHECK_DONE)
		return STATE_PASSED;
	if (outcome == CHECK_IMPOSSIBLE)
		add_unchecked(evidence->diagnosis, check, as_role ? evidence->service->role : NULL,
					  asked->why[check]);
	return STATE_UNKNOWN;
}

/* A service is ready where nothing is wrong and its role has logged in. */
static void
diagnose_service(ServiceDiagnosis *result, Evidence *evidence)
{
	evidence->service = result->service;
	evidence->findings = &result->findings;
	result->is_ready = true;
	if (result->service->mode == DOCTOR_NONE)
		return;
	for (int check = 0; check < CHECK_COUNT; check++)
	{
		evidence->states[check] = STATE_PASSED;
		if (!doctor_check_is_for(check, result->service))
			continue;
		evidence->states[check] = look_at(evidence, check);
		if (evidence->states[check] == STATE_FAILED)
			result->is_ready = false;
	}
	if (evidence->states[CHECK_CONNECT] != STATE_PASSED)
		result->is_ready = false;
}

static void
diagnose_database(Diagnosis *diagnosis, Evidence *evidence)
{
	evidence->service = NULL;
	evidence->role = NULL;
	evidence->findings = &diagnosis->database;
	for (int check = 0; check < CHECK_COUNT; check++)
	{
		evidence->states[check] = STATE_PASSED;
		if (doctor_checks[check].scope == SCOPE_DATABASE)
			evidence->states[check] = look_at(evidence, check);
	}
}

static const Examination *
examination_of(const Examination *roles, int role_count, const char *role)
{
	for (int i = 0; i < role_count; i++)
	{
		if (role != NULL && strcmp(roles[i].role, role) == 0)
			return &roles[i];
	}
	return NULL;
}

void
diagnosis_make(Diagnosis *diagnosis, const DoctorServices *services, const Examination *roles,
			   int role_count, const Examination *database, const RemedyContext *context)
{
	Evidence evidence = {.database = database, .context = context, .diagnosis = diagnosis};

	diagnosis->services = pg_malloc0(sizeof(ServiceDiagnosis) * (size_t) Max(services->count, 1));
	diagnosis->service_count = services->count;
	for (int i = 0; i < services->count; i++)
	{
		ServiceDiagnosis *result = &diagnosis->services[i];

		result->service = &services->items[i];
		evidence.role = examination_of(roles, role_count, result->service->role);
		diagnose_service(result, &evidence);
		diagnosis->ready_count += result->is_ready;
	}
	diagnose_database(diagnosis, &evidence);
}

static void
findings_free(DoctorFindings *findings)
{
	for (int i = 0; i < findings->count; i++)
	{
		pg_free(findings->items[i].object);
		pg_free(findings->items[i].message);
		pg_free(findings->items[i].detail);
		pg_free(findings->items[i].remedy);
	}
	pg_free(findings->items);
}

void
diagnosis_free(Diagnosis *diagnosis)
{
	for (int i = 0; i < diagnosis->service_count; i++)
		findings_free(&diagnosis->services[i].findings);
	findings_free(&diagnosis->database);
	pg_free(diagnosis->services);
	pg_free(diagnosis->unchecked);
	memset(diagnosis, 0, sizeof(*diagnosis));
}

bool
doctor_finding_is_same(const DoctorFinding *one, const DoctorFinding *other)
{
	bool same_detail = one->detail && other->detail ? strcmp(one->detail, other->detail) == 0
													: one->detail == other->detail;

	return one->check == other->check && same_detail && strcmp(one->message, other->message) == 0 &&
		   strcmp(one->remedy, other->remedy) == 0;
}
