/*
 * bound_query.c
 *		A query of our own with its parameters as literals.
 */
#include "postgres_fe.h"

#include "bound_query.h"

/* Copies a comment or a quoted string, in which $1 is no parameter, as it stands. */
static const char *
copy_verbatim(PQExpBuffer bound, const char *at)
{
	const char *end = *at == '\'' ? strchr(at + 1, '\'') : strchr(at, '\n');

	end = end ? end + 1 : at + strlen(at);
	appendBinaryPQExpBuffer(bound, at, (size_t) (end - at));
	return end;
}

void
bound_query_append(Database *database, PQExpBuffer bound, const char *sql, int count,
				   const char *const *values)
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
