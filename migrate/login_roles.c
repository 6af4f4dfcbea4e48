/*
 * login_roles.c
 *		The roles whose logins a command is about.
 */
#include "postgres_fe.h"

#include "common/logging.h"

#include "login_roles.h"
#include "policy_file.h"

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

static bool
add_those_of_policy(LoginRoles *roles, const Options *options)
{
	Policy policy = {0};
	bool loaded = policy_file_load(&policy, options);

	for (int i = 0; loaded && i < policy.role_count; i++)
	{
		if (policy.roles[i].can_login)
			add(roles, policy.roles[i].name);
	}
	policy_free(&policy);
	if (loaded && roles->count == 0)
	{
		pg_log_error("no role of the policy logs in");
		pg_log_error_hint("Name the roles that this is about.");
	}
	return roles->count > 0;
}

bool
login_roles_read(const Options *options, LoginRoles *roles)
{
	for (int i = 0; i < options->argument_count; i++)
		add(roles, options->arguments[i]);
	return roles->count > 0 || add_those_of_policy(roles, options);
}

void
login_roles_free(LoginRoles *roles)
{
	for (int i = 0; i < roles->count; i++)
		pg_free(roles->names[i]);
	pg_free(roles->names);
	memset(roles, 0, sizeof(*roles));
}
