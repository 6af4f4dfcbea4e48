/*
 * audit_page_matrix.c
 *		Roles x schemas and tables, each cell opening to the ways it is held by.
 *
 * A cell says in letters what its colour says: +D is excess, -D is missing, (D) is a
 * SET ROLE away, [D] is held on some columns alone.
 */
#include "postgres_fe.h"

#include "audit_matrix.h"
#include "audit_page_rows.h"
#include "audit_page_section.h"

#define MINUS "\xE2\x88\x92"

/* As aclitem's output abbreviates them, in the order it has. */
static const struct
{
	const char *privilege;
	const char *letter;
} letters[] = {
	{"INSERT", "a"},	 {"SELECT", "r"},	 {"UPDATE", "w"},	{"DELETE", "d"},  {"TRUNCATE", "D"},
	{"REFERENCES", "x"}, {"TRIGGER", "t"},	 {"MAINTAIN", "m"}, {"USAGE", "U"},	  {"CREATE", "C"},
	{"CONNECT", "c"},	 {"TEMPORARY", "T"}, {"TEMP", "T"},		{"EXECUTE", "X"}, {"OWNER", "O"},
};

static const char *const verdict_classes[] = {
	[CELL_NONE] = "none",		[CELL_HELD] = "ok",		  [CELL_REACHABLE] = "reach",
	[CELL_MISSING] = "missing", [CELL_EXCESS] = "excess",
};

static const char *const verdict_words[] = {
	[CELL_NONE] = "nothing",	[CELL_HELD] = "held",	  [CELL_REACHABLE] = "via SET ROLE",
	[CELL_MISSING] = "missing", [CELL_EXCESS] = "excess",
};

static const char *
role_name(const MatrixColumn *column)
{
	return column->role ? column->role : "PUBLIC";
}

static bool
is_by_owning(const MatrixEntry *entry)
{
	return entry->verdict == CELL_HELD && entry->via != NULL && strcmp(entry->via, "owner") == 0;
}

/* Whether there is such a privilege on the whole object, or on some of its columns. */
static bool
has_entry(const MatrixCell *cell, CellVerdict verdict, const char *privilege, bool of_columns,
		  bool *grantable)
{
	bool found = false;

	*grantable = false;
	for (int i = 0; i < cell->count; i++)
	{
		const MatrixEntry *entry = &cell->entries[i];

		if (entry->verdict != verdict || strcmp(entry->privilege, privilege) != 0 ||
			(entry->column != NULL) != of_columns || is_by_owning(entry))
			continue;
		found = true;
		*grantable |= entry->grantable && verdict != CELL_REACHABLE;
	}
	return found;
}

/* Whether the whole is held, so that to reach it or to hold columns of it is no news. */
static bool
is_covered(const MatrixCell *cell, const char *privilege)
{
	for (int i = 0; i < cell->count; i++)
	{
		const MatrixEntry *entry = &cell->entries[i];

		if (strcmp(entry->privilege, privilege) == 0 && entry->column == NULL &&
			(entry->verdict == CELL_HELD || entry->verdict == CELL_EXCESS))
			return true;
	}
	return false;
}

/* The letters of one verdict, on the whole or on columns, with what marks them as such. */
static void
add_letters(PQExpBuffer html, const MatrixCell *cell, CellVerdict verdict, bool of_columns)
{
	static const char *const before[] = {
		[CELL_HELD] = "", [CELL_REACHABLE] = "(", [CELL_MISSING] = MINUS, [CELL_EXCESS] = "+"};
	bool any = false;

	for (size_t i = 0; i < lengthof(letters); i++)
	{
		bool grantable;

		if (!has_entry(cell, verdict, letters[i].privilege, of_columns, &grantable) ||
			((of_columns ? verdict <= CELL_REACHABLE : verdict == CELL_REACHABLE) &&
			 is_covered(cell, letters[i].privilege)))
			continue;
		if (!any)
			html_append(html, "<span class=\"l %s\">%s%s", verdict_classes[verdict],
						before[verdict], of_columns ? "[" : "");
		any = true;
		html_append(html, "%s%s", letters[i].letter, grantable ? "*" : "");
	}
	if (any)
		html_append(html, "%s%s</span>", of_columns ? "]" : "",
					verdict == CELL_REACHABLE ? ")" : "");
}

