/*
 * plan_unfinished.c
 *		What to do about a migration that goes statement by statement and has not come
 *		to its end: pure, without a database.
 */
#include "postgres_fe.h"

#include "plan_unfinished.h"
#include "statement_form.h"
#include "statement_rule.h"

#define LONGEST_SHOWN 200

/* A statement's text in one line, cut where it is long; the caller frees it. */
char *
statement_excerpt(const char *text)
{
	char *line = pg_strdup(text);
	char *to = line;

	for (const char *from = line; *from; from++)
	{
		/* Control characters, which a terminal would obey, too. */
		bool is_blank = (unsigned char) *from <= ' ' || *from == '\177';

		if (is_blank && (to == line || to[-1] == ' '))
			continue;
		*to++ = is_blank ? ' ' : *from;
	}
	*to = '\0';
	if (to - line > LONGEST_SHOWN)
	{
		to = line + LONGEST_SHOWN;
		/* Not in the middle of a character. */
		while (to > line && (*to & 0xC0) == 0x80)
			to--;
		memcpy(to, "...", sizeof("..."));
	}
	return line;
}

/* The file's statement as it would be sent, or NULL where a variable is in the way. */
static char *
file_text(const Statement *statement, const VariableList *variables)
{
	StatementError error = {0};
	char *text;

	if (variables->count == 0)
		return pnstrdup(statement->data, statement->length);
	text = statement_substitute(statement, variables->items, variables->count, &error);
	statement_error_free(&error);
	return text;
}

bool
steps_differ(Steps steps, const Migration *migration, const VariableList *values, int first,
			 int count, char **difference)
{
	const StatementList *statements =
		steps.items[0].reverting ? &migration->revert : &migration->change;
	VariableList variables = variables_of(migration, values);

	*difference = NULL;
	for (int i = first; i < count && *difference == NULL; i++)
	{
		char *now = i < statements->count ? file_text(&statements->items[i], &variables) : NULL;
		char *was = i < steps.count ? statement_excerpt(steps.items[i].text) : NULL;
		char *is = now ? statement_excerpt(now) : NULL;

		if (now == NULL && was != NULL)
			*difference = psprintf("Statement %d was \"%s\", and is no longer there.", i + 1, was);
		else if (was == NULL && now != NULL)
			*difference = psprintf("Statement %d is new: \"%s\".", i + 1, is);
		else if (now != NULL && strcmp(now, steps.items[i].text) != 0)
			*difference = psprintf("Statement %d was \"%s\", and is now \"%s\".", i + 1, was, is);
		pg_free(now);
		pg_free(was);
		pg_free(is);
	}
	variables_free(&variables);
	return *difference != NULL;
}

static char *
repair_hint(const Migration *migration)
{
	return psprintf("\"hh-migrate repair %s\" shows what stands of it, and what can be done.",
					migration->version);
}

/* Whether it is still the file of which a part was done; adds a problem where not. */
static bool
check_file(Plan *plan, const Migration *migration, const LedgerRow *row, Steps steps)
{
	int in_file = steps.items[0].reverting ? migration->revert.count : migration->change.count;
	char *difference;

	if (!migration->file.no_transaction)
		difference = pg_strdup("The file no longer says \"-- hh: no-transaction\".");
	else if (!steps_differ(steps, migration, &row->variables, 0, Max(in_file, steps.count),
						   &difference))
		return true;
	plan_add_problem(plan,
					 psprintf("migration %s is not the one of which a part was applied "
							  "(%d of %d statements)",
							  migration->label, steps_done(steps), steps.count),
					 difference,
					 psprintf("Give it back the text that it had; or \"hh-migrate repair %s\" "
							  "shows what can be done.",
							  migration->version));
	return false;
}

void
plan_go_on(Plan *plan, ActionKind kind, const Migration *migration, const LedgerRow *row,
		   Steps steps)
{
	if (!check_file(plan, migration, row, steps))
		return;
	plan_add_action(
		plan, (Action){.kind = kind,
					   .object = migration->label,
					   .version = migration->version,
					   .reason = row->state == LEDGER_FAILED ? "failed before" : "was interrupted",
					   .migration = migration,
					   .values = &row->variables,
					   .steps = steps});
}

void
plan_unfinished(Plan *plan, const PlanInput *input, const Migration *migration,
				const LedgerRow *row)
{
	Steps steps = step_log_of(input->steps, migration->version);

	if (steps.count == 0)
		plan_add_problem(plan, psprintf("migration %s is recorded as running", migration->label),
						 pg_strdup("Which statements of it were done was not recorded."),
						 repair_hint(migration));
	else if (steps.items[0].reverting)
		plan_add_problem(plan, psprintf("migration %s is half reverted", migration->label),
						 psprintf("Of its revert part, %d of %d statements are done.",
								  steps_done(steps), steps.count),
						 pg_strdup("\"hh-migrate down\" brings that to its end."));
	else
		plan_go_on(plan, ACTION_RESUME, migration, row, steps);
}

static void
check_statement(Plan *plan, const PlanInput *input, const Migration *migration,
				const Statement *statement)
{
	const char *end = statement->data + statement->length;
	const char *start = statement_skip_space(statement->data, end);
	StatementForm form = statement_form(start, (size_t) (end - start));

	if (!form.concurrently)
		return;
	if (form.kind == STATEMENT_CREATE_INDEX && form.index.length == 0)
		plan_add_problem(plan,
						 psprintf("%s, line %d: CREATE INDEX CONCURRENTLY without a name",
								  migration->file_name, statement->line),
						 pg_strdup("Where it is interrupted, it leaves an index that could not be "
								   "told from others."),
						 pg_strdup("Name the index: CREATE INDEX CONCURRENTLY name ON ..."));
	/* An index's text can be mended: outside.c does it. */
	if (input->acts_for_owner && form.kind != STATEMENT_CREATE_INDEX &&
		!statement_is_contained(&form, start, (size_t) (end - start)))
		plan_add_problem(
			plan,
			psprintf("%s, line %d: only the owner, role \"%s\", may run this statement",
					 migration->file_name, statement->line, input->deployment->owner),
			pg_strdup("It runs outside of a transaction, and PostgreSQL runs what it "
					  "calls unrestricted: that could climb to the connected role."),
			psprintf("Connect as \"%s\" for this migration.", input->deployment->owner));
}

void
plan_check_stepwise(Plan *plan, const PlanInput *input, const Migration *migration)
{
	if (!migration->file.no_transaction)
		return;
	for (int i = 0; i < migration->change.count; i++)
		check_statement(plan, input, migration, &migration->change.items[i]);
}
