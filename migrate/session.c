/*
 * session.c
 *		The one place that decides in whose name a statement runs.
 */
#include "postgres_fe.h"

#include "pqexpbuffer.h"

#include "session.h"

Session
session_make(Database *database, const Deployment *deployment)
{
	Session session = {database, SESSION_READER};

	if (strcmp(database_user(database), deployment->owner) == 0)
		session.mode = SESSION_PLAIN;
	else if (deployment->may_become_owner && deployment->can_execute_as_owner)
		session.mode = SESSION_AS_OWNER;
	return session;
}

/* Copies a comment or a quoted string, in which $1 is no parameter, as it stands. */
static const char *
copy_verbatim(PQExpBuffer bound, const char *at)
{
	const char *end = *at == '\'' ? strchr(at + 1, '\'') : strchr(at, '\n');

	end = end ? end + 1 : at + strlen(at);
	appendBinaryPQExpBuffer(bound, at, (size_t) (end - at));
	return end;
}

/*
 * Our own query with its parameters as literals, for hh.execute_as_owner() takes
 * text alone.
 */
static void
bind(Database *database, PQExpBuffer bound, const char *sql, int count, const char *const *values)
{
	while (*sql)
	{
		int number = sql[0] == '$' ? atoi(sql + 1) : 0;

		if (*sql == '\'' || strncmp(sql, "--", 2) == 0)
			sql = copy_verbatim(bound, sql);
		else if (number >= 1 && number <= count)
		{
			char *literal =
				values[number - 1] ? database_quote_literal(database, values[number - 1]) : NULL;

			appendPQExpBufferStr(bound, literal ? literal : "NULL");
			pg_free(literal);
			sql += 1 + strspn(sql + 1, "0123456789");
		}
		else
			appendPQExpBufferChar(bound, *sql++);
	}
}

/* Calls hh.execute_as_owner(), whose rows are text[]. */
static Result *
run_as_owner(Database *database, const char *sql, int columns, ServerError *error)
{
	PQExpBuffer call = createPQExpBuffer();
	Result *result;

	appendPQExpBufferStr(call, "SELECT");
	for (int column = 1; column <= columns; column++)
		appendPQExpBuffer(call, "%s r[%d]", column > 1 ? "," : "", column);
	appendPQExpBufferStr(call, " FROM hh.execute_as_owner($1::pg_catalog.text) AS r");
	result = database_run(database, call->data, PARAMS(sql), error);
	destroyPQExpBuffer(call);
	return result;
}

Result *
session_run(const Session *session, const char *sql, int columns, int count,
			const char *const *values, ServerError *error)
{
	PQExpBuffer bound;
	Result *result;

	if (session->mode != SESSION_AS_OWNER)
		return database_run(session->database, sql, count, values, error);
	if (count == 0)
		return run_as_owner(session->database, sql, columns, error);
	bound = createPQExpBuffer();
	bind(session->database, bound, sql, count, values);
	result = run_as_owner(session->database, bound->data, columns, error);
	destroyPQExpBuffer(bound);
	return result;
}

Result *
session_query(const Session *session, const char *sql, int columns, int count,
			  const char *const *values)
{
	ServerError error = {0};
	Result *result = session_run(session, sql, columns, count, values, &error);

	if (result == NULL)
	{
		server_error_log(&error, NULL);
		server_error_free(&error);
	}
	return result;
}
