/*
 * command_roles_verify.c
 *		"hh-migrate roles verify": log in as each role, with its secret.
 */
#include "postgres_fe.h"

#include "common/logging.h"

#include "command_roles_verify.h"
#include "connect.h"
#include "login_roles.h"
#include "report.h"
#include "role_login.h"

static const ReportColumn columns[] = {
	{"role", VALUE_TEXT},	{"verdict", VALUE_TEXT}, {"secret", VALUE_TEXT},
	{"detail", VALUE_TEXT}, {"hint", VALUE_TEXT},
};

/* A row a role; false where it could not be found out. */
static bool
try_all(Database *database, const SecretDirectory *directory, const LoginRoles *roles,
		Report *report, bool *good)
{
	report_add_table(report, "logins", columns, lengthof(columns));
	for (int i = 0; i < roles->count; i++)
	{
		const char *role = roles->names[i];
		RoleLogin login;

		if (database_cancelled())
		{
			pg_log_error("interrupted");
			return false;
		}
		if (!role_login_try(database, directory, role, &login))
			return false;
		report_add_row(report, (const char *[]){role, login.verdict, login.secret_place,
												login.detail, login.hint});
		*good &= login.is_good;
		role_login_free(&login);
	}
	return true;
}

int
command_roles_verify(const Options *options)
{
	SecretDirectory directory = {0};
	LoginRoles roles = {0};
	Database *database = NULL;
	Report report = {0};
	bool good = true;
	int exit_code = EXIT_COULD_NOT_RUN;

	secret_protect_process();
	if (login_roles_read(options, &roles) &&
		secret_directory_open(&directory, options->secrets_directory) &&
		(database = database_connect(&options->connection)) != NULL &&
		try_all(database, &directory, &roles, &report, &good))
	{
		report_add_fact(&report, "all_ok", VALUE_BOOLEAN, good ? "true" : "false");
		report_print(&report, options->format, stdout);
		exit_code = good ? EXIT_DONE : EXIT_FOUND_PROBLEMS;
	}
	report_free(&report);
	database_close(database);
	secret_directory_close(&directory);
	login_roles_free(&roles);
	return exit_code;
}
