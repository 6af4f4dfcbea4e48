/*
 * session.c
 *		The one place that decides in whose name a statement runs.
 */
#include "postgres_fe.h"

#include "common/logging.h"
#include "pqexpbuffer.h"

#include "bound_query.h"
#include "queries.h"
#include "session.h"
#include "statement_form.h"

Session
session_make(Database *database, const Deployment *deployment)
{
	Session session = {.database = database, .mode = SESSION_READER};
	bool is_owner = strcmp(database_user(database), deployment->owner) == 0;
	/* Without a ledger, hh.execute_as_owner() doesn't know whose the schemas are. */
	bool can_call = deployment->can_execute_as_owner && !deployment->in_recovery &&
					!deployment_has_lost_ledger(deployment);

	strlcpy(session.owner, deployment->owner, sizeof(session.owner));
	session.has_snapshot_table = deployment->has_snapshot_table;
	session.has_policy_tables = deployment->has_policy_tables;
	/* The function also refuses to do a superuser's work where others can replace tables. */
	if (is_owner && !(can_call && database_user_is_superuser(database)))
		session.mode = SESSION_PLAIN;
	else if (deployment->may_become_owner && can_call)
		session.mode = SESSION_AS_OWNER;
	return session;
}

/* What the owner planted runs in the calls, and can drop the extension: each has its check. */
static const BoundCall owner_call = {.name = "hh_execute_as_owner",
									 .argument_type = "pg_catalog.text",
									 .binding = query_bind_owner_call,
									 .function = "hh.execute_as_owner(text)"};

/*
 * Whether the call is bound to the extension's function; false on an error, too.  *check, which
 * the caller frees: a query that fails as soon as it no longer is.
 */
static bool
is_bound(Database *database, const BoundCall *call, char **check, ServerError *error)
{
	PQExpBuffer text = createPQExpBuffer();
	Result *row;
	bool bound;

	bound_query_append(database, text, query_call_is_bound,
					   PARAMS(call->name, call->argument_type));
	row = database_run(database, text->data, NO_PARAMS, error);
	bound = row != NULL && result_rows(row) > 0;
	if (bound)
	{
		resetPQExpBuffer(text);
		bound_query_append(database, text, query_call_is_as_bound,
						   PARAMS(result_value(row, 0, 0), result_value(row, 0, 1),
								  result_value(row, 0, 2), result_value(row, 0, 3)));
		*check = pg_strdup(text->data);
	}
	result_free(row);
	destroyPQExpBuffer(text);
	return bound;
}

static void
fill_not_ours(const BoundCall *call, ServerError *error)
{
	server_error_free(error);
	error->message = psprintf("the function %s is not the extension's own", call->function);
	error->hint = pg_strdup("Look at who made it, and create the extension headhunter anew.");
}

/* Binds it, unless it is bound.  *check as is_bound() says. */
static bool
bind_call(Database *database, const BoundCall *call, char **check, ServerError *error)
{
	Result *result;

	if (is_bound(database, call, check, error))
		return true;
	if (error->message != NULL)
		return false;
	result = database_run(database, call->binding, NO_PARAMS, error);
	if (result == NULL)
		return false;
	result_free(result);
	if (is_bound(database, call, check, error))
		return true;
	if (error->message == NULL)
		fill_not_ours(call, error);
	return false;
}

bool
session_bind(Database *database, const BoundCall *call, ServerError *error)
{
	char *check = NULL;
	bool bound = bind_call(database, call, &check, error);

	pg_free(check);
	return bound;
}

/* Binds hh.execute_as_owner(), and keeps its check with the connection. */
static bool
bind_owner_call(Database *database, ServerError *error)
{
	char **check = database_owner_check(database);

	pg_free(*check);
	*check = NULL;
	return bind_call(database, &owner_call, check, error);
}

/* What comes of the call itself has a context: the function's. */
static bool
is_check_failure(const ServerError *error)
{
	return strcmp(error->sqlstate, "22012") == 0 && error->context == NULL;
}

