/*
 * recovery.c
 *		What stands of a statement that runs outside of a transaction, by the catalogs.
 */
#include "postgres_fe.h"

#include "index_catalog.h"
#include "queries.h"
#include "recovery.h"

/* Takes over both strings. */
static void
find(Finding *finding, FindingKind kind, char *text, char *statement)
{
	finding->kind = kind;
	if (text)
	{
		pg_free(finding->text);
		finding->text = text;
	}
	if (statement == NULL)
		return;
	finding->statements =
		pg_realloc(finding->statements, sizeof(char *) * (size_t) (finding->count + 1));
	finding->statements[finding->count++] = statement;
}

void
finding_free(Finding *finding)
{
	for (int i = 0; i < finding->count; i++)
		pg_free(finding->statements[i]);
	pg_free(finding->statements);
	pg_free(finding->text);
	memset(finding, 0, sizeof(*finding));
}

/* A valid index has the name: is it what the statement would make? */
static void
compare_index(const Session *session, const StatementForm *form, const IndexLook *look,
			  Finding *finding)
{
	IndexDefinition is = {0};
	IndexDefinition wanted = {0};
	ServerError error = {0};

	if (!index_definition_read(session, look->name, &is, &error) ||
		!index_definition_try(session, form, look, &wanted, &error))
		find(finding, FINDING_STOP,
			 psprintf("index %s is valid, but could not be compared with what the statement makes: "
					  "%s",
					  look->name, error.message),
			 NULL);
	else if (index_definitions_equal(&is, &wanted))
		find(finding, FINDING_DONE,
			 psprintf("index %s is valid and as the statement makes it", look->name), NULL);
	else
		find(finding, FINDING_STOP,
			 psprintf("index %s is valid, but another one: it is \"%s%s%s\", the statement makes "
					  "\"%s%s%s\"",
					  look->name, is.unique, is.unique[0] ? " " : "", is.tail, wanted.unique,
					  wanted.unique[0] ? " " : "", wanted.tail),
			 NULL);
	index_definition_free(&is);
	index_definition_free(&wanted);
	server_error_free(&error);
}

/* is_new: the statement was never sent. */
static bool
look_at_created_index(const Session *session, const StatementForm *form, bool is_new,
					  Finding *finding, ServerError *error)
{
	IndexLook look = {0};

	if (!form->concurrently || form->index.length == 0)
		return true;
	if (!index_look(session->database, form, &look, error))
		return false;
	switch (look.standing)
	{
		case INDEX_ABSENT:
		case INDEX_NO_TABLE:
		case INDEX_ELSEWHERE:
			break;
		case INDEX_INVALID:
			find(finding, FINDING_CLEAR,
				 psprintf("index %s is invalid, left by a build that failed", look.name),
				 psprintf("DROP INDEX CONCURRENTLY %s", look.name));
			break;
		case INDEX_BUILDING:
			find(finding, FINDING_STOP,
				 psprintf("index %s is being built by pid %s", look.name, look.builder), NULL);
			break;
		case INDEX_VALID:
			if (!is_new)
				compare_index(session, form, &look, finding);
			break;
	}
	index_look_free(&look);
	return true;
}

/* One row of a query about two names, or one. */
static Result *
ask(const Session *session, const char *query, TextSlice first, TextSlice second,
	ServerError *error)
{
	char *values[] = {pnstrdup(first.data ? first.data : "", first.length),
					  pnstrdup(second.data ? second.data : "", second.length)};
	int count = strstr(query, "$2") ? 2 : 1;
	Result *row =
		database_run(session->database, query, count, (const char *const *) values, error);

	pg_free(values[0]);
	pg_free(values[1]);
	return row;
}

static bool
look_at_dropped_index(const Session *session, const StatementForm *form, Finding *finding,
					  ServerError *error)
{
	Result *row = ask(session, query_relation_exists, form->index, form->index, error);

	if (row == NULL)
		return false;
	if (!result_is_true(row, 0, 0))
		find(finding, FINDING_DONE,
			 psprintf("index %.*s has gone", (int) form->index.length, form->index.data), NULL);
	result_free(row);
	return true;
}

