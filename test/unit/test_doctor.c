/* The doctor's diagnosis, without a server. */
#include "postgres_fe.h"

#include "doctor_check.h"
#include "doctor_contract.h"
#include "doctor_diagnosis.h"
#include "doctor_login.h"
#include "doctor_metrics.h"
#include "doctor_remedy.h"
#include "doctor_transfer.h"
#include "tap.h"

static const RemedyContext no_context = {.profile = NULL};

/* An examination that has passed everything. */
static Examination
passed(const char *role)
{
	Examination examination = {.role = role ? pg_strdup(role) : NULL};

	for (int check = 0; check < CHECK_COUNT; check++)
		examination_done(&examination, (DoctorCheckId) check);
	return examination;
}

static void
observe(Examination *examination, DoctorCheckId check, const char *service, const char *role)
{
	examination_observe(
		examination,
		(Observation){.check = check, .service = service, .role = role, .object = "it"});
}

/* Every check is told of, and rests on what comes before it. */
static void
check_table(void)
{
	bool named = true;
	bool ordered = true;
	bool has_words = true;
	bool unique = true;

	for (int i = 0; i < CHECK_COUNT; i++)
	{
		const DoctorCheck *check = &doctor_checks[i];

		named &= check->name != NULL;
		has_words &= check->message != NULL && check->effect != NULL;
		ordered &= (check->after >> i) == 0;
		for (int j = 0; j < i; j++)
			unique &= strcmp(check->name, doctor_checks[j].name) != 0;
	}
	ok(named, "every check has a name");
	ok(unique, "... of its own");
	ok(has_words, "... a message, and its effect");
	ok(ordered, "a check rests only on those before it");
}

static void
check_chains(void)
{
	DoctorServices services = {0};
	Examination roles[] = {passed("hh_app"), passed("hh_ops")};
	Examination database = passed(NULL);
	Diagnosis diagnosis = {0};

	doctor_services_add(&services, "hh-embed-svc", "hh_app", DOCTOR_VERIFY);
	doctor_services_add(&services, "hh-eco-svc", "hh_app", DOCTOR_VERIFY);
	doctor_services_add(&services, "hh-msgs-svc", "hh_ops", DOCTOR_VERIFY);
	doctor_services_add(&services, "hh-rerank-svc", NULL, DOCTOR_NONE);

	diagnosis_make(&diagnosis, &services, roles, 2, &database, &no_context);
	is_int(diagnosis.ready_count, 4, "nothing observed: all are ready");
	diagnosis_free(&diagnosis);

	observe(&roles[0], CHECK_TABLES, "hh-embed-svc", NULL);
	observe(&roles[0], CHECK_COLUMNS, "hh-embed-svc", NULL);
	observe(&roles[0], CHECK_STATEMENTS, "hh-embed-svc", NULL);
	diagnosis_make(&diagnosis, &services, roles, 2, &database, &no_context);
	is_int(diagnosis.services[0].findings.count, 1, "what comes of a failure is not told");
	is_int(diagnosis.services[0].findings.items[0].check, CHECK_TABLES, "... the failure is");
	ok(!diagnosis.services[0].is_ready, "... and the service is not ready");
	ok(diagnosis.services[1].is_ready, "... while another one of the same role is");
	diagnosis_free(&diagnosis);

	/* The server says "wrong password" of a role that doesn't exist. */
	observe(&roles[1], CHECK_PASSWORD, NULL, NULL);
	observe(&database, CHECK_ROLE, NULL, "hh_ops");
	diagnosis_make(&diagnosis, &services, roles, 2, &database, &no_context);
	is_int(diagnosis.services[2].findings.count, 1, "a role that is missing: one finding");
	is_int(diagnosis.services[2].findings.items[0].check, CHECK_ROLE,
		   "... what the catalogs say comes before what the login says");
	ok(diagnosis.services[3].is_ready, "a service without a role is ready whatever happens");
	is_int(diagnosis.ready_count, 2, "... and they are counted");
	diagnosis_free(&diagnosis);

	observe(&database, CHECK_EXCESS, NULL, "hh_app");
	diagnosis_make(&diagnosis, &services, roles, 2, &database, &no_context);
	ok(diagnosis.services[1].is_ready, "a warning leaves a service ready");
	is_int(diagnosis.services[1].findings.count, 1, "... and is told");
	diagnosis_free(&diagnosis);

	examination_free(&roles[0]);
	examination_free(&roles[1]);
	examination_free(&database);
	doctor_services_free(&services);
}

