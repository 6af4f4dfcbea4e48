/*
 * index_catalog.c
 *		What the catalogs say of an index that a statement makes.
 */
#include "postgres_fe.h"

#include "pqexpbuffer.h"

#include "index_catalog.h"
#include "queries.h"

#define TRIAL_TABLE "hh_migrate_trial"

/* The columns of queries/index_look.sql. */
enum
{
	COLUMN_SCHEMA,
	COLUMN_NAME,
	COLUMN_RELKIND,
	COLUMN_IS_OF_TABLE,
	COLUMN_IS_VALID,
	COLUMN_BUILDER
};

static IndexStanding
standing(const Result *row)
{
	if (result_rows(row) == 0)
		return INDEX_NO_TABLE;
	if (result_value(row, 0, COLUMN_RELKIND) == NULL)
		return INDEX_ABSENT;
	if (!result_is_true(row, 0, COLUMN_IS_OF_TABLE))
		return INDEX_ELSEWHERE;
	/* A partitioned table's (I) is invalid until all partitions have theirs: no failure's leaving. */
	if (result_is_true(row, 0, COLUMN_IS_VALID) ||
		strcmp(result_value(row, 0, COLUMN_RELKIND), "I") == 0)
		return INDEX_VALID;
	return result_value(row, 0, COLUMN_BUILDER) ? INDEX_BUILDING : INDEX_INVALID;
}

bool
index_look(Database *database, const StatementForm *form, IndexLook *look, ServerError *error)
{
	char *table = pnstrdup(form->table.data, form->table.length);
	char *index = pnstrdup(form->index.data, form->index.length);
	Result *row = database_run(database, query_index_look, PARAMS(table, index), error);

	pg_free(table);
	pg_free(index);
	if (row == NULL)
		return false;
	look->standing = standing(row);
	if (look->standing != INDEX_NO_TABLE)
	{
		look->schema = result_value_copy(row, 0, COLUMN_SCHEMA);
		look->name = result_value_copy(row, 0, COLUMN_NAME);
		look->builder = result_value_copy(row, 0, COLUMN_BUILDER);
	}
	result_free(row);
	return true;
}

void
index_look_free(IndexLook *look)
{
	pg_free(look->schema);
	pg_free(look->name);
	pg_free(look->builder);
	memset(look, 0, sizeof(*look));
}

/* row: of queries/index_tail.sql. */
static bool
fill_definition(const Result *row, IndexDefinition *definition, ServerError *error)
{
	if (result_rows(row) != 1)
	{
		error->message = pg_strdup("the index's definition could not be read");
		return false;
	}
	definition->unique = result_value_copy(row, 0, 0);
	definition->tail = result_value_copy(row, 0, 1);
	definition->tablespace = result_value_copy(row, 0, 2);
	return true;
}

bool
index_definition_read(const Session *session, const char *name, IndexDefinition *definition,
					  ServerError *error)
{
	Result *row = database_run(session->database, query_index_tail, PARAMS(name), error);
	bool read = row != NULL && fill_definition(row, definition, error);

	result_free(row);
	return read;
}

/* Makes the copy, and the index on it. */
static bool
make_trial(const Session *session, const StatementForm *form, const char *copy, ServerError *error)
{
	PQExpBuffer sql = createPQExpBuffer();
	Result *made;

	appendPQExpBuffer(sql, "CREATE TABLE %s (LIKE %.*s);\n", copy, (int) form->table.length,
					  form->table.data);
	appendPQExpBuffer(sql, "CREATE %sINDEX ON %s %.*s", form->unique ? "UNIQUE " : "", copy,
					  (int) form->rest.length, form->rest.data);
	made = session_run(session, sql->data, 0, NO_PARAMS, error);
	destroyPQExpBuffer(sql);
	result_free(made);
	return made != NULL;
}

/*
 * The definition is read in the session user's name: what the owner's code set in the
 * owner's context (an operator in another search_path) could make it say anything.
 */
bool
index_definition_try(const Session *session, const StatementForm *form, const IndexLook *look,
					 IndexDefinition *definition, ServerError *error)
{
	Database *database = session->database;
	char *copy = psprintf("%s.%s", look->schema, TRIAL_TABLE);
	Result *begun = database_run(database, "BEGIN", NO_PARAMS, error);
	bool tried = begun != NULL && make_trial(session, form, copy, error) &&
				 index_definition_read(session, copy, definition, error);

	result_free(begun);
	database_rollback(database);
	pg_free(copy);
	return tried;
}

bool
index_definitions_equal(const IndexDefinition *a, const IndexDefinition *b)
{
	return strcmp(a->unique, b->unique) == 0 && strcmp(a->tail, b->tail) == 0 &&
		   strcmp(a->tablespace, b->tablespace) == 0;
}

void
index_definition_free(IndexDefinition *definition)
{
	pg_free(definition->unique);
	pg_free(definition->tail);
	pg_free(definition->tablespace);
	memset(definition, 0, sizeof(*definition));
}

bool
index_is_fit(Database *database, const char *statement, ServerError *error)
{
	StatementForm form = statement_form(statement, strlen(statement));
	IndexLook look = {0};
	bool fit;

	if (form.kind != STATEMENT_CREATE_INDEX || form.index.length == 0 ||
		!(form.if_exists || form.concurrently))
		return true;
	fit = index_look(database, &form, &look, error);
	if (fit && (look.standing == INDEX_INVALID || look.standing == INDEX_BUILDING))
	{
		fit = false;
		error->message = psprintf("index %s exists, and is invalid", look.name);
		error->detail = pg_strdup("A build of it has failed, or goes on. IF NOT EXISTS passes over "
								  "it, and no query uses it.");
		error->hint =
			psprintf("DROP INDEX CONCURRENTLY %s; and run \"hh-migrate up\" again.", look.name);
	}
	index_look_free(&look);
	return fit;
}