static bool
look_at_detached(const Session *session, const StatementForm *form, Finding *finding,
				 ServerError *error)
{
	Result *row = ask(session, query_detach_look, form->table, form->object, error);
	int length = (int) form->object.length;
	const char *name = form->object.data;

	if (row == NULL)
		return false;
	if (!result_is_true(row, 0, 0))
		find(finding, FINDING_STOP, psprintf("table %.*s is not there", length, name), NULL);
	else if (!result_is_true(row, 0, 1))
		find(finding, FINDING_DONE, psprintf("table %.*s is no partition any more", length, name),
			 NULL);
	else if (result_is_true(row, 0, 2))
		find(finding, FINDING_FINISH, psprintf("partition %.*s is half detached", length, name),
			 psprintf("ALTER TABLE %.*s DETACH PARTITION %.*s FINALIZE", (int) form->table.length,
					  form->table.data, length, name));
	result_free(row);
	return true;
}

static bool
look_at_reindexed(const Session *session, const StatementForm *form, Finding *finding,
				  ServerError *error)
{
	char *target = pnstrdup(form->target.data, form->target.length);
	Result *rows;

	for (char *at = target; *at; at++)
		*at = (char) pg_tolower((unsigned char) *at);
	rows = ask(session, query_reindex_leavings, (TextSlice){target, strlen(target)}, form->object,
			   error);
	pg_free(target);
	if (rows == NULL)
		return false;
	for (int i = 0; i < result_rows(rows); i++)
	{
		const char *name = result_value(rows, i, 0);

		find(finding, FINDING_CLEAR,
			 finding->text ? psprintf("%s, %s", finding->text, name)
						   : psprintf("left over and invalid: %s", name),
			 psprintf("DROP INDEX CONCURRENTLY %s", name));
	}
	result_free(rows);
	return true;
}

/* The lock that every deployment holds says that nobody works; unless a migration released it. */
static bool
look_at_backend(const Session *session, const Step *step, Finding *finding, ServerError *error)
{
	Result *row;

	if (step->state != STEP_RUNNING || step->backend_start == NULL)
		return true;
	row = database_run(session->database, query_backend_works,
					   PARAMS(step->backend_pid, step->backend_start), error);
	if (row == NULL)
		return false;
	if (result_is_true(row, 0, 0))
		find(finding, FINDING_STOP,
			 psprintf("pid %s, which it was sent to, is still at work", step->backend_pid), NULL);
	result_free(row);
	return true;
}

bool
recovery_look(const Session *session, const Step *step, Finding *finding, ServerError *error)
{
	StatementForm form = statement_form(step->text, strlen(step->text));
	bool is_new = step->state == STEP_PENDING || step->is_atomic;

	finding->kind = FINDING_RUN;
	if (!look_at_backend(session, step, finding, error))
		return false;
	if (finding->kind == FINDING_STOP)
		return true;
	if (form.kind == STATEMENT_CREATE_INDEX)
		return look_at_created_index(session, &form, is_new, finding, error);
	if (is_new)
		return true;
	switch (form.kind)
	{
		case STATEMENT_CREATE_INDEX:
		case STATEMENT_UPKEEP:
			return true;
		case STATEMENT_DROP_INDEX:
			return look_at_dropped_index(session, &form, finding, error);
		case STATEMENT_DETACH_PARTITION:
			return look_at_detached(session, &form, finding, error);
		case STATEMENT_REINDEX:
			return look_at_reindexed(session, &form, finding, error);
		case STATEMENT_OTHER:
			break;
	}
	find(finding, FINDING_STOP,
		 pg_strdup(step->state == STEP_FAILED
					   ? "it runs outside of a transaction and failed, so that part of it may stand"
					   : "it runs outside of a transaction, and whether it came to its end was not "
						 "recorded"),
		 NULL);
	return true;
}