/* An owner holds all: only what the audit has found stands beside that. */
static void
add_summary(PQExpBuffer html, const MatrixCell *cell)
{
	bool owns = false;

	for (int i = 0; i < cell->count; i++)
		owns |= is_by_owning(&cell->entries[i]);
	if (owns)
		html_append_markup(html, "<span class=\"l own\">owner</span>");
	for (CellVerdict verdict = owns ? CELL_MISSING : CELL_HELD; verdict <= CELL_EXCESS; verdict++)
	{
		add_letters(html, cell, verdict, false);
		add_letters(html, cell, verdict, true);
	}
}

static bool
is_same(const char *one, const char *other)
{
	return one == NULL || other == NULL ? one == other : strcmp(one, other) == 0;
}

/* Whether two privileges are held, or missing, in the same way for the same reason. */
static bool
is_same_way(const MatrixEntry *one, const MatrixEntry *other)
{
	return one->verdict == other->verdict && one->grantable == other->grantable &&
		   is_same(one->via, other->via) && is_same(one->path, other->path) &&
		   is_same(one->grantor, other->grantor) && is_same(one->reason, other->reason);
}

/* "SELECT (id, name)": the privilege, and the columns of all entries like this one. */
static void
add_privilege(PQExpBuffer html, const MatrixCell *cell, int first, bool *shown)
{
	const MatrixEntry *entry = &cell->entries[first];
	const char *separator = " (";

	if (entry->finding > 0)
		html_append(html, "<a href=\"#finding-%d\">%s</a>", entry->finding, entry->privilege);
	else
		html_append(html, "%s", entry->privilege);
	shown[first] = true;
	if (entry->column == NULL)
		return;
	for (int i = first; i < cell->count; i++)
	{
		const MatrixEntry *other = &cell->entries[i];

		if (other->column == NULL || !is_same(other->privilege, entry->privilege) ||
			!is_same_way(other, entry))
			continue;
		html_append(html, "%s<span class=\"name\">%s</span>", separator, other->column);
		separator = ", ";
		shown[i] = true;
	}
	html_append_markup(html, ")");
}

/* One way, with all privileges that come by it. */
static void
add_way(PQExpBuffer html, const MatrixCell *cell, int first, bool *shown)
{
	const MatrixEntry *entry = &cell->entries[first];
	const char *separator = "";

	html_append(html, "<tr><td><span class=\"mark %s\">%s</span></td><td>",
				verdict_classes[entry->verdict], verdict_words[entry->verdict]);
	for (int i = first; i < cell->count; i++)
	{
		if (shown[i] || !is_same_way(&cell->entries[i], entry))
			continue;
		html_append_markup(html, separator);
		add_privilege(html, cell, i, shown);
		separator = ", ";
	}
	if (entry->grantable)
		html_append_markup(html, " <span class=\"quiet\">with grant option</span>");
	html_append(html, "</td><td>%s</td><td class=\"path\">%s</td>", entry->via, entry->path);
	html_append(html, "<td class=\"reason\">%s</td></tr>\n",
				entry->reason ? entry->reason : "the policy gives none");
}

static void
add_ways(PQExpBuffer html, const MatrixCell *cell)
{
	bool *shown = pg_malloc0(sizeof(bool) * (size_t) cell->count);

	html_append_markup(html, "<table class=\"plain\"><thead><tr><th scope=\"col\">Verdict</th>"
							 "<th scope=\"col\">Privilege</th><th scope=\"col\">Via</th>"
							 "<th scope=\"col\">Path</th><th scope=\"col\">Reason</th></tr></thead>"
							 "\n<tbody>\n");
	/* The worst first. */
	for (CellVerdict verdict = CELL_EXCESS; verdict >= CELL_HELD; verdict--)
	{
		for (int i = 0; i < cell->count; i++)
		{
			if (cell->entries[i].verdict == verdict && !shown[i])
				add_way(html, cell, i, shown);
		}
	}
	html_append_markup(html, "</tbody></table>");
	pg_free(shown);
}

