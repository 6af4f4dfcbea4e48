/*
 * role_password.c
 *		Roles whose passwords are to be what their secrets say.
 */
#include "postgres_fe.h"

#include <openssl/crypto.h>

#include "common/logging.h"

#include "password_verifier.h"
#include "pg_compat.h"
#include "role_password.h"

#define MOST_TRIES 10

static bool
check_can_be_made(const RolePassword *password, const SecretDirectory *directory)
{
	const SecretFault *unnamable = secret_directory_name_fault(password->role);

	if (directory->path == NULL)
		pg_log_error("there is no directory to store a new secret of role \"%s\" in",
					 password->role);
	else if (unnamable != NULL)
		pg_log_error("the secret of role \"%s\" %s", password->role, unnamable->what);
	else if (password->secret.text != NULL && !password->secret.is_in_file)
		pg_log_error("the secret of role \"%s\" is in the environment, where hh-migrate can't "
					 "change it",
					 password->role);
	else
		return true;
	if (directory->path == NULL)
		pg_log_error_hint("Say --secrets-dir.");
	else if (unnamable != NULL)
		pg_log_error_hint("%s", unnamable->hint);
	else
		pg_log_error_hint("Change it where it comes from, and run \"hh-migrate roles passwords\".");
	return false;
}

/* What is wrong with a secret is no matter where another one takes its place. */
static void
drop_unfit(Secret *secret)
{
	pg_free(secret->fault);
	secret->fault = NULL;
	if (secret->text != NULL && secret->text[0] == '\0')
	{
		/* libpq would look for a password elsewhere. */
		secret_free(secret->text);
		secret->text = NULL;
	}
}

bool
role_password_find(RolePassword *password, const SecretDirectory *directory, bool generate)
{
	Secret *secret = &password->secret;
	char *variable;

	secret_find(directory, password->role, secret);
	if (secret->fault != NULL && password->rotate && secret->is_in_file && !secret->is_ambiguous)
		drop_unfit(secret);
	if (secret->fault != NULL)
	{
		pg_log_error("%s", secret->fault);
		pg_log_error_hint("%s", secret->fault_hint);
		return false;
	}
	if (password->rotate || (secret->text == NULL && generate))
		return check_can_be_made(password, directory);
	if (secret->text != NULL)
		return true;
	variable = secret_environment_name(password->role);
	pg_log_error("role \"%s\" has no secret", password->role);
	if (directory->path != NULL)
		pg_log_error_hint("Put it into file %s/%s (mode 0600) or into variable %s, or say "
						  "--generate to have one made.",
						  directory->path, password->role, variable);
	else
		pg_log_error_hint("Say --secrets-dir, or put it into variable %s.", variable);
	pg_free(variable);
	return false;
}

/* Whose passwords are none of ours to set, or can't be proved. */
static bool
check_state(const char *role, const RoleState *state)
{
	if (!state->exists)
	{
		pg_log_error("role \"%s\" does not exist", role);
		pg_log_error_hint("\"hh-migrate roles apply\" makes the policy's roles.");
	}
	else if (state->is_superuser)
	{
		pg_log_error("role \"%s\" is a superuser, whose password is not set here", role);
		pg_log_error_hint("No service is to be one: look at \"hh-migrate audit\".");
	}
	else if (!state->can_login)
	{
		pg_log_error("role \"%s\" may not log in, and needs no password", role);
		pg_log_error_hint("If it is to: \"hh-migrate roles apply\", or ALTER ROLE ... LOGIN.");
	}
	else if (state->is_expired)
	{
		pg_log_error("role \"%s\" has a password that is no longer valid (VALID UNTIL)", role);
		pg_log_error_hint("ALTER ROLE ... VALID UNTIL 'infinity', as an administrator.");
	}
	else
		return true;
	return false;
}

static void
prove(RolePassword *password, Database *database)
{
	Login login;

	database_login(database, password->role, password->secret.text, &login);
	/* What comes behind the password, the right to connect for one, is another matter. */
	password->is_proved = login.password_is_good;
	password->verdict = login_verdict(&login);
	pg_free(password->detail);
	password->detail = login.message ? pg_strdup(login.message) : NULL;
	login_free(&login);
}

