/*
 * command_roles_passwords.c
 *		"hh-migrate roles passwords": set the passwords of roles that log in.
 */
#include "postgres_fe.h"

#include "common/logging.h"

#include "command_roles_passwords.h"
#include "connect.h"
#include "deployment.h"
#include "login_roles.h"
#include "pg_compat.h"
#include "queries.h"
#include "report.h"
#include "role_password.h"

static const ReportColumn columns[] = {
	{"role", VALUE_TEXT},	{"password", VALUE_TEXT}, {"login", VALUE_TEXT},
	{"secret", VALUE_TEXT}, {"detail", VALUE_TEXT},	  {"hint", VALUE_TEXT},
};

typedef struct Work
{
	const Options *options;
	SecretDirectory directory;
	LoginRoles roles;
	RolePassword *passwords; /* as many */
	Database *database;
} Work;

static bool
check_rotated(const Work *work)
{
	for (int i = 0; i < work->options->rotate_count; i++)
	{
		if (login_roles_have(&work->roles, work->options->rotate[i]))
			continue;
		pg_log_error("role \"%s\" of --rotate is none of those whose passwords are set",
					 work->options->rotate[i]);
		return false;
	}
	return true;
}

static bool
is_rotated(const Options *options, const char *role)
{
	for (int i = 0; i < options->rotate_count; i++)
	{
		if (strcmp(options->rotate[i], role) == 0)
			return true;
	}
	return false;
}

/* All of them, so that one run tells everything that is wrong. */
static bool
find_secrets(Work *work)
{
	bool found = true;

	if (work->directory.path != NULL && !secret_directory_lock(&work->directory))
		return false;
	work->passwords = pg_malloc0(sizeof(RolePassword) * (size_t) work->roles.count);
	for (int i = 0; i < work->roles.count; i++)
	{
		RolePassword *password = &work->passwords[i];

		password->role = work->roles.names[i];
		password->rotate = is_rotated(work->options, password->role);
		found &= role_password_find(password, &work->directory, work->options->generate);
	}
	return found;
}

static bool
check_server_takes_changes(Database *database)
{
	Deployment deployment = {0};
	const WriteRefusal *refusal = NULL;
	bool done = deployment_read(database, &deployment, false);

	if (done && (refusal = deployment_write_refusal(&deployment)) != NULL)
	{
		pg_log_error("%s", refusal->message);
		pg_log_error_detail("%s", refusal->detail);
		pg_log_error_hint("%s", refusal->hint);
	}
	deployment_free(&deployment);
	return done && refusal == NULL;
}

/* How many iterations the server wants in a verifier; 0 where it could not be asked. */
static int
read_iterations(Database *database)
{
	Result *row =
		database_query(database, query_scram_iterations, PARAMS(DEFAULT_SCRAM_ITERATIONS));
	int iterations = row ? atoi(result_value(row, 0, 0)) : 0;

	result_free(row);
	return iterations;
}

static bool
has_changes(const Work *work)
{
	for (int i = 0; i < work->roles.count; i++)
	{
		if (work->passwords[i].change != PASSWORD_UNCHANGED)
			return true;
	}
	return false;
}

/* Whether a signal or the connection's end has us stop.  Logs that it has. */
static bool
is_stopped(const Work *work, const char *role)
{
	if (!database_cancelled() && database_is_connected(work->database))
		return false;
	pg_log_error("stopped before role \"%s\"", role);
	pg_log_error_hint("Run it again: it goes on where it was.");
	return true;
}

static bool
look(Work *work)
{
	bool fit = true;

	for (int i = 0; i < work->roles.count; i++)
	{
		if (is_stopped(work, work->roles.names[i]))
			return false;
		fit &= role_password_look(&work->passwords[i], work->database);
	}
	return fit && role_password_check_rights(work->passwords, work->roles.count, work->database);
}

static bool
bring_about(Work *work)
{
	int iterations = 0;

	if (has_changes(work) && (!check_server_takes_changes(work->database) ||
							  (iterations = read_iterations(work->database)) <= 0 ||
							  !database_command(work->database, query_hush_statements)))
		return false;
	for (int i = 0; i < work->roles.count; i++)
	{
		if (is_stopped(work, work->roles.names[i]))
			return false;
		role_password_bring_about(&work->passwords[i], work->database, &work->directory,
								  iterations);
	}
	return true;
}

static const char *
change_name(const RolePassword *password, bool dry_run)
{
	static const char *const names[][2] = {
		[PASSWORD_UNCHANGED] = {"unchanged", "unchanged"},
		[PASSWORD_SET] = {"set", "would be set"},
		[PASSWORD_GENERATED] = {"generated", "would be generated"},
		[PASSWORD_ROTATED] = {"rotated", "would be rotated"},
	};

	return password->failed ? "failed" : names[password->change][dry_run];
}

static void
add_row(Report *report, const RolePassword *password, bool dry_run)
{
	const LoginVerdict *verdict = password->verdict;
	bool is_tried = verdict != NULL && (!dry_run || password->change == PASSWORD_UNCHANGED);

	report_add_row(report, (const char *[]){password->role, change_name(password, dry_run),
											is_tried ? verdict->name : NULL, password->secret.place,
											is_tried ? password->detail : NULL,
											is_tried ? verdict->hint : NULL});
}

/* Prints what was done, and returns the exit code. */
static int
print_outcome(const Work *work)
{
	Report printed = {0};
	bool dry_run = work->options->dry_run;
	int exit_code = EXIT_DONE;

	report_add_table(&printed, "passwords", columns, lengthof(columns));
	for (int i = 0; i < work->roles.count; i++)
	{
		const RolePassword *password = &work->passwords[i];

		add_row(&printed, password, dry_run);
		if (password->failed)
			exit_code = EXIT_COULD_NOT_RUN;
		else if (!dry_run && exit_code == EXIT_DONE &&
				 (password->verdict == NULL || !password->verdict->is_good))
			exit_code = EXIT_FOUND_PROBLEMS;
	}
	report_print(&printed, work->options->format, stdout);
	report_free(&printed);
	return exit_code;
}

int
command_roles_passwords(const Options *options)
{
	Work work = {.options = options};
	int exit_code = EXIT_COULD_NOT_RUN;

	secret_protect_process();
	if (login_roles_read(options, &work.roles) && check_rotated(&work) &&
		secret_directory_open(&work.directory, options->secrets_directory) && find_secrets(&work) &&
		(work.database = database_connect(&options->connection)) != NULL && look(&work) &&
		(options->dry_run || bring_about(&work)))
		exit_code = print_outcome(&work);
	for (int i = 0; work.passwords != NULL && i < work.roles.count; i++)
		role_password_free(&work.passwords[i]);
	pg_free(work.passwords);
	database_close(work.database);
	secret_directory_close(&work.directory);
	login_roles_free(&work.roles);
	return exit_code;
}
