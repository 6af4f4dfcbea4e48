/*
 * command_doctor.c
 *		"hh-migrate doctor": what each service lacks, and which command brings it.
 */
#include "postgres_fe.h"

#include <unistd.h>

#include "common/logging.h"

#include "clock.h"
#include "command_doctor.h"
#include "connect.h"
#include "doctor_check.h"
#include "doctor_database.h"
#include "doctor_ledger.h"
#include "doctor_login.h"
#include "doctor_report.h"
#include "doctor_visit.h"
#include "policy_file.h"
#include "secret.h"

#define WAIT_PAUSE_MS 1000
#define NO_CONNECTION "there is no connection as it was asked for"

/* Home, and what stands there is erased: ECMA-48. */
#define ERASE_SCREEN "\033[H\033[J"

/* One look at everything, and what it rests on. */
typedef struct Consultation
{
	const Options *options;
	SecretDirectory secrets;
	char *address;
	Policy policy;
	Survey survey;
	Database *database;
	DoctorView view;
	DoctorServices services;
	Examination *roles;
	int role_count;
	Examination whole;
	RemedyContext context;
	char *set_role;
	Diagnosis diagnosis;
} Consultation;

/*
 * The services of the policy, and not those of hh.service: its rows are the owner's to write,
 * and the doctor logs in as the roles.  That they differ is a finding of its own.
 */
static void
take_services(DoctorServices *services, const Policy *policy)
{
	for (int i = 0; i < policy->service_count; i++)
		doctor_services_add(services, policy->services[i].name, policy->services[i].role,
							doctor_mode_of_name(policy->services[i].mode));
}

static bool
has_profile(const Policy *policy, const char *name)
{
	for (int i = 0; i < policy->profile_count; i++)
	{
		if (strcmp(policy->profiles[i].name, name) == 0)
			return true;
	}
	return false;
}

/* Where none was asked for, the database is held against the profile that it says it has. */
static void
take_recorded_profile(Consultation *consultation)
{
	const char *recorded = consultation->view.profile;
	Options options = *consultation->options;
	Policy policy = {0};

	options.profile = recorded;
	if (consultation->options->profile == NULL && recorded != NULL &&
		has_profile(&consultation->policy, recorded) && policy_file_load(&policy, &options))
	{
		policy_free(&consultation->policy);
		consultation->policy = policy;
	}
}

/* Where nobody gets as far as a login, the services need not wait for the same. */
static bool
concerns_everybody(const Login *login)
{
	DoctorCheckId check = doctor_login_check(login);

	return check == CHECK_SERVER || check == CHECK_TLS || check == CHECK_DATABASE;
}

/* Records for each role what the connection asked for has met. */
static void
fail_everybody(Consultation *consultation, const Login *login)
{
	char *dbname = database_options_dbname(&consultation->options->connection);
	LoginAttempt attempt = {.address = consultation->address,
							.dbname = dbname,
							.timeout = database_try_timeout(&consultation->options->connection,
															DOCTOR_CONNECT_TIMEOUT_MS)};

	consultation->roles =
		pg_malloc0(sizeof(Examination) * (size_t) Max(consultation->services.count, 1));
	for (int i = 0; i < consultation->services.count; i++)
	{
		Examination *examination = &consultation->roles[consultation->role_count];

		if (consultation->services.items[i].role == NULL)
			continue;
		consultation->role_count++;
		examination->role = pg_strdup(consultation->services.items[i].role);
		attempt.role = examination->role;
		doctor_login_failed(examination, &attempt, login);
	}
	doctor_database_impossible(&consultation->whole, NO_CONNECTION);
	pg_free(dbname);
}

/* What any role may see is seen by the first that could log in. */
static void
look_through_a_role(Consultation *consultation)
{
	const Examination *seen = NULL;

	for (int i = 0; i < consultation->role_count && seen == NULL; i++)
	{
		if (consultation->roles[i].outcomes[CHECK_CLOCK] != CHECK_NOT_DONE)
			seen = &consultation->roles[i];
	}
	doctor_database_impossible(&consultation->whole, NO_CONNECTION);
	for (int check = 0; seen != NULL && check < CHECK_COUNT; check++)
	{
		if (doctor_checks[check].scope == SCOPE_DATABASE)
			examination_copy_check(&consultation->whole, seen, (DoctorCheckId) check);
	}
}

static void
look_at_roles(Consultation *consultation)
{
	const Options *options = consultation->options;
	DoctorExpectation expected = {.services = &consultation->services,
								  .recorded_dimensions =
									  doctor_recorded_dimensions(&consultation->survey),
								  .configured_dimensions = options->embedding_dimensions,
								  .configured_source = options->embedding_dimensions_source,
								  .address = consultation->address,
								  .with_server = consultation->database == NULL};
	DoctorVisits visits = {0};

	doctor_visits_begin(&visits, &options->connection, &consultation->secrets, &expected);
	if (consultation->database != NULL)
		doctor_examine_database(&consultation->whole, &consultation->view, &consultation->services,
								consultation->address);
	consultation->role_count = visits.count;
	consultation->roles = pg_malloc0(sizeof(Examination) * (size_t) Max(visits.count, 1));
	doctor_visits_end(&visits, consultation->roles);
	if (consultation->database == NULL)
		look_through_a_role(consultation);
}

