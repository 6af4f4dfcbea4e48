/*
 * outside.c
 *		Sends a statement that runs outside of a transaction.
 */
#include "postgres_fe.h"

#include "common/logging.h"

#include "connect.h"
#include "display.h"
#include "index_catalog.h"
#include "outside.h"
#include "queries.h"

#define FIRST_LASTING_PART 2 /* of the footing: before it stands what is the transaction's */

/*
 * CONCURRENTLY waits for old transactions of others, under lock_timeout too, and is
 * left half-way by it: none, unless the file says one.
 */
static bool
set_timeouts(const Attempt *attempt, const StatementForm *form)
{
	const MigrationFile *file = &attempt->migration->file;
	TextSlice lock_timeout = file->lock_timeout;
	TextSlice statement_timeout = file->statement_timeout;
	const char *lock_default = form->concurrently ? "0" : "3s";
	char *sql;
	bool set;

	if (lock_timeout.length == 0)
		lock_timeout = (TextSlice){lock_default, strlen(lock_default)};
	if (statement_timeout.length == 0)
		statement_timeout = (TextSlice){"0", 1};
	sql = psprintf("SET lock_timeout = '%.*s'; SET statement_timeout = '%.*s'",
				   (int) lock_timeout.length, lock_timeout.data, (int) statement_timeout.length,
				   statement_timeout.data);
	set = database_command(attempt->place->database, sql);
	pg_free(sql);
	return set;
}

/* As connect.c left the session, whatever the statement did to it. */
static bool
pin_again(const Attempt *attempt)
{
	Database *database = attempt->place->database;

	return !database_is_connected(database) || connect_pin(database);
}

/*
 * The text to send where the session user is not the owner: CREATE INDEX with string
 * constants is sent as PostgreSQL writes it, each constant cast to its type, so that
 * no type which the owner makes meanwhile is asked to read one.  NULL on an error.
 */
static char *
contained_text(const Session *session, const StatementForm *form, const char *text,
			   ServerError *error)
{
	IndexLook look = {0};
	IndexDefinition definition = {0};
	char *contained = NULL;

	if (session->mode != SESSION_AS_OWNER || form->kind != STATEMENT_CREATE_INDEX ||
		!form->concurrently || statement_is_contained(form, text, strlen(text)))
		return pg_strdup(text);
	if (index_look(session->database, form, &look, error) && look.schema != NULL &&
		index_definition_try(session, form, &look, &definition, error))
	{
		if (literals_are_plain(definition.tail, strlen(definition.tail), true) &&
			definition.tablespace[0] == '\0')
			contained =
				psprintf("CREATE %s%sINDEX CONCURRENTLY %s%.*s ON %.*s %s", definition.unique,
						 definition.unique[0] ? " " : "", form->if_exists ? "IF NOT EXISTS " : "",
						 (int) form->index.length, form->index.data, (int) form->table.length,
						 form->table.data, definition.tail);
		else
			contained = pg_strdup(text);
	}
	else if (error->message == NULL)
		contained = pg_strdup(text);
	index_definition_free(&definition);
	index_look_free(&look);
	return contained;
}

/* Whether the statement left role and search_path as they were, and the lock held. */
static bool
check_session(Attempt *attempt, int number, const Footing *before)
{
	Database *database = attempt->place->database;
	Result *whole = database_query(database, query_session_is_whole, NO_PARAMS);
	Result *row = NULL;
	FootingChange change;
	bool good = whole != NULL && attempt_check_session(attempt->place, whole) &&
				(row = database_query(database, query_footing, NO_PARAMS)) != NULL;

	if (good && footing_changed_behind(before, row, FIRST_LASTING_PART, &change))
	{
		char *place = attempt_place(attempt, number, 0);

		pg_log_error("%s %s changed %s at %s", attempt_subject(attempt), attempt->migration->label,
					 change.what, place);
		pg_log_error_detail("It was \"%s\" and then \"%s\".", change.before, change.after);
		pg_log_error_hint("%s", change.hint);
		pg_free(place);
		good = false;
	}
	if (!good)
		attempt_remember(attempt, "the statement changed the session's footing");
	result_free(row);
	result_free(whole);
	return good;
}

static bool
send(Attempt *attempt, int number, const StatementForm *form, const char *text)
{
	Workplace *place = attempt->place;
	Session plain = {.database = place->database, .mode = SESSION_PLAIN};
	Footing before = {0};
	ServerError error = {0};
	char *sent = contained_text(&place->session, form, text, &error);
	bool done = sent != NULL && footing_read(&plain, &before, &error) &&
				session_run_alone(&place->session, sent, &error);

	if (!done)
	{
		attempt_observe_failure(attempt, number, &error);
		attempt_statement_failed(attempt, number, sent ? sent : text, &error);
	}
	else if (!index_is_fit(place->database, text, &error))
	{
		attempt_statement_failed(attempt, number, text, &error);
		done = false;
	}
	else
		done = check_session(attempt, number, &before);
	footing_free(&before);
	pg_free(sent);
	return done;
}

bool
outside_run(Attempt *attempt, int number, const char *text)
{
	StatementForm form = statement_form(text, strlen(text));
	bool done;

	lock_watch_reset(&attempt->place->watch);
	display_statement(number + 1, attempt_statements(attempt)->count);
	if (!set_timeouts(attempt, &form))
	{
		attempt_remember(attempt, "its timeouts could not be set");
		return false;
	}
	done = attempt_observe_before(attempt, number) && send(attempt, number, &form, text);
	return pin_again(attempt) && done && attempt_observe_after(attempt, number);
}
