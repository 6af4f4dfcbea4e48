/*
 * audit_matrix.c
 *		Roles x objects: what each role holds, and what the audit says of it.
 */
#include "postgres_fe.h"

#include "audit_matrix.h"
#include "audit_page_rows.h"

#define NOT_THERE (-1)

static bool
is_same(const char *one, const char *other)
{
	return one == NULL || other == NULL ? one == other : strcmp(one, other) == 0;
}

/* No role can be named public, whatever the case says: CREATE ROLE "PUBLIC" can. */
bool
matrix_role_is_public(const char *role)
{
	return role == NULL || strcmp(role, "public") == 0;
}

MatrixCell *
matrix_cell(const Matrix *matrix, int row, int column)
{
	return &matrix->cells[(size_t) row * (size_t) matrix->column_count + (size_t) column];
}

/* Rows come sorted, so the one wanted is mostly the one that was found last. */
static int
find_row(const Matrix *matrix, const char *kind, const char *schema, const char *name, int last)
{
	if (kind == NULL)
		return NOT_THERE;
	for (int i = 0; i < matrix->row_count; i++)
	{
		int at = (i + last) % matrix->row_count;
		const MatrixRow *row = &matrix->rows[at];

		if (strcmp(row->kind, kind) != 0)
			continue;
		/* A database's row is this one's, and a schema's name may stand in either place. */
		if (strcmp(kind, "database") == 0 ||
			(strcmp(kind, "schema") == 0 && is_same(row->name, name ? name : schema)) ||
			(is_same(row->name, name) && is_same(row->schema, schema)))
			return at;
	}
	return NOT_THERE;
}

static int
find_column(const Matrix *matrix, const char *role)
{
	for (int i = 0; i < matrix->column_count; i++)
	{
		const char *other = matrix->columns[i].role;

		if (other == NULL ? matrix_role_is_public(role) : is_same(other, role))
			return i;
	}
	return NOT_THERE;
}

static void
add_row(Matrix *matrix, const MatrixRow *row)
{
	matrix->rows = pg_realloc(matrix->rows, sizeof(MatrixRow) * (size_t) (matrix->row_count + 1));
	matrix->rows[matrix->row_count++] = *row;
}

static void
add_column(Matrix *matrix, const char *role, bool is_known)
{
	matrix->columns =
		pg_realloc(matrix->columns, sizeof(MatrixColumn) * (size_t) (matrix->column_count + 1));
	matrix->columns[matrix->column_count++] = (MatrixColumn){.role = role, .is_known = is_known};
}

static void
add_objects(Matrix *matrix, const Result *objects)
{
	int root = NOT_THERE;

	for (int i = 0; i < result_rows(objects); i++)
	{
		MatrixRow row = {.kind = result_value(objects, i, OBJECT_KIND),
						 .schema = result_value(objects, i, OBJECT_SCHEMA),
						 .name = result_value(objects, i, OBJECT_NAME),
						 .what = result_value(objects, i, OBJECT_WHAT),
						 .owner = result_value(objects, i, OBJECT_OWNER),
						 .parent = result_value(objects, i, OBJECT_PARENT)};

		if (row.parent == NULL)
			root = matrix->row_count;
		else if (root != NOT_THERE && is_same(matrix->rows[root].name, row.parent))
			matrix->rows[root].partitions++;
		add_row(matrix, &row);
	}
}

/* A finding about what the policy does not name gets a row of its own, at the end. */
static void
add_found_objects(Matrix *matrix, const Result *findings)
{
	for (int i = 0; i < result_rows(findings); i++)
	{
		MatrixRow row = {.kind = result_value(findings, i, FINDING_KIND),
						 .schema = result_value(findings, i, FINDING_SCHEMA),
						 .name = result_value(findings, i, FINDING_OBJECT),
						 .what = result_value(findings, i, FINDING_OBJECT_TYPE)};

		if (row.kind == NULL || find_row(matrix, row.kind, row.schema, row.name, 0) != NOT_THERE)
			continue;
		if (strcmp(row.kind, "schema") == 0)
			row.name = row.schema = row.name ? row.name : row.schema;
		if (row.name != NULL)
			add_row(matrix, &row);
	}
}

