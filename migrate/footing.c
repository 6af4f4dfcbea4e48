/*
 * footing.c
 *		What a migration must leave as it found it: role, search_path, transaction.
 */
#include "postgres_fe.h"

#include "footing.h"
#include "queries.h"

#define ROLE_HINT                                                                                  \
	"A migration runs as the deployment's owner throughout: leave SET ROLE and SET SESSION "       \
	"AUTHORIZATION out. ALTER ... OWNER TO and GRANT give things to others."
#define TRANSACTION_HINT                                                                           \
	"hh-migrate commits a migration together with its row in the ledger: leave COMMIT and "        \
	"ROLLBACK out. In PL/pgSQL, a block with EXCEPTION takes back what failed in it."

/* As queries/footing.sql.  The first that differs is told, and RESET ALL changes several. */
static const struct
{
	const char *what;
	const char *hint;
} parts[FOOTING_COLUMNS] = {
	{"its transaction", TRANSACTION_HINT},
	{"all of the session's settings",
	 "Leave RESET ALL out. Where a statement needs a setting, SET LOCAL it: it ends with the "
	 "migration."},
	{"the session's user", ROLE_HINT},
	{"the current role", ROLE_HINT},
	{"the current role", ROLE_HINT},
	{"search_path", "Leave it, and name objects with their schema: CREATE TABLE search.t (...). "
					"A function gets one of its own: CREATE FUNCTION ... SET search_path = ..."},
	{"session_replication_role",
	 "Leave it. ALTER TABLE ... DISABLE TRIGGER switches a trigger off."},
};

bool
footing_read(const Session *session, Footing *footing, ServerError *error)
{
	Result *row = session_run(session, query_footing, FOOTING_COLUMNS, NO_PARAMS, error);

	footing_free(footing);
	if (row == NULL)
		return false;
	for (int i = 0; i < FOOTING_COLUMNS; i++)
	{
		const char *value = result_value(row, 0, i);

		footing->values[i] = value ? pg_strdup(value) : NULL;
	}
	result_free(row);
	return true;
}

bool
footing_renew(const Session *session, Footing *footing, const char *transaction, ServerError *error)
{
	if (footing->values[0] == NULL)
		return footing_read(session, footing, error);
	pg_free(footing->values[0]);
	footing->values[0] = pg_strdup(transaction);
	return true;
}

void
footing_free(Footing *footing)
{
	for (int i = 0; i < FOOTING_COLUMNS; i++)
		pg_free(footing->values[i]);
	memset(footing, 0, sizeof(*footing));
}

/* The statement may end in a comment, and with or without a semicolon. */
char *
footing_append_query(const char *sql)
{
	return psprintf("%s\n;\n%s", sql, query_footing);
}

bool
footing_changed(const Footing *footing, const Result *row, FootingChange *change)
{
	return footing_changed_behind(footing, row, 0, change);
}

bool
footing_changed_behind(const Footing *footing, const Result *row, int first, FootingChange *change)
{
	for (int i = first; i < FOOTING_COLUMNS; i++)
	{
		const char *before = footing->values[i] ? footing->values[i] : "";
		const char *after = result_value(row, 0, i);

		if (after == NULL)
			after = "";
		if (strcmp(before, after) != 0)
		{
			*change = (FootingChange){parts[i].what, before, after, parts[i].hint};
			return true;
		}
	}
	return false;
}

const char *
footing_hint(const ServerError *error)
{
	/* invalid_transaction_termination: COMMIT in a procedure or DO */
	if (strcmp(error->sqlstate, "2D000") == 0)
		return TRANSACTION_HINT;
	/* active_sql_transaction: DISCARD ALL, VACUUM and others */
	if (strcmp(error->sqlstate, "25001") == 0 ||
		(strcmp(error->sqlstate, "42501") == 0 && strstr(error->message, "DISCARD")))
		return "A migration is one transaction, and the statement runs outside of one only: put "
			   "it into a migration of its own that says \"-- hh: no-transaction\", or leave it "
			   "out.";
	/* insufficient_privilege, in English, or with the names of parameters, which stay as they are */
	if (strcmp(error->sqlstate, "42501") == 0 &&
		(strstr(error->message, "\"role\"") || strstr(error->message, "set role") ||
		 strstr(error->message, "session_authorization") ||
		 strstr(error->message, "session authorization")))
		return ROLE_HINT;
	return NULL;
}