/* What remedies are to say. */
static void
fill_context(Consultation *consultation)
{
	const Options *options = consultation->options;
	const char *url = getenv("DATABASE_URL");
	const Session *session = &consultation->view.session;

	consultation->context = (RemedyContext){
		.connection = options->connection,
		.dbname_is_from_environment = url && options->connection.dbname == url,
		.secrets_dir = options->secrets_directory,
		.directory = options->directory,
		.policy = options->policy,
		.profile = options->profile ? options->profile : consultation->view.profile};
	if (consultation->view.is_surveyed && session->mode == SESSION_AS_OWNER &&
		!database_user_is_superuser(session->database))
		consultation->set_role =
			psprintf("SET ROLE %s", consultation->survey.deployment.owner_quoted);
	consultation->context.set_role = consultation->set_role;
}

static void
consult(Consultation *consultation)
{
	const Options *options = consultation->options;
	Login login = {0};

	consultation->address = database_address(&options->connection);
	consultation->database =
		database_connect_trying(&options->connection, DOCTOR_CONNECT_TIMEOUT_MS, &login);
	consultation->view.policy = &consultation->policy;
	doctor_view_open(&consultation->view, consultation->database, &consultation->survey);
	take_recorded_profile(consultation);
	take_services(&consultation->services, &consultation->policy);
	fill_context(consultation);
	if (consultation->database == NULL && login.message != NULL && concerns_everybody(&login))
		fail_everybody(consultation, &login);
	else
	{
		if (login.message != NULL)
			pg_log_warning("could not connect as asked for: %s", login.message);
		look_at_roles(consultation);
	}
	diagnosis_make(&consultation->diagnosis, &consultation->services, consultation->roles,
				   consultation->role_count, &consultation->whole, &consultation->context);
	login_free(&login);
}

static void
consultation_free(Consultation *consultation)
{
	diagnosis_free(&consultation->diagnosis);
	pg_free(consultation->view.profile);
	for (int i = 0; i < consultation->role_count; i++)
		examination_free(&consultation->roles[i]);
	pg_free(consultation->roles);
	examination_free(&consultation->whole);
	doctor_services_free(&consultation->services);
	pg_free(consultation->set_role);
	pg_free(consultation->address);
	database_close(consultation->database);
	survey_free(&consultation->survey);
	policy_free(&consultation->policy);
	secret_directory_close(&consultation->secrets);
}

static void
erase_screen(const Options *options)
{
	if (options->watch > 0 && options->format == FORMAT_TEXT && isatty(STDOUT_FILENO))
		fputs(ERASE_SCREEN, stdout);
}

/*
 * Looks once, prints where it is asked to or where it was the last time, and says what the
 * exit code is.
 */
static int
look_once(const Options *options, bool is_last, int *wait_ms)
{
	Consultation consultation = {.options = options};
	int exit_code = EXIT_COULD_NOT_RUN;

	if (survey_read_files(&consultation.survey, options->directory) &&
		policy_file_load(&consultation.policy, options) &&
		secret_directory_open(&consultation.secrets, options->secrets_directory))
	{
		bool is_ready;

		consult(&consultation);
		is_ready = consultation.diagnosis.ready_count == consultation.diagnosis.service_count &&
				   /* Nobody has got through to the database. */
				   (consultation.diagnosis.service_count > 0 || consultation.database != NULL);
		exit_code = is_ready ? EXIT_DONE : EXIT_FOUND_PROBLEMS;
		if (is_ready || is_last || options->watch > 0)
		{
			erase_screen(options);
			doctor_report_print(&consultation.diagnosis, options->format, options->quiet);
		}
	}
	if (exit_code != EXIT_FOUND_PROBLEMS)
		*wait_ms = 0;
	consultation_free(&consultation);
	return exit_code;
}

int
command_doctor(const Options *options)
{
	bool is_repeated = options->watch > 0 || options->wait > 0;
	int64 deadline = options->wait > 0 ? clock_ms() + (int64) options->wait * 1000 : INT64_MAX;
	int pause = options->watch > 0 ? options->watch * 1000 : WAIT_PAUSE_MS;
	int exit_code;

	secret_protect_process();
	for (;;)
	{
		bool is_last = !is_repeated || clock_ms() + pause >= deadline;
		int wait_ms = pause;

		exit_code = look_once(options, is_last, &wait_ms);
		if (is_last || wait_ms == 0)
			return exit_code;
		pg_usleep(wait_ms * 1000L);
	}
}
