/*
 * unfinished.c
 *		Migrations that have begun and not come to their end, and what can be done.
 */
#include "postgres_fe.h"

#include "common/logging.h"

#include "plan_unfinished.h"
#include "unfinished.h"

static int
statement_count(const Unfinished *unfinished)
{
	return unfinished->steps.items[0].reverting ? unfinished->migration->revert.count
												: unfinished->migration->change.count;
}

static void
compare_with_file(Unfinished *unfinished)
{
	Steps steps = unfinished->steps;

	if (steps.count == 0)
		return;
	if (unfinished->migration == NULL)
		unfinished->difference = pg_strdup("There is no file of it.");
	else
		(void) steps_differ(steps, unfinished->migration, &unfinished->row->variables, 0,
							Max(steps.count, statement_count(unfinished)), &unfinished->difference);
}

static bool
look(Unfinished *unfinished, const Session *session)
{
	ServerError error = {0};
	bool looked;

	unfinished->current = steps_done(unfinished->steps);
	if (unfinished->current == unfinished->steps.count)
		return true;
	looked = recovery_look(session, &unfinished->steps.items[unfinished->current],
						   &unfinished->finding, &error);
	if (!looked)
		server_error_log(&error, NULL);
	server_error_free(&error);
	return looked;
}

bool
unfinished_find(UnfinishedList *list, const Survey *survey, const Session *session,
				const char *version)
{
	list->items = pg_malloc0(sizeof(Unfinished) * (size_t) Max(survey->ledger.count, 1));
	for (int i = 0; i < survey->ledger.count; i++)
	{
		const LedgerRow *row = &survey->ledger.rows[i];
		Unfinished *unfinished = &list->items[list->count];

		if ((row->state != LEDGER_RUNNING && row->state != LEDGER_FAILED) ||
			(version != NULL && strcmp(version, row->version) != 0))
			continue;
		list->count++;
		unfinished->row = row;
		unfinished->migration = migration_set_find(&survey->migrations, row->version);
		unfinished->steps = step_log_of(&survey->steps, row->version);
		compare_with_file(unfinished);
		if (!look(unfinished, session))
			return false;
	}
	return true;
}

void
unfinished_free(UnfinishedList *list)
{
	for (int i = 0; i < list->count; i++)
	{
		finding_free(&list->items[i].finding);
		pg_free(list->items[i].difference);
	}
	pg_free(list->items);
	memset(list, 0, sizeof(*list));
}

/* Logs what went wrong, if something did, and frees it. */
static bool
is_recorded(bool recorded, ServerError *error)
{
	if (error->message != NULL)
		server_error_log(error, "the choice could not be recorded");
	server_error_free(error);
	return recorded;
}

static bool
has_steps(const Unfinished *unfinished)
{
	if (unfinished->steps.count > 0)
		return true;
	pg_log_error("migration %s has no statement in question", unfinished->row->version);
	if (unfinished->row->state == LEDGER_FAILED)
		pg_log_error_detail("It ran in a transaction and was rolled back: \"hh-migrate up\" tries "
							"it again as it is.");
	return false;
}

/* The steps as the file has them now, all behind those that are done to be sent. */
static Step *
steps_of_file(const Unfinished *unfinished, const VariableList *variables, int count)
{
	const Migration *migration = unfinished->migration;
	bool reverting = unfinished->steps.items[0].reverting;
	const StatementList *statements = reverting ? &migration->revert : &migration->change;
	Step *steps = pg_malloc0(sizeof(Step) * (size_t) Max(count, 1));

	for (int i = 0; i < count; i++)
	{
		StatementError error = {0};

		steps[i].version = migration->version;
		steps[i].number = i + 1;
		steps[i].reverting = reverting;
		steps[i].state = i < unfinished->current ? STEP_DONE : STEP_PENDING;
		steps[i].text =
			statement_substitute(&statements->items[i], variables->items, variables->count, &error);
		if (steps[i].text == NULL)
			pg_log_error("%s, line %d: %s", migration->file_name, error.line, error.message);
		statement_error_free(&error);
	}
	return steps;
}

/* Replaces the recorded steps, and the migration's row. */
static bool
write_steps(const Unfinished *unfinished, const Session *session)
{
	Database *database = session->database;
	VariableList variables = variables_of(unfinished->migration, &unfinished->row->variables);
	int count = statement_count(unfinished);
	Step *steps = steps_of_file(unfinished, &variables, count);
	char *json = variables_as_json(&variables);
	ServerError error = {0};
	bool complete = true;

	for (int i = 0; i < count; i++)
		complete &= steps[i].text != NULL;
	complete = complete && database_command(database, "BEGIN") &&
			   ledger_record_running(session, unfinished->migration, count, unfinished->current,
									 json, "hh-migrate " HH_VERSION, &error) &&
			   step_log_write(session, unfinished->row->version, (Steps){steps, count}, &error) &&
			   database_command(database, "COMMIT");
	database_rollback(database);
	for (int i = 0; i < count; i++)
		pg_free(steps[i].text);
	pg_free(steps);
	pg_free(json);
	variables_free(&variables);
	return is_recorded(complete, &error);
}

bool
unfinished_retry(const Unfinished *unfinished, const Session *session)
{
	char *difference;

	if (!has_steps(unfinished))
		return false;
	if (unfinished->migration == NULL || !unfinished->migration->file.no_transaction)
	{
		pg_log_error("there is no file of migration %s that says \"-- hh: no-transaction\"",
					 unfinished->row->version);
		pg_log_error_hint("--dir names the directory.");
		return false;
	}
	if (steps_differ(unfinished->steps, unfinished->migration, &unfinished->row->variables, 0,
					 unfinished->current, &difference))
	{
		pg_log_error("what was done of migration %s has another text in the file now",
					 unfinished->migration->label);
		pg_log_error_detail("%s", difference);
		pg_log_error_hint("Give it back the text that was done; the statements behind may change.");
		pg_free(difference);
		return false;
	}
	return write_steps(unfinished, session);
}

bool
unfinished_is_done(const Unfinished *unfinished, const Session *session)
{
	ServerError error = {0};

	if (!has_steps(unfinished))
		return false;
	if (unfinished->current == unfinished->steps.count)
	{
		pg_log_error("all statements of migration %s are done", unfinished->row->version);
		pg_log_error_hint("\"hh-migrate up\" brings it to its end.");
		return false;
	}
	return is_recorded(
		step_record_done(session, &unfinished->steps.items[unfinished->current], &error), &error);
}

bool
unfinished_forget(const Unfinished *unfinished, const Session *session)
{
	ServerError error = {0};

	return is_recorded(ledger_forget(session, unfinished->row->version, &error), &error);
}