/* Appends the call behind its check. */
static void
append_owner_call(Database *database, PQExpBuffer message, const char *sql, int columns)
{
	char *literal = database_quote_literal(database, sql);

	appendPQExpBuffer(message, "%s\nSELECT", *database_owner_check(database));
	for (int column = 1; column <= columns; column++)
		appendPQExpBuffer(message, "%s r[%d]", column > 1 ? "," : "", column);
	appendPQExpBuffer(message, " FROM pg_temp.hh_execute_as_owner(%s::pg_catalog.text) AS r",
					  literal);
	pg_free(literal);
}

/* Sends the call, of the failure of whose check *error then says what it means. */
static Result *
send_owner_call(Database *database, const char *sql, int columns, const char *ending,
				bool *is_unbound, ServerError *error)
{
	PQExpBuffer message = createPQExpBuffer();
	Result *result;

	append_owner_call(database, message, sql, columns);
	appendPQExpBufferStr(message, ending);
	result = database_run(database, message->data, NO_PARAMS, error);
	*is_unbound = result == NULL && is_check_failure(error);
	if (*is_unbound)
		fill_not_ours(&owner_call, error);
	destroyPQExpBuffer(message);
	return result;
}

/*
 * Calls hh.execute_as_owner(), whose rows are text[]; ending: what follows in the message.
 * What is called is looked at in the same message, whose rest the server does not even parse
 * where that fails.  Then it is bound anew, unless a transaction is open.
 */
static Result *
run_as_owner(Database *database, const char *sql, int columns, const char *ending,
			 ServerError *error)
{
	bool may_bind = !database_in_transaction(database);
	bool is_unbound = *database_owner_check(database) == NULL;
	Result *result = NULL;

	if (!is_unbound)
		result = send_owner_call(database, sql, columns, ending, &is_unbound, error);
	else if (!may_bind)
		fill_not_ours(&owner_call, error);
	if (!is_unbound || !may_bind)
		return result;
	server_error_free(error);
	return bind_owner_call(database, error)
			   ? send_owner_call(database, sql, columns, ending, &is_unbound, error)
			   : NULL;
}

bool
session_begin(const Session *session, const char *begin)
{
	ServerError error = {0};
	bool is_ready = session->mode != SESSION_AS_OWNER ||
					*database_owner_check(session->database) != NULL ||
					bind_owner_call(session->database, &error);

	if (!is_ready)
		server_error_log(&error, NULL);
	server_error_free(&error);
	return is_ready && database_command(session->database, begin);
}

bool
session_remake(Database *database, const Deployment *decided, Session *session)
{
	Deployment now = {0};
	bool made = false;

	if (!deployment_read(database, &now, false))
	{
		deployment_free(&now);
		return false;
	}
	now.owner = pg_strdup(decided->owner);
	now.may_become_owner = decided->may_become_owner;
	if (deployment_check_schema(database, &now, true))
	{
		ServerError error = {0};

		*session = session_make(database, &now);
		/* Before there is the extension, nobody has put anything into its place. */
		if (session->mode == SESSION_READER && now.extension_version != NULL)
			fill_not_ours(&owner_call, &error);
		made = session->mode == SESSION_PLAIN ||
			   (session->mode == SESSION_AS_OWNER && bind_owner_call(database, &error));
		if (!made && error.message != NULL)
			server_error_log(&error, NULL);
		server_error_free(&error);
	}
	deployment_free(&now);
	return made;
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
		return run_as_owner(session->database, sql, columns, "", error);
	bound = createPQExpBuffer();
	bound_query_append(session->database, bound, sql, count, values);
	result = run_as_owner(session->database, bound->data, columns, "", error);
	destroyPQExpBuffer(bound);
	return result;
}

