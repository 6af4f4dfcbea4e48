/*
 * fuzz_migration.c
 *		A libFuzzer target for all that reads a migration's text: normalising it,
 *		its parts, its statements, its variables.
 *
 * Beside what the sanitizers see, it holds every text to this: the statements
 * stand in it in order, with nothing but blanks, comments and lone semicolons
 * between them; each alone is one statement; and where no variable is replaced,
 * what would be sent is the statement.
 */
#include "postgres_fe.h"

#include <limits.h>

#include "checksum.h"
#include "migration_file.h"
#include "statement.h"
#include "statement_form.h"
#include "statement_rule.h"

#define MUST(condition) ((condition) ? (void) 0 : __builtin_trap())

int LLVMFuzzerTestOneInput(const uint8 *data, size_t size);

static bool
is_nothing(const char *at, const char *end)
{
	while ((at = statement_skip_space(at, end)) < end)
	{
		if (*at++ != ';')
			return false;
	}
	return true;
}

static bool
split(StatementList *list, const char *text, size_t length)
{
	StatementError error = {0};
	bool done = statement_list_split(list, text, length, 1, &error);

	MUST(done == (error.message == NULL));
	MUST(done || error.line >= 1);
	statement_error_free(&error);
	return done;
}

/* Every declared variable has the same value. */
static void
check_variables(const MigrationFile *file, const Statement *statement)
{
	Variable variables[8];
	char names[lengthof(variables)][64];
	int count = 0;
	TextSlice rest = file->vars;
	TextSlice name;
	StatementError error = {0};

	while (count < (int) lengthof(variables) && migration_file_next_variable(&rest, &name))
	{
		if (name.length >= sizeof(names[0]))
			continue;
		snprintf(names[count], sizeof(names[0]), "%.*s", (int) name.length, name.data);
		variables[count] = (Variable){names[count], "it's \"1\""};
		count++;
	}
	pg_free(statement_substitute(statement, variables, count, &error));
	statement_error_free(&error);
}

/* Names are parts of the statement. */
static void
check_form(const Statement *statement)
{
	StatementForm form = statement_form(statement->data, statement->length);
	const TextSlice slices[] = {form.index, form.table, form.rest, form.target, form.object};

	for (size_t i = 0; i < lengthof(slices); i++)
		MUST(slices[i].data == NULL ||
			 (slices[i].data >= statement->data &&
			  slices[i].data + slices[i].length <= statement->data + statement->length));
	(void) statement_is_contained(&form, statement->data, statement->length);
	(void) literals_are_plain(statement->data, statement->length, true);
}

static void
check_alone(const Statement *statement)
{
	StatementList list = {0};
	StatementError error = {0};
	char *text = statement_substitute(statement, NULL, 0, &error);

	check_form(statement);
	MUST(split(&list, statement->data, statement->length));
	MUST(list.count == 1);
	MUST(list.items[0].data == statement->data && list.items[0].length == statement->length);
	MUST(text != NULL);
	MUST(strlen(text) == statement->length && memcmp(text, statement->data, strlen(text)) == 0);
	MUST(statement_line_at(statement, 0) == statement->line);
	MUST(statement_line_at(statement, INT_MAX) >= statement->data_line);
	statement_list_free(&list);
	statement_error_free(&error);
	pg_free(text);
}

static void
check_part(const MigrationFile *file, TextSlice part)
{
	StatementList list = {0};
	const char *at = part.data;

	if (part.data != NULL && split(&list, part.data, part.length))
	{
		const char *end = part.data + part.length;

		for (int i = 0; i < list.count; i++)
		{
			const Statement *statement = &list.items[i];

			MUST(statement->data >= at && statement->data + statement->length <= end);
			MUST(is_nothing(at, statement->data));
			at = statement->data + statement->length;
			check_alone(statement);
			check_variables(file, statement);
		}
		MUST(is_nothing(at, end));
	}
	statement_list_free(&list);
}

static void
check_allowances(const MigrationFile *file)
{
	TextSlice rest = file->head;
	Allowance allowance;

	while (migration_file_next_allowance(&rest, &allowance))
		MUST(allowance.rule.length > 0 && allowance.reason.length > 0);
}

int
LLVMFuzzerTestOneInput(const uint8 *data, size_t size)
{
	MigrationFile file;
	const char *error = NULL;
	size_t length;
	char *text = checksum_normalise((const char *) data, size, &length);

	MUST(length <= size);
	if (migration_file_parse("1000_fuzz.sql", text, length, &file, &error))
	{
		check_allowances(&file);
		check_part(&file, file.change);
		check_part(&file, file.revert);
		check_part(&file, file.verify);
	}
	else
		MUST(error != NULL && file.error_line >= 1);
	pg_free(text);
	return 0;
}