/* "search.tenants", as the row's heading and a cell's has it. */
static void
add_object_name(PQExpBuffer html, const MatrixRow *row)
{
	if (strcmp(row->kind, "table") == 0)
		html_append(html, "%s.%s", row->schema, row->name);
	else
		html_append(html, "%s %s", row->kind, row->name);
}

static void
add_cell(PQExpBuffer html, const Matrix *matrix, int row, int column)
{
	const MatrixCell *cell = matrix_cell(matrix, row, column);
	const char *role = role_name(&matrix->columns[column]);

	html_append(html, "<td class=\"c %s\" data-role=\"%s\">", verdict_classes[cell->verdict], role);
	if (cell->count == 0)
	{
		html_append_markup(html, "<span class=\"nothing\">\xC2\xB7</span></td>");
		return;
	}
	/* One name for all, so that one is open at a time. */
	html_append_markup(html, "<details name=\"cell\"><summary>");
	add_summary(html, cell);
	html_append_markup(html, "</summary><div class=\"drawer\" tabindex=\"0\"><h4>");
	html_append(html, "<span class=\"role\">%s</span> on <span class=\"name\">", role);
	add_object_name(html, &matrix->rows[row]);
	html_append_markup(html, "</span></h4>\n<div class=\"scroll\">");
	add_ways(html, cell);
	html_append_markup(html, "</div></div></details></td>");
}

static void
add_row_heading(PQExpBuffer html, const MatrixRow *row)
{
	bool is_table = strcmp(row->kind, "table") == 0;

	html_append(html, "<th scope=\"row\"><span class=\"name\">%s</span>", row->name);
	if (row->finding > 0)
		html_append(html,
					" <a class=\"flag\" href=\"#finding-%d\">!<span class=\"hidden\"> finding"
					"</span></a>",
					row->finding);
	if (!is_table || strcmp(row->what, "table") != 0 || row->owner == NULL)
		html_append(html, " <span class=\"quiet\">%s</span>",
					row->partitions > 0 ? ""
					: row->parent		? "partition"
										: row->what);
	if (row->partitions > 0)
		html_append(html, "<span class=\"quiet\">%d partition%s</span>", row->partitions,
					row->partitions == 1 ? "" : "s");
	html_append_markup(html, "</th>");
}

static void
add_row(PQExpBuffer html, const Matrix *matrix, int number)
{
	const MatrixRow *row = &matrix->rows[number];
	bool has_finding = row->finding > 0 || row->verdict >= CELL_MISSING;

	html_append(html, "<tr class=\"%s%s%s\" data-object=\"", row->kind,
				row->parent ? " partition" : "", has_finding ? " found" : "");
	add_object_name(html, row);
	html_append_markup(html, "\">");
	add_row_heading(html, row);
	for (int i = 0; i < matrix->column_count; i++)
		add_cell(html, matrix, number, i);
	html_append_markup(html, "</tr>\n");
}

static void
add_headings(PQExpBuffer html, const Matrix *matrix)
{
	html_append_markup(html, "<thead><tr><th scope=\"col\" class=\"corner\">Object</th>");
	for (int i = 0; i < matrix->column_count; i++)
	{
		const MatrixColumn *column = &matrix->columns[i];

		html_append(html, "<th scope=\"col\" data-role=\"%s\"><span class=\"role\">%s</span>",
					role_name(column), role_name(column));
		if (column->finding > 0)
			html_append(html,
						" <a class=\"flag\" href=\"#finding-%d\">!<span class=\"hidden\"> "
						"finding</span></a>",
						column->finding);
		if (!column->is_known)
			html_append_markup(html, "<span class=\"quiet\">not in the policy</span>");
		html_append_markup(html, "</th>");
	}
	html_append_markup(html, "</tr></thead>\n");
}

