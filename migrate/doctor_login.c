/*
 * doctor_login.c
 *		What a login that failed means: pure, without a database.
 */
#include "postgres_fe.h"

#include <time.h>

#include "doctor_login.h"
#include "doctor_remedy.h"

/* In what order a login passes them. */
static const DoctorCheckId login_checks[] = {
	CHECK_SERVER,	CHECK_TLS,	 CHECK_DATABASE,		 CHECK_ROLE,   CHECK_SECRET,
	CHECK_PASSWORD, CHECK_LOGIN, CHECK_CONNECTION_LIMIT, CHECK_CONNECT};

/* What the server's SQLSTATEs at a login mean. */
static const struct
{
	const char *sqlstate;
	DoctorCheckId check;
} meanings[] = {
	{"28P01", CHECK_PASSWORD}, {"28000", CHECK_LOGIN},	 {"3D000", CHECK_DATABASE},
	{"42501", CHECK_CONNECT},  {"55000", CHECK_CONNECT}, {"53300", CHECK_CONNECTION_LIMIT},
	{"57P03", CHECK_SERVER},   {"57P01", CHECK_SERVER},
};

DoctorCheckId
doctor_login_check(const Login *login)
{
	const char *message = login->message ? login->message : "";

	if (login->timed_out)
		return CHECK_SERVER;
	if (login->sqlstate[0] == '\0' && !login->had_password && login->request != LOGIN_UNKNOWN)
		return CHECK_SECRET;
	/* Where it has no password to ask for, PostgreSQL names the role that is missing. */
	if (strcmp(login->sqlstate, "28000") == 0 && strstr(message, "does not exist"))
		return CHECK_ROLE;
	for (size_t i = 0; i < lengthof(meanings); i++)
	{
		if (strcmp(login->sqlstate, meanings[i].sqlstate) == 0)
			return meanings[i].check;
	}
	if (login->sqlstate[0] != '\0')
		return CHECK_LOGIN;
	if (strstr(message, "SSL") || strstr(message, "certificate") || strstr(message, "TLS"))
		return CHECK_TLS;
	return CHECK_SERVER;
}

static void
pass_until(Examination *examination, DoctorCheckId failed)
{
	for (size_t i = 0; i < lengthof(login_checks) && login_checks[i] != failed; i++)
		examination_done(examination, login_checks[i]);
}

void
doctor_login_passed(Examination *examination)
{
	pass_until(examination, CHECK_COUNT);
}

/*
 * What stores a password and sets it: the stored one, where it is good; else a new one, for
 * the service to take up.
 */
static char *
password_remedy(const LoginAttempt *attempt)
{
	char *role = remedy_word(attempt->role);
	char *remedy;

	if (attempt->secret_problem == NULL && attempt->secret_is_given)
		remedy = psprintf("hh-migrate roles passwords %s", role);
	else
		remedy = psprintf("hh-migrate roles passwords %s --rotate %s%s", role, role,
						  attempt->secrets_dir ? "" : " --secrets-dir DIRECTORY");
	pg_free(role);
	return remedy;
}

static char *
database_remedy(const char *dbname)
{
	char *word = remedy_word(dbname);
	char *remedy = psprintf("sh createdb %s", word);

	pg_free(word);
	return remedy;
}

static char *
failed_login_remedy(const LoginAttempt *attempt, const Login *login, DoctorCheckId check)
{
	switch (check)
	{
		case CHECK_SECRET:
		case CHECK_PASSWORD:
			return password_remedy(attempt);
		case CHECK_DATABASE:
			return database_remedy(attempt->dbname);
		case CHECK_CONNECTION_LIMIT:
			return pg_strdup("sql SELECT pid, usename, application_name, state, state_change "
							 "FROM pg_stat_activity WHERE backend_type = 'client backend' "
							 "ORDER BY state_change");
		case CHECK_LOGIN:
			if (strstr(login->message, "pg_hba"))
				return pg_strdup("sql SELECT * FROM pg_hba_file_rules");
			return NULL;
		default:
			return NULL;
	}
}

static char *
failed_login_detail(const LoginAttempt *attempt, const Login *login, DoctorCheckId check)
{
	time_t end = (time_t) login->certificate_end;
	char when[32];

	if (login->timed_out)
		return psprintf("no answer within %g s", attempt->timeout / 1000.0);
	if (check == CHECK_SECRET)
		return attempt->secrets_dir
				   ? psprintf("directory %s has none, nor has the passfile", attempt->secrets_dir)
				   : pg_strdup(
						 "say where they are with --secrets-dir, or put it into the passfile");
	if (check == CHECK_TLS && login->certificate_end > 0 && end < time(NULL))
	{
		strftime(when, sizeof(when), "%Y-%m-%d %H:%M UTC", gmtime(&end));
		return psprintf("the server's certificate has expired, on %s: %s", when, login->message);
	}
	return pg_strdup(login->message);
}

void
doctor_login_failed(Examination *examination, const LoginAttempt *attempt, const Login *login)
{
	DoctorCheckId check = doctor_login_check(login);
	bool is_about_role = check != CHECK_SERVER && check != CHECK_TLS && check != CHECK_DATABASE;
	char *detail = failed_login_detail(attempt, login, check);
	char *remedy = failed_login_remedy(attempt, login, check);

	pass_until(examination, check);
	examination_observe(examination,
						(Observation){.check = check,
									  .object = is_about_role			  ? attempt->role
												: check == CHECK_DATABASE ? attempt->dbname
																		  : attempt->address,
									  .detail = detail,
									  .remedy = remedy});
	pg_free(detail);
	pg_free(remedy);
}

void
doctor_login_without_secret(Examination *examination, const LoginAttempt *attempt)
{
	char *remedy = password_remedy(attempt);

	/* It was not tried to connect, so that nothing is said of the server. */
	examination_observe(examination, (Observation){.check = CHECK_SECRET,
												   .object = attempt->role,
												   .detail = attempt->secret_problem,
												   .remedy = remedy});
	pg_free(remedy);
}
