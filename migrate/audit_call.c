/*
 * audit_call.c
 *		Calls hh.audit(), and no look-alike.
 */
#include "postgres_fe.h"

#include "common/logging.h"

#include "audit_call.h"
#include "audit_report.h"
#include "queries.h"

static bool
ask(Database *database, const char *query, bool *answer)
{
	Result *result = database_query(database, query, NO_PARAMS);

	*answer = result != NULL && result_is_true(result, 0, 0);
	result_free(result);
	return result != NULL;
}

bool
audit_look(Database *database, bool *is_there)
{
	return ask(database, query_audit_is_there, is_there);
}

/*
 * Nobody but the session user can replace the binding, nor the function that it calls but
 * a superuser; so what was looked at is what is called.
 */
static bool
bind_audit(Database *database)
{
	bool is_bound;

	if (!ask(database, query_audit_is_bound, &is_bound))
		return false;
	if (!is_bound && (!database_command(database, query_bind_audit) ||
					  !ask(database, query_audit_is_bound, &is_bound)))
		return false;
	if (!is_bound)
	{
		pg_log_error("the function hh.audit(regrole) is not the extension's own");
		pg_log_error_hint("Look at who made it, and create the extension headhunter anew.");
	}
	return is_bound;
}

Result *
audit_call(const Session *session, const char *role)
{
	bool binds = session->mode == SESSION_AS_OWNER;

	if (binds && !bind_audit(session->database))
		return NULL;
	return session_query(session, binds ? query_audit_bound : query_audit, AUDIT_COLUMNS,
						 PARAMS(role));
}