/* The policy's, PUBLIC, and whoever else holds something or is in a finding. */
static void
add_roles(Matrix *matrix, const Result *roles, const Result *privileges, const Result *findings,
		  bool with_public)
{
	for (int i = 0; i < result_rows(roles); i++)
		add_column(matrix, result_value(roles, i, ROLE_NAME), true);
	if (with_public)
		add_column(matrix, NULL, true);
	for (int i = 0; i < result_rows(privileges); i++)
	{
		const char *role = result_value(privileges, i, PRIVILEGE_ROLE);

		if (find_column(matrix, role) == NOT_THERE)
			add_column(matrix, role, false);
	}
	for (int i = 0; i < result_rows(findings); i++)
	{
		const char *role = result_value(findings, i, FINDING_ROLE);

		if (find_column(matrix, role) == NOT_THERE)
			add_column(matrix, role, false);
	}
}

static void
add_entry(MatrixCell *cell, const MatrixEntry *entry)
{
	/* Grown in powers of two. */
	if ((cell->count & (cell->count - 1)) == 0)
		cell->entries =
			pg_realloc(cell->entries, sizeof(MatrixEntry) * (size_t) Max(cell->count * 2, 1));
	cell->entries[cell->count++] = *entry;
}

static void
add_privileges(Matrix *matrix, const Result *privileges)
{
	int row = 0;

	for (int i = 0; i < result_rows(privileges); i++)
	{
		const char *via = result_value(privileges, i, PRIVILEGE_VIA);
		bool held = strcmp(via, "set role") != 0 && strcmp(via, "admin option") != 0;
		int found = find_row(matrix, result_value(privileges, i, PRIVILEGE_KIND),
							 result_value(privileges, i, PRIVILEGE_SCHEMA),
							 result_value(privileges, i, PRIVILEGE_OBJECT), row);
		MatrixEntry entry = {.verdict = held ? CELL_HELD : CELL_REACHABLE,
							 .privilege = result_value(privileges, i, PRIVILEGE_PRIVILEGE),
							 .column = result_value(privileges, i, PRIVILEGE_COLUMN),
							 .via = via,
							 .path = result_value(privileges, i, PRIVILEGE_PATH),
							 .grantor = result_value(privileges, i, PRIVILEGE_GRANTOR),
							 .reason = result_value(privileges, i, PRIVILEGE_REASON),
							 .grantable = result_is_true(privileges, i, PRIVILEGE_GRANTABLE)};

		if (found == NOT_THERE)
			continue;
		row = found;
		add_entry(matrix_cell(matrix, row,
							  find_column(matrix, result_value(privileges, i, PRIVILEGE_ROLE))),
				  &entry);
	}
}

/* Whether the privilege is the role's own, and not another's that it has a share in. */
static bool
is_own(const MatrixEntry *entry, bool is_public)
{
	return entry->via != NULL &&
		   (strcmp(entry->via, "direct") == 0 || (is_public && strcmp(entry->via, "public") == 0));
}

/* Marks what a finding calls excess.  Returns whether there is any. */
static bool
mark_excess(MatrixCell *cell, const MatrixEntry *found, bool is_public)
{
	bool marked = false;

	for (int i = 0; i < cell->count; i++)
	{
		MatrixEntry *entry = &cell->entries[i];

		if (!is_same(entry->privilege, found->privilege) ||
			!is_same(entry->column, found->column) || !is_own(entry, is_public))
			continue;
		entry->verdict = CELL_EXCESS;
		entry->finding = found->finding;
		marked = true;
	}
	return marked;
}

