/*
 * database_result.c
 *		What a statement returned, and what the server said of one that failed.
 */
#include "postgres_fe.h"

#include "common/logging.h"

#include "database_internal.h"

int
result_rows(const Result *result)
{
	return PQntuples(result->rows);
}

int
result_columns(const Result *result)
{
	return PQnfields(result->rows);
}

const char *
result_value(const Result *result, int row, int column)
{
	return PQgetisnull(result->rows, row, column) ? NULL : PQgetvalue(result->rows, row, column);
}

char *
result_value_copy(const Result *result, int row, int column)
{
	const char *value = result_value(result, row, column);

	return value ? pg_strdup(value) : NULL;
}

bool
result_is_true(const Result *result, int row, int column)
{
	const char *value = result_value(result, row, column);

	return value != NULL && strcmp(value, "t") == 0;
}

void
result_free(Result *result)
{
	if (result == NULL)
		return;
	PQclear(result->rows);
	pg_free(result);
}

bool
database_may_show_password(const char *dbname, const char *message)
{
	const char *authority = dbname ? strstr(dbname, "://") : NULL;
	const char *user_end = authority ? strrchr(authority, '@') : NULL;

	return user_end != NULL && memchr(authority + 3, ':', (size_t) (user_end - authority - 3)) &&
		   strncmp(message, "connection to server", strlen("connection to server")) != 0;
}

char *
libpq_message_copy(const char *message)
{
	char *copy = pg_strdup(message ? message : "");
	size_t length = strlen(copy);

	while (length > 0 && strchr("\r\n", copy[length - 1]) != NULL)
		copy[--length] = '\0';
	return copy;
}

/* What libpq says of a connection that is lost goes on for lines, which help nobody. */
static char *
first_line_copy(const char *message)
{
	const char *begin = strncmp(message, "FATAL:  ", 8) == 0 ? message + 8 : message;

	return pnstrdup(begin, strcspn(begin, "\r\n"));
}

static char *
field_copy(const PGresult *result, int field)
{
	const char *value = PQresultErrorField(result, field);

	return value ? pg_strdup(value) : NULL;
}

void
server_error_fill(ServerError *error, PGconn *connection, const PGresult *result)
{
	const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	const char *position = PQresultErrorField(result, PG_DIAG_STATEMENT_POSITION);
	const char *internal = PQresultErrorField(result, PG_DIAG_INTERNAL_POSITION);

	strlcpy(error->sqlstate, sqlstate ? sqlstate : "", sizeof(error->sqlstate));
	error->message = field_copy(result, PG_DIAG_MESSAGE_PRIMARY);
	error->detail = field_copy(result, PG_DIAG_MESSAGE_DETAIL);
	error->hint = field_copy(result, PG_DIAG_MESSAGE_HINT);
	error->context = field_copy(result, PG_DIAG_CONTEXT);
	error->internal_query = field_copy(result, PG_DIAG_INTERNAL_QUERY);
	if (position)
		error->position = atoi(position);
	else if (internal)
		error->position = atoi(internal);
	if (error->message == NULL)
		error->message = first_line_copy(PQerrorMessage(connection));
}

void
server_error_log(const ServerError *error, const char *headline)
{
	if (headline)
	{
		pg_log_error("%s", headline);
		pg_log_error_detail("%s%s%s%s", error->message, error->sqlstate[0] ? " (SQLSTATE " : "",
							error->sqlstate, error->sqlstate[0] ? ")" : "");
	}
	else
		pg_log_error("%s", error->message);
	if (error->detail)
		pg_log_error_detail("%s", error->detail);
	if (error->hint)
		pg_log_error_hint("%s", error->hint);
	if (error->context)
		pg_log_debug("context: %s", error->context);
}

void
server_error_free(ServerError *error)
{
	pg_free(error->message);
	pg_free(error->detail);
	pg_free(error->hint);
	pg_free(error->context);
	pg_free(error->internal_query);
	memset(error, 0, sizeof(*error));
}
