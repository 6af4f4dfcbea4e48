/*
 * login_roles.c
 *		The roles whose logins a command is about.
 */
#include "postgres_fe.h"

#include "common/logging.h"

#include "login_roles.h"

bool
login_roles_have(const LoginRoles *roles, const char *name)
{
	for (int i = 0; i < roles->count; i++)
	{
		if (strcmp(roles->names[i], name) == 0)
			return true;
	}
	return false;
}

static void
add(LoginRoles *roles, const char *name)
{
	if (login_roles_have(roles, name))
		return;
	roles->names = pg_realloc(roles->names, sizeof(char *) * (size_t) (roles->count + 1));
	roles->names[roles->count++] = pg_strdup(name);
}

bool
login_roles_read(const Options *options, LoginRoles *roles)
{
	for (int i = 0; i < options->argument_count; i++)
		add(roles, options->arguments[i]);
	if (roles->count > 0)
		return true;
	pg_log_error("no role is given");
	pg_log_error_hint("Try \"hh-migrate help roles passwords\".");
	return false;
}

void
login_roles_free(LoginRoles *roles)
{
	for (int i = 0; i < roles->count; i++)
		pg_free(roles->names[i]);
	pg_free(roles->names);
	memset(roles, 0, sizeof(*roles));
}
