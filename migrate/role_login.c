/*
 * role_login.c
 *		Whether a role can log in with its secret, and if not, why.
 */
#include "postgres_fe.h"

#include "role_login.h"
#include "role_state.h"
#include "secret_source.h"

/* What the catalogs tell before a login is tried. */
static const LoginVerdict role_missing = {"role missing", false,
										  "\"hh-migrate roles apply\" makes the policy's roles."};
static const LoginVerdict no_login = {
	"may not log in", false, "It is NOLOGIN: \"hh-migrate roles apply\", or ALTER ROLE ... LOGIN."};
static const LoginVerdict unfit_secret = {"unfit secret", false, NULL};
static const LoginVerdict expired = {"password expired", false,
									 "ALTER ROLE ... VALID UNTIL 'infinity'."};

static void
set_verdict(RoleLogin *login, const LoginVerdict *verdict, const char *detail, const char *hint)
{
	login->verdict = verdict->name;
	login->is_good = verdict->is_good;
	login->detail = detail ? pg_strdup(detail) : NULL;
	login->hint = hint ? pg_strdup(hint) : NULL;
}

static void
try_secret(Database *database, const char *role, const RoleState *state, const Secret *secret,
		   RoleLogin *login)
{
	Login outcome;
	const LoginVerdict *verdict;

	database_login(database, role, secret->text, &outcome);
	verdict = login_verdict(&outcome);
	/* The server refuses an expired password like a wrong one. */
	if (state->is_expired && strcmp(outcome.sqlstate, "28P01") == 0)
		verdict = &expired;
	set_verdict(login, verdict, outcome.message, verdict->hint);
	login_free(&outcome);
}

bool
role_login_try(Database *database, const SecretDirectory *directory, const char *role,
			   RoleLogin *login)
{
	RoleState state;
	Secret secret;

	memset(login, 0, sizeof(*login));
	if (!role_state_read(database, role, &state))
		return false;
	secret_find(directory, role, &secret);
	if (!state.exists)
		set_verdict(login, &role_missing, NULL, role_missing.hint);
	else if (!state.can_login)
		set_verdict(login, &no_login, NULL, no_login.hint);
	else if (secret.fault != NULL)
		set_verdict(login, &unfit_secret, secret.fault, secret.fault_hint);
	else
		try_secret(database, role, &state, &secret, login);
	if (secret.text != NULL || secret.fault != NULL)
		login->secret_place = pg_strdup(secret.place);
	secret_forget(&secret);
	return true;
}

void
role_login_free(RoleLogin *login)
{
	pg_free(login->secret_place);
	pg_free(login->detail);
	pg_free(login->hint);
	memset(login, 0, sizeof(*login));
}
