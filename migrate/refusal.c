/*
 * refusal.c
 *		What the connected role is not allowed to bring about, and who is.
 */
#include "postgres_fe.h"

#include "common/logging.h"

#include "one_line.h"
#include "refusal.h"
#include "sql_line.h"

/* The server's words have names in them, too. */
void
refusal_log_statement(const char *statement, const char *message)
{
	char *sql = sql_line(statement);
	char *why = one_line(message, -1);

	pg_log_error_detail("%s: %s", sql, why);
	pg_free(sql);
	pg_free(why);
}

static void
log_advice(const ServerError *error)
{
	char *detail = one_line(error->detail ? error->detail : "", -1);
	char *hint = one_line(error->hint ? error->hint : "", -1);

	if (detail[0] != '\0')
		pg_log_error_detail("%s", detail);
	pg_log_error_detail("Nothing was changed.");
	if (hint[0] != '\0')
		pg_log_error_hint("%s", hint);
	pg_free(detail);
	pg_free(hint);
}

void
refusal_log_role(const Database *database, const RoleChangeList *roles, int failed,
				 const ServerError *error)
{
	/* insufficient_privilege */
	if (strcmp(error->sqlstate, "42501") != 0)
	{
		pg_log_error("a role can't be changed as the policy says");
		refusal_log_statement(roles->items[failed].statement, error->message);
		log_advice(error);
		return;
	}
	pg_log_error("role \"%s\" may not change the cluster's roles as the policy says",
				 database_user(database));
	refusal_log_statement(roles->items[failed].statement, error->message);
	pg_log_error_detail("Nothing was changed. What is needed:");
	for (int i = 0; i < roles->count; i++)
	{
		char *sql = sql_line(roles->items[i].statement);

		pg_log_error_detail("    %s;", sql);
		pg_free(sql);
	}
	pg_log_error_hint("An administrator runs: hh-migrate roles apply -d %s -U postgres",
					  database_name(database));
}

/* What is wrong, in one line: "excess: SELECT for PUBLIC on table search.tenants". */
static void
log_finding(const Remedy *remedy)
{
	char *object = remedy_object_in_words(remedy);
	char *text = psprintf("%s: %s for %s on %s", remedy->verdict, remedy->privilege,
						  remedy->role ? remedy->role : "PUBLIC", object);
	char *line = one_line(text, -1);
	char *path = one_line(remedy->path ? remedy->path : "", -1);

	pg_log_error("%s", line);
	if (path[0] != '\0')
		pg_log_error_detail("%s.", path);
	pg_free(path);
	pg_free(line);
	pg_free(text);
	pg_free(object);
}

static void
log_remedy(const Remedy *remedy, const Policy *policy)
{
	char *sql;

	log_finding(remedy);
	if (remedy->statement == NULL)
		pg_log_error_hint("No statement mends that: look at what the policy names.");
	else if (!remedy_is_asked_for(remedy, policy))
		pg_log_error_hint(
			"The policy does not ask for that, though its image in hh.policy does: look "
			"at who writes there.");
	else
	{
		if (remedy->refusal)
			refusal_log_statement(remedy->statement, remedy->refusal);
		sql = sql_line(remedy->statement);
		pg_log_error_hint("The object's owner, the grantor or a superuser runs: %s;", sql);
		pg_free(sql);
	}
}

void
refusal_log_remedies(const RemedyList *remedies, const Policy *policy)
{
	for (int i = 0; i < remedies->count; i++)
		log_remedy(&remedies->items[i], policy);
}
