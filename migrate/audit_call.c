/*
 * audit_call.c
 *		Calls hh.audit(), and no look-alike.
 */
#include "postgres_fe.h"

#include "audit_call.h"
#include "audit_report.h"
#include "queries.h"

bool
audit_look(Database *database, bool *is_there)
{
	Result *result = database_query(database, query_audit_is_there, NO_PARAMS);

	*is_there = result != NULL && result_is_true(result, 0, 0);
	result_free(result);
	return result != NULL;
}

static bool
bind_audit(Database *database)
{
	static const BoundCall audit = {.name = "hh_audit",
									.argument_type = "pg_catalog.regrole",
									.binding = query_bind_audit,
									.function = "hh.audit(regrole)"};
	ServerError error = {0};
	bool is_bound = session_bind(database, &audit, &error);

	if (!is_bound)
		server_error_log(&error, NULL);
	server_error_free(&error);
	return is_bound;
}

char *
audit_query(const Session *session, const char *sql)
{
	static const char by_name[] = "hh.audit(";
	const char *call = strstr(sql, by_name);

	Assert(call != NULL);
	if (session->mode != SESSION_AS_OWNER)
		return pg_strdup(sql);
	if (!bind_audit(session->database))
		return NULL;
	return psprintf("%.*spg_temp.hh_audit(%s", (int) (call - sql), sql, call + strlen(by_name));
}

Result *
audit_call(const Session *session, const char *role)
{
	char *query = audit_query(session, query_audit);
	Result *rows = query ? session_query(session, query, AUDIT_COLUMNS, PARAMS(role)) : NULL;

	pg_free(query);
	return rows;
}