bool
session_run_and_commit(const Session *session, const char *sql, int count,
					   const char *const *values, ServerError *error)
{
	Database *database = session->database;
	PQExpBuffer bound = createPQExpBuffer();
	Result *result;

	bound_query_append(database, bound, sql, count, values);
	if (session->mode == SESSION_AS_OWNER)
		result = run_as_owner(database, bound->data, 0, ";\nCOMMIT", error);
	else
	{
		appendPQExpBufferStr(bound, "\n;\nCOMMIT");
		result = database_run(database, bound->data, NO_PARAMS, error);
	}
	destroyPQExpBuffer(bound);
	result_free(result);
	return result != NULL;
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

/* In one message, in which each call has its check's row before it. */
static bool
run_each_as_owner(Database *database, const SessionQuery *queries, Result **results, int count,
				  ServerError *error)
{
	PQExpBuffer message = createPQExpBuffer();
	Result **rows = pg_malloc(sizeof(Result *) * 2 * (size_t) count);
	bool done;

	for (int i = 0; i < count; i++)
	{
		append_owner_call(database, message, queries[i].sql, queries[i].columns);
		appendPQExpBufferStr(message, ";\n");
	}
	done = database_run_each(database, message->data, rows, 2 * count, error);
	for (int i = 0; i < count; i++)
	{
		result_free(rows[2 * i]);
		results[i] = rows[2 * i + 1];
	}
	pg_free(rows);
	destroyPQExpBuffer(message);
	return done;
}

static bool
run_each_plainly(Database *database, const SessionQuery *queries, Result **results, int count,
				 ServerError *error)
{
	PQExpBuffer message = createPQExpBuffer();
	bool done;

	for (int i = 0; i < count; i++)
		appendPQExpBufferStr(message, queries[i].sql);
	done = database_run_each(database, message->data, results, count, error);
	destroyPQExpBuffer(message);
	return done;
}

/* One by one, each call bound anew where it must be. */
static bool
query_one_by_one(const Session *session, const SessionQuery *queries, Result **results, int count)
{
	bool done = true;

	for (int i = 0; i < count; i++)
	{
		results[i] =
			done ? session_query(session, queries[i].sql, queries[i].columns, NO_PARAMS) : NULL;
		done = results[i] != NULL;
	}
	for (int i = 0; i < count && !done; i++)
	{
		result_free(results[i]);
		results[i] = NULL;
	}
	return done;
}

bool
session_query_each(const Session *session, const SessionQuery *queries, Result **results, int count)
{
	Database *database = session->database;
	ServerError error = {0};
	bool in_transaction = database_in_transaction(database);
	bool is_unbound;
	bool done;

	if (session->mode != SESSION_AS_OWNER)
		done = run_each_plainly(database, queries, results, count, &error);
	else if (*database_owner_check(database) != NULL)
		done = run_each_as_owner(database, queries, results, count, &error);
	else
		return query_one_by_one(session, queries, results, count);
	is_unbound = !done && is_check_failure(&error);
	if (is_unbound)
		fill_not_ours(&owner_call, &error);
	if (!done && !(is_unbound && !in_transaction))
		server_error_log(&error, NULL);
	server_error_free(&error);
	return done ||
		   (is_unbound && !in_transaction && query_one_by_one(session, queries, results, count));
}

/* Whether PostgreSQL itself keeps in check what the statement calls. */
static bool
is_contained(const char *sql, ServerError *error)
{
	StatementForm form = statement_form(sql, strlen(sql));

	if (statement_is_contained(&form, sql, strlen(sql)))
		return true;
	error->message =
		pg_strdup("the statement runs outside of a transaction, where it can't be kept "
				  "from the connected role's rights");
	error->detail = pg_strdup("What it calls could say RESET ROLE, for PostgreSQL runs it "
							  "unrestricted.");
	error->hint = pg_strdup("Connect as the deployment's owner for this migration.");
	return false;
}

bool
session_run_alone(const Session *session, const char *sql, ServerError *error)
{
	Database *database = session->database;
	bool switches = session->mode == SESSION_AS_OWNER;
	Result *result = NULL;

	if (switches)
	{
		char *owner = database_quote_identifier(database, session->owner);
		char *set_role = psprintf("SET ROLE %s", owner);

		if (is_contained(sql, error))
			result = database_run(database, set_role, NO_PARAMS, error);
		pg_free(set_role);
		pg_free(owner);
		if (result == NULL)
			return false;
		result_free(result);
	}
	result = database_run(database, sql, NO_PARAMS, error);
	if (switches && database_is_connected(database))
		result_free(database_query(database, "SET ROLE NONE", NO_PARAMS));
	result_free(result);
	return error->message == NULL;
}