static void
check_what_is_not_done(void)
{
	DoctorServices services = {0};
	Examination role = passed("hh_app");
	Examination database = {0};
	Diagnosis diagnosis = {0};

	doctor_services_add(&services, "hh-embed-svc", "hh_app", DOCTOR_VERIFY);
	examination_impossible(&database, CHECK_MIGRATIONS, "nobody may");
	examination_impossible(&database, CHECK_CLOCK, "nobody can");
	observe(&role, CHECK_TABLES, NULL, NULL);
	diagnosis_make(&diagnosis, &services, &role, 1, &database, &no_context);
	is_int(diagnosis.unchecked_count, 2, "what can't be looked at is told");
	is_text(diagnosis.unchecked[0].why, "nobody may", "... with the reason");
	is_int(diagnosis.services[0].findings.items[0].check, CHECK_TABLES,
		   "... and what rests on it is looked at all the same");
	diagnosis_free(&diagnosis);
	examination_free(&role);

	role = (Examination){.role = pg_strdup("hh_app")};
	diagnosis_make(&diagnosis, &services, &role, 1, &database, &no_context);
	ok(!diagnosis.services[0].is_ready, "who was not seen to connect is not ready");
	diagnosis_free(&diagnosis);
	examination_free(&role);
	examination_free(&database);
	doctor_services_free(&services);
}

static void
check_remedy(const RemedyContext *context, const char *remedy, const char *expected,
			 const char *what)
{
	char *command = remedy_command(context, remedy);

	is_text(command, expected, what);
	pg_free(command);
}

static void
check_remedies(void)
{
	const RemedyContext said = {
		.connection = {.dbname = "host=/tmp dbname=it's", .user = "odd; role"},
		.secrets_dir = "/run/my secrets",
		.directory = "migrations",
		.set_role = "SET ROLE hh_owner",
		.profile = "auto-migrate"};
	const RemedyContext with_password = {.connection = {.dbname = "postgres://u:secret@h/db"}};
	const RemedyContext from_environment = {.connection = {.dbname = "postgres://u:secret@h/db"},
											.dbname_is_from_environment = true};

	check_remedy(&no_context, "hh-migrate up", "hh-migrate up", "a command as it is");
	check_remedy(&said, "hh-migrate up",
				 "hh-migrate up -U 'odd; role' -d 'host=/tmp dbname=it'\\''s' --dir migrations "
				 "--profile auto-migrate",
				 "... with the connection, quoted for a shell");
	check_remedy(&said, "hh-migrate roles passwords hh_app",
				 "hh-migrate roles passwords hh_app -U 'odd; role' -d 'host=/tmp dbname=it'\\''s' "
				 "--secrets-dir '/run/my secrets'",
				 "... with the directory of secrets, where that is wanted");
	check_remedy(&said, "sql A ;; B",
				 "psql -X -v ON_ERROR_STOP=1 -U 'odd; role' -d 'host=/tmp dbname=it'\\''s' -c 'SET "
				 "ROLE hh_owner' -c A -c B",
				 "statements, one -c each, as the owner");
	check_remedy(&with_password, "hh-migrate up",
				 "hh-migrate up -d 'user='\\''u'\\'' dbname='\\''db'\\'' host='\\''h'\\'''",
				 "a password is not repeated");
	check_remedy(&from_environment, "hh-migrate up", "hh-migrate up", "the environment stands");
	check_remedy(&from_environment, "sql A", "psql -X -v ON_ERROR_STOP=1 -d \"$DATABASE_URL\" -c A",
				 "... for psql is named");
	check_remedy(&said, "sh export A=1", "export A=1", "a command of the shell");
}

static DoctorCheckId
check_of(const char *sqlstate, const char *message, bool had_password)
{
	Login login = {.message = pg_strdup(message),
				   .had_password = had_password,
				   .request = had_password ? LOGIN_UNKNOWN : LOGIN_SCRAM};
	DoctorCheckId check;

	strlcpy(login.sqlstate, sqlstate, sizeof(login.sqlstate));
	check = doctor_login_check(&login);
	login_free(&login);
	return check;
}