/* What the script makes work; without it the page shows everything. */
static void
add_controls(PQExpBuffer html, const Matrix *matrix)
{
	int partitions = 0;

	for (int i = 0; i < matrix->row_count; i++)
		partitions += matrix->rows[i].parent != NULL;
	html_append_markup(html,
					   "<div class=\"controls\">\n<span class=\"scripted\" hidden>"
					   "<label>Objects <input type=\"search\" id=\"filter-text\" "
					   "placeholder=\"part of a name\" autocomplete=\"off\" spellcheck=\"false\">"
					   "</label>\n<label>Verdict <select id=\"filter-verdict\">"
					   "<option value=\"\">any</option><option value=\"found\">missing or "
					   "excess</option><option value=\"missing\">missing</option>"
					   "<option value=\"excess\">excess</option><option value=\"reach\">via SET "
					   "ROLE</option></select></label>\n<label>Role <select id=\"filter-role\">"
					   "<option value=\"\">all</option></select></label>\n"
					   "<output id=\"filter-count\"></output></span>\n");
	if (partitions > 0)
		html_append(html,
					"<label><input type=\"checkbox\" id=\"show-partitions\"> %d partition%s "
					"without a finding</label>\n",
					partitions, partitions == 1 ? "" : "s");
	html_append_markup(html, "</div>\n");
}

static void
add_table(PQExpBuffer html, const Matrix *matrix)
{
	html_append_markup(html, "<div class=\"frame\" tabindex=\"0\" role=\"region\" "
							 "aria-label=\"Matrix\"><table class=\"matrix\">\n");
	add_headings(html, matrix);
	for (int i = 0; i < matrix->row_count; i++)
	{
		bool begins = i == 0 || strcmp(matrix->rows[i].kind, "table") != 0 ||
					  !is_same(matrix->rows[i].schema, matrix->rows[i - 1].schema);

		if (begins)
			html_append(html, "%s<tbody>\n", "");
		add_row(html, matrix, i);
		if (i + 1 == matrix->row_count || strcmp(matrix->rows[i + 1].kind, "table") != 0 ||
			!is_same(matrix->rows[i].schema, matrix->rows[i + 1].schema))
			html_append_markup(html, "</tbody>\n");
	}
	html_append_markup(html, "</table></div>\n");
}

void
audit_page_add_matrix(PQExpBuffer html, const AuditPage *page)
{
	const char *superusers = result_value(page->source, 0, SOURCE_SUPERUSERS);
	Matrix matrix;

	matrix_make(&matrix, page->objects, page->roles, page->privileges, page->findings,
				page->role == NULL);
	html_append_markup(html,
					   "<section id=\"matrix\">\n<h2>Matrix</h2>\n<p class=\"lead\">What each role "
					   "can do. Open a cell for the paths and the policy's reasons.</p>\n"
					   "<p class=\"key\">"
					   "<span class=\"mark ok\">r</span> held "
					   "<span class=\"mark excess\">+r</span> excess "
					   "<span class=\"mark missing\">" MINUS "r</span> missing "
					   "<span class=\"mark reach\">(r)</span> via SET ROLE or ADMIN "
					   "<span class=\"mark\">[r]</span> some columns "
					   "<span class=\"mark\">r*</span> grantable "
					   "<a href=\"#legend\">letters</a></p>\n");
	add_controls(html, &matrix);
	add_table(html, &matrix);
	if (superusers != NULL)
		html_append(html,
					"<p class=\"quiet\">Superusers can do everything: <span class=\"role\">%s"
					"</span>.</p>\n",
					superusers);
	html_append_markup(html, "</section>\n");
	matrix_free(&matrix);
}
