/*
 * refusal.c
 *		What the connected role is not allowed to bring about, and who is.
 */
#include "postgres_fe.h"

#include "common/logging.h"

#include "refusal.h"

void
refusal_log_role(const Database *database, const RoleChangeList *roles, int failed,
				 const ServerError *error)
{
	/* insufficient_privilege */
	if (strcmp(error->sqlstate, "42501") != 0)
	{
		server_error_log(error, NULL);
		pg_log_error_detail("The statement was: %s", roles->items[failed].statement);
		return;
	}
	pg_log_error("role \"%s\" may not change the cluster's roles as the policy says",
				 database_user(database));
	pg_log_error_detail("%s: %s", roles->items[failed].statement, error->message);
	pg_log_error_detail("Nothing was changed. What is needed:");
	for (int i = 0; i < roles->count; i++)
		pg_log_error_detail("    %s;", roles->items[i].statement);
	pg_log_error_hint("An administrator runs: hh-migrate roles apply -d %s -U postgres",
					  database_name(database));
}

static void
log_remedy(const Remedy *remedy, const Policy *policy)
{
	char *object = remedy_object_in_words(remedy);

	pg_log_error("%s: %s for %s on %s", remedy->verdict, remedy->privilege,
				 remedy->role ? remedy->role : "PUBLIC", object);
	pg_free(object);
	if (remedy->path)
		pg_log_error_detail("%s.", remedy->path);
	if (remedy->statement == NULL)
		pg_log_error_hint("No statement mends that: look at what the policy names.");
	else if (!remedy_is_asked_for(remedy, policy))
		pg_log_error_hint(
			"The policy does not ask for that, though its image in hh.policy does: look "
			"at who writes there.");
	else
	{
		if (remedy->refusal)
			pg_log_error_detail("%s: %s", remedy->statement, remedy->refusal);
		pg_log_error_hint("The object's owner, the grantor or a superuser runs: %s;",
						  remedy->statement);
	}
}

void
refusal_log_remedies(const RemedyList *remedies, const Policy *policy)
{
	for (int i = 0; i < remedies->count; i++)
		log_remedy(&remedies->items[i], policy);
}
