/*
 * owner_session.c
 *		A session for commands that change what a deployment has made.
 */
#include "postgres_fe.h"

#include "common/logging.h"

#include "owner_session.h"

/* Whether the session may act as the owner of what a deployment has made. */
static bool
check_deployment(const Deployment *deployment, SessionMode mode)
{
	const WriteRefusal *refusal = deployment_write_refusal(deployment);

	if (refusal)
	{
		pg_log_error("%s", refusal->message);
		pg_log_error_detail("%s", refusal->detail);
		pg_log_error_hint("%s", refusal->hint);
		return false;
	}
	if (!deployment->ledger_exists)
	{
		pg_log_error("Headhunter is not deployed in this database");
		pg_log_error_hint("Run \"hh-migrate up\" first.");
		return false;
	}
	if (mode == SESSION_READER)
	{
		pg_log_error("could not act as role \"%s\", to which the deployment belongs",
					 deployment->owner);
		if (deployment->may_become_owner)
			pg_log_error_hint("Extension headhunter is missing: run \"hh-migrate up\" first.");
		else
			pg_log_error_hint("Connect as that role, or as one that may SET ROLE to it.");
		return false;
	}
	return true;
}

bool
owner_session_open(Database *database, Deployment *deployment, Session *session)
{
	if (!deployment_read(database, deployment, false) ||
		!deployment_check_schema(database, deployment, true) ||
		!deployment_decide_owner(database, deployment, NULL))
		return false;
	*session = session_make(database, deployment);
	return check_deployment(deployment, session->mode);
}