bool
role_password_look(RolePassword *password, Database *database)
{
	if (!role_state_read(database, password->role, &password->state) ||
		!check_state(password->role, &password->state))
		return false;
	if (password->secret.text != NULL)
		prove(password, database);
	if (password->rotate)
		password->change = PASSWORD_ROTATED;
	else if (password->secret.text == NULL)
		password->change = PASSWORD_GENERATED;
	else
		password->change = password->is_proved ? PASSWORD_UNCHANGED : PASSWORD_SET;
	return true;
}

bool
role_password_check_rights(const RolePassword *passwords, int count, Database *database)
{
	bool may = true;

	for (int i = 0; i < count; i++)
	{
		if (passwords[i].change == PASSWORD_UNCHANGED || passwords[i].state.may_set_password)
			continue;
		pg_log_error("role \"%s\" may not set the password of role \"%s\"", database_user(database),
					 passwords[i].role);
		may = false;
	}
	if (may)
		return true;
	if (CREATEROLE_NEEDS_ADMIN(database_server_version(database)))
		pg_log_error_hint(
			"Have an administrator run the same with --username: one with CREATEROLE, "
			"and with ADMIN on the role, which who made it has and can GRANT.");
	else
		pg_log_error_hint("Have an administrator run the same with --username: one with "
						  "CREATEROLE.");
	return false;
}

/*
 * While a rotation is under way, the file beside holds what the server may still have.  One
 * that is there already has just that, if the present secret has never come to work.
 */
static bool
keep_previous(const RolePassword *password, const SecretDirectory *directory, const char *beside)
{
	if (password->secret.text == NULL ||
		(!password->is_proved && secret_directory_has(directory, beside)))
		return true;
	return secret_directory_write(directory, beside, password->secret.text);
}

static bool
make_secret(RolePassword *password, const SecretDirectory *directory, const char *beside)
{
	char *made = secret_generate();

	if (made == NULL || !keep_previous(password, directory, beside) ||
		!secret_directory_write(directory, password->role, made))
	{
		secret_free(made);
		return false;
	}
	secret_free(password->secret.text);
	password->secret.text = made;
	return true;
}

/* Another database's deployment may be altering the same role. */
static bool
run_alter(Database *database, const char *sql, const char *shown, ServerError *error)
{
	Result *result = NULL;

	for (int tries = 1; tries <= MOST_TRIES; tries++)
	{
		server_error_free(error);
		result = database_run_unshown(database, sql, shown, error);
		if (result != NULL || strcmp(error->sqlstate, "XX000") != 0 ||
			strstr(error->message, "concurrently") == NULL)
			break;
		pg_usleep(20000L * tries);
	}
	result_free(result);
	return result != NULL;
}

static bool
set_password(const RolePassword *password, Database *database, int iterations)
{
	char *verifier = password_verifier(password->secret.text, iterations);
	ServerError error = {0};
	char *role;
	char *sql;
	char *shown;
	bool done;

	if (verifier == NULL)
		return false;
	role = database_quote_identifier(database, password->role);
	/* A verifier has no quote in it. */
	sql = psprintf("ALTER ROLE %s PASSWORD '%s'", role, verifier);
	shown = psprintf("ALTER ROLE %s PASSWORD '(a SCRAM verifier)'", role);
	done = run_alter(database, sql, shown, &error);
	if (!done)
		server_error_log(&error, "could not set a role's password");
	server_error_free(&error);
	OPENSSL_cleanse(sql, strlen(sql));
	OPENSSL_cleanse(verifier, strlen(verifier));
	pg_free(sql);
	pg_free(shown);
	pg_free(role);
	free(verifier);
	return done;
}

void
role_password_bring_about(RolePassword *password, Database *database,
						  const SecretDirectory *directory, int iterations)
{
	char *beside = psprintf("%s" PREVIOUS_SUFFIX, password->role);
	bool makes = password->change == PASSWORD_GENERATED || password->change == PASSWORD_ROTATED;

	if (makes && !make_secret(password, directory, beside))
		password->failed = true;
	else if (password->change != PASSWORD_UNCHANGED)
	{
		password->is_proved = false;
		password->verdict = NULL;
		password->failed = !set_password(password, database, iterations);
		if (!password->failed)
			prove(password, database);
	}
	/* Left by a rotation: this one, or an earlier one that was interrupted. */
	if (password->is_proved && password->secret.is_in_file &&
		secret_directory_has(directory, beside))
		password->failed |= !secret_directory_remove(directory, beside);
	pg_free(beside);
}

void
role_password_free(RolePassword *password)
{
	secret_forget(&password->secret);
	pg_free(password->detail);
	memset(password, 0, sizeof(*password));
}