/* What a finding says of a privilege. */
static MatrixEntry
found_entry(const Result *findings, int number, bool is_missing)
{
	static const char option[] = "GRANT OPTION FOR ";
	MatrixEntry entry = {.verdict = is_missing ? CELL_MISSING : CELL_EXCESS,
						 .privilege = result_value(findings, number, FINDING_PRIVILEGE),
						 .column = result_value(findings, number, FINDING_COLUMN),
						 .path = result_value(findings, number, FINDING_PATH),
						 .reason = result_value(findings, number, FINDING_REASON),
						 .finding = number + 1};

	if (entry.privilege != NULL && strncmp(entry.privilege, option, strlen(option)) == 0)
	{
		entry.privilege += strlen(option);
		entry.grantable = true;
	}
	return entry;
}

/* Whether a finding's verdict is about a privilege that is held or missing. */
static bool
is_about_privilege(const char *verdict)
{
	return strcmp(verdict, "missing") == 0 || strcmp(verdict, "excess") == 0 ||
		   strcmp(verdict, "unknown role") == 0;
}

/* A finding about a privilege in a cell, about an object or about a role. */
static void
add_finding(Matrix *matrix, const Result *findings, int number)
{
	const char *verdict = result_value(findings, number, FINDING_VERDICT);
	const char *schema = result_value(findings, number, FINDING_SCHEMA);
	bool is_missing = strcmp(verdict, "missing") == 0;
	MatrixEntry entry = found_entry(findings, number, is_missing);
	int row = find_row(matrix, result_value(findings, number, FINDING_KIND), schema,
					   result_value(findings, number, FINDING_OBJECT), 0);
	int column = find_column(matrix, result_value(findings, number, FINDING_ROLE));

	if (row != NOT_THERE && column != NOT_THERE && entry.privilege != NULL &&
		is_about_privilege(verdict))
	{
		MatrixCell *cell = matrix_cell(matrix, row, column);

		/* The option alone is too much: what it is an option of is not. */
		if (is_missing || entry.grantable ||
			!mark_excess(cell, &entry, matrix->columns[column].role == NULL))
			add_entry(cell, &entry);
		return;
	}
	/* Sequences, functions, types and defaults are their schema's. */
	if (row == NOT_THERE && schema != NULL)
		row = find_row(matrix, "schema", schema, schema, 0);
	if (row != NOT_THERE && matrix->rows[row].finding == 0)
		matrix->rows[row].finding = entry.finding;
	else if (row == NOT_THERE && column != NOT_THERE && matrix->columns[column].finding == 0)
		matrix->columns[column].finding = entry.finding;
}

static void
judge(Matrix *matrix)
{
	for (int row = 0; row < matrix->row_count; row++)
	{
		for (int column = 0; column < matrix->column_count; column++)
		{
			MatrixCell *cell = matrix_cell(matrix, row, column);

			for (int i = 0; i < cell->count; i++)
				cell->verdict = Max(cell->verdict, cell->entries[i].verdict);
			matrix->rows[row].verdict = Max(matrix->rows[row].verdict, cell->verdict);
		}
	}
}

void
matrix_make(Matrix *matrix, const Result *objects, const Result *roles, const Result *privileges,
			const Result *findings, bool of_all_roles)
{
	*matrix = (Matrix){0};
	add_objects(matrix, objects);
	add_found_objects(matrix, findings);
	add_roles(matrix, roles, privileges, findings, of_all_roles);
	matrix->cells = pg_malloc0(sizeof(MatrixCell) * (size_t) Max(matrix->row_count, 1) *
							   (size_t) Max(matrix->column_count, 1));
	add_privileges(matrix, privileges);
	for (int i = 0; i < result_rows(findings); i++)
		add_finding(matrix, findings, i);
	judge(matrix);
}

void
matrix_free(Matrix *matrix)
{
	for (int i = 0; i < matrix->row_count * matrix->column_count; i++)
		pg_free(matrix->cells[i].entries);
	pg_free(matrix->cells);
	pg_free(matrix->rows);
	pg_free(matrix->columns);
	*matrix = (Matrix){0};
}