static void
check_logins(void)
{
	is_int(check_of("28P01", "senha", true), CHECK_PASSWORD, "a wrong password, in any language");
	is_int(check_of("3D000", "", true), CHECK_DATABASE, "a database that is not there");
	is_int(check_of("53300", "", true), CHECK_CONNECTION_LIMIT, "too many connections");
	is_int(check_of("42501", "", true), CHECK_CONNECT, "no CONNECT");
	is_int(check_of("28000", "role \"x\" does not exist", true), CHECK_ROLE, "no role");
	is_int(check_of("28000", "no pg_hba.conf entry", true), CHECK_LOGIN, "not let in");
	is_int(check_of("57P03", "the database system is starting up", true), CHECK_SERVER,
		   "a server that starts");
	is_int(check_of("", "Connection refused", true), CHECK_SERVER, "nobody there");
	is_int(check_of("", "SSL error: certificate verify failed", true), CHECK_TLS, "TLS");
	is_int(check_of("", "fe_sendauth: no password supplied", false), CHECK_SECRET, "no password");
}

static void
check_transfer(void)
{
	Examination sent = passed("hh_app");
	Examination received = {0};
	PQExpBuffer text = createPQExpBuffer();

	examination_impossible(&sent, CHECK_CLOCK, "why\tnot\n");
	examination_observe(&sent, (Observation){.check = CHECK_USAGE,
											 .service = "s",
											 .object = "",
											 .detail = "a \xC3\xA7",
											 .remedy = "sql x"});
	doctor_transfer_write(text, &sent);
	ok(doctor_transfer_read(text->data, text->len, &received), "what was sent is read");
	is_int(received.outcomes[CHECK_CLOCK], CHECK_IMPOSSIBLE, "... an outcome");
	is_text(received.why[CHECK_CLOCK], "why\tnot\n", "... its reason");
	is_int(received.observation_count, 1, "... an observation");
	is_text(received.observations[0].object, "", "... an empty text");
	is_text(received.observations[0].role, NULL, "... one that is null");
	is_text(received.observations[0].detail, "a \xC3\xA7", "... and one that is neither");
	examination_free(&received);
	for (size_t length = 0; length < text->len; length++)
	{
		Examination cut = {0};

		if (doctor_transfer_read(text->data, length, &cut))
			ok(false, "what was cut off is refused");
		examination_free(&cut);
	}
	ok(true, "what was cut off is refused, wherever that is");
	destroyPQExpBuffer(text);
	examination_free(&sent);
}

static void
check_contract(void)
{
	char name[NAMEDATALEN];
	char type[NAMEDATALEN];
	const char *at = contract_next("a text, b timestamp with time zone, c text[]", name, type);

	is_text(name, "a", "a column");
	is_text(type, "text", "... and its type");
	at = contract_next(at, name, type);
	is_text(type, "timestamp with time zone", "a type of several words");
	at = contract_next(at, name, type);
	is_text(type, "text[]", "an array");
	ok(contract_next(at, name, type) == NULL, "the end");
	contract_next("SELECT, INSERT", name, NULL);
	is_text(name, "SELECT", "a privilege");
	ok(contract_names("hh-eco-svc", "taxonomy", "eco_alias"), "a table of a service");
	ok(!contract_names("hh-eco-svc", "search", NULL), "a schema that is not");
	ok(contract_names("hh-eco-svc", "taxonomy", NULL), "... and one that is");
}

static void
check_metrics(void)
{
	DoctorServices services = {0};
	Examination role = passed("r");
	Diagnosis diagnosis = {0};
	PQExpBuffer text = createPQExpBuffer();

	doctor_services_add(&services, "a \"b\\\n", "r", DOCTOR_VERIFY);
	observe(&role, CHECK_PASSWORD, NULL, NULL);
	diagnosis_make(&diagnosis, &services, &role, 1, &role, &no_context);
	doctor_metrics_append(text, &diagnosis);
	ok(strstr(text->data, "hh_service_ready{service=\"a \\\"b\\\\\\n\",role=\"r\"} 0\n") != NULL,
	   "a label is escaped");
	ok(strstr(text->data, "check=\"password\",severity=\"error\"} 1\n") != NULL, "a finding");
	destroyPQExpBuffer(text);
	diagnosis_free(&diagnosis);
	examination_free(&role);
	doctor_services_free(&services);
}

int
main(void)
{
	check_table();
	check_chains();
	check_what_is_not_done();
	check_remedies();
	check_logins();
	check_transfer();
	check_contract();
	check_metrics();
	return tap_done();
}
