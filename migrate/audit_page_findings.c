/*
 * audit_page_findings.c
 *		What differs from the policy, with the statement that mends it, and what leads
 *		to more than a role seems to hold.
 */
#include "postgres_fe.h"

#include "audit_matrix.h"
#include "audit_page_rows.h"
#include "audit_page_section.h"
#include "sql_line.h"

/* In the order of the query. */
static const struct
{
	const char *verdict;
	const char *id;
	const char *meaning;
} verdicts[] = {
	{"unknown role", "unknown-role", "Holds something here, and the policy does not know it."},
	{"wrong attribute", "wrong-attribute", "A role's attribute or setting is another."},
	{"wrong membership", "wrong-membership",
	 "A membership is missing, too much or of another kind."},
	{"wrong owner", "wrong-owner", "Owned by another role than the policy says."},
	{"excess", "excess", "Held, and the policy does not want it."},
	{"missing", "missing", "The policy wants it, and it is not held."},
	{"wrong default", "wrong-default", "What is made next would get other privileges."},
};

static const char *
find_id(const char *verdict)
{
	for (size_t i = 0; i < lengthof(verdicts); i++)
	{
		if (strcmp(verdicts[i].verdict, verdict) == 0)
			return verdicts[i].id;
	}
	return NULL;
}

static int
count_verdict(const Result *findings, const char *verdict)
{
	int count = 0;

	for (int i = 0; i < result_rows(findings); i++)
		count += strcmp(result_value(findings, i, FINDING_VERDICT), verdict) == 0;
	return count;
}

void
audit_page_add_verdict_counts(PQExpBuffer html, const AuditPage *page)
{
	html_append_markup(html, "<ul class=\"counts\">\n");
	for (size_t i = 0; i < lengthof(verdicts); i++)
	{
		int count = count_verdict(page->findings, verdicts[i].verdict);

		if (count > 0)
			html_append(html, "<li class=\"%s\"><a href=\"#verdict-%s\"><b>%d</b> %s</a></li>\n",
						verdicts[i].id, verdicts[i].id, count, verdicts[i].verdict);
		else
			html_append(html, "<li class=\"zero\"><span><b>0</b> %s</span></li>\n",
						verdicts[i].verdict);
	}
	html_append_markup(html, "</ul>\n");
}

/* Whether there is nothing to name beside the role itself. */
static bool
is_about_role(const Result *findings, int row)
{
	const char *type = result_value(findings, row, FINDING_OBJECT_TYPE);
	const char *name = result_value(findings, row, FINDING_OBJECT);
	const char *role = result_value(findings, row, FINDING_ROLE);

	return type == NULL ||
		   (strcmp(type, "role") == 0 && name != NULL && role != NULL && strcmp(name, role) == 0);
}

/* The role's name.  None is PUBLIC where it is about a privilege, and nobody elsewhere. */
static const char *
role_name(const Result *findings, int row)
{
	const char *role = result_value(findings, row, FINDING_ROLE);
	const char *verdict = result_value(findings, row, FINDING_VERDICT);

	if (!matrix_role_is_public(role))
		return role;
	return strcmp(verdict, "wrong owner") == 0 ? NULL : "PUBLIC";
}

/* "SELECT (id) on table search.tenants": what of it there is. */
static void
add_subject(PQExpBuffer html, const Result *findings, int row)
{
	const char *type = result_value(findings, row, FINDING_OBJECT_TYPE);
	const char *schema = result_value(findings, row, FINDING_SCHEMA);
	const char *name = result_value(findings, row, FINDING_OBJECT);
	const char *column = result_value(findings, row, FINDING_COLUMN);
	const char *privilege = result_value(findings, row, FINDING_PRIVILEGE);

	if (privilege != NULL)
		html_append(html, " <b>%s</b>", privilege);
	if (column != NULL)
		html_append(html, " (<span class=\"name\">%s</span>)", column);
	if (is_about_role(findings, row) || (name == NULL && schema == NULL))
		return;
	html_append(html, " <span class=\"on\">%s%s</span> <span class=\"name\">",
				privilege ? "on " : "", type);
	if (schema != NULL && name != NULL && strcmp(type ? type : "", "schema") != 0)
		html_append(html, "%s.", schema);
	html_append(html, "%s</span>", name ? name : schema);
}

/* Ended, so that several can be copied one behind the other; a line each, whatever names have in them. */
static void
add_remedy(PQExpBuffer html, const char *remedy)
{
	char *line = sql_line(remedy);

	html_append(html, "<pre class=\"remedy\" tabindex=\"0\"><code>%s%s</code></pre>", line,
				line[0] && line[strlen(line) - 1] == ';' ? "" : ";");
	pg_free(line);
}

static void
add_finding(PQExpBuffer html, const Result *findings, int row)
{
	const char *severity = result_value(findings, row, FINDING_SEVERITY);
	const char *path = result_value(findings, row, FINDING_PATH);
	const char *reason = result_value(findings, row, FINDING_REASON);
	const char *remedy = result_value(findings, row, FINDING_REMEDY);

	html_append(html,
				"<li id=\"finding-%d\" class=\"finding\"><div class=\"what\"><p class=\"subject\">"
				"<span class=\"severity\">%s</span> <span class=\"role\">%s</span>",
				row + 1, severity, role_name(findings, row));
	add_subject(html, findings, row);
	html_append_markup(html, "</p>");
	if (path != NULL)
		html_append(html, "<p class=\"path\">%s</p>", path);
	if (reason != NULL)
		html_append(html, "<p class=\"reason\">%s</p>", reason);
	html_append_markup(html, "</div>");
	if (remedy != NULL)
		add_remedy(html, remedy);
	html_append_markup(html, "</li>\n");
}

/* The verdicts of the table, and one that a later server may have thought of. */
static void
add_findings_of(PQExpBuffer html, const Result *findings, const char *verdict, const char *id,
				const char *meaning)
{
	html_append(html,
				"<section class=\"group\"><h3 id=\"verdict-%s\"><span class=\"mark %s\">%s</span> "
				"<span class=\"meaning\">%s</span></h3>\n<ol>\n",
				id, id, verdict, meaning);
	for (int i = 0; i < result_rows(findings); i++)
	{
		const char *found = result_value(findings, i, FINDING_VERDICT);

		if (strcmp(find_id(found) ? found : "", verdict ? verdict : "") == 0)
			add_finding(html, findings, i);
	}
	html_append_markup(html, "</ol></section>\n");
}

void
audit_page_add_findings(PQExpBuffer html, const AuditPage *page)
{
	int left = result_rows(page->findings);

	html_append_markup(html, "<section id=\"findings\">\n<h2>Findings</h2>\n");
	if (left == 0)
		html_append_markup(html, "<p class=\"empty\">None: roles, owners, memberships and "
								 "privileges are what the policy says.</p>\n");
	for (size_t i = 0; i < lengthof(verdicts); i++)
	{
		int count = count_verdict(page->findings, verdicts[i].verdict);

		if (count > 0)
			add_findings_of(html, page->findings, verdicts[i].verdict, verdicts[i].id,
							verdicts[i].meaning);
		left -= count;
	}
	if (left > 0)
		add_findings_of(html, page->findings, NULL, "other", "Other differences.");
	html_append_markup(html, "</section>\n");
}

void
audit_page_add_escalations(PQExpBuffer html, const AuditPage *page)
{
	const Result *rows = page->escalations;

	html_append_markup(html, "<section id=\"escalations\">\n<h2>Escalations</h2>\n"
							 "<p class=\"lead\">Ways from a role to more than it seems to "
							 "hold.</p>\n");
	if (result_rows(rows) == 0)
		html_append_markup(html, "<p class=\"empty\">None.</p>\n</section>\n");
	else
	{
		html_append_markup(html,
						   "<div class=\"scroll\" tabindex=\"0\" role=\"region\" "
						   "aria-label=\"Escalations\"><table class=\"plain\">\n<thead><tr>"
						   "<th scope=\"col\">Severity</th><th scope=\"col\">Role</th>"
						   "<th scope=\"col\">By</th><th scope=\"col\">Through</th>"
						   "<th scope=\"col\">Gains</th><th scope=\"col\">Path</th></tr></thead>\n"
						   "<tbody>\n");
		for (int i = 0; i < result_rows(rows); i++)
			html_append(
				html,
				"<tr><td><span class=\"severity\">%s</span></td><td class=\"role\">%s</td>"
				"<td>%s</td><td class=\"name\">%s</td><td>%s</td><td class=\"path\">%s</td>"
				"</tr>\n",
				result_value(rows, i, ESCALATION_SEVERITY), result_value(rows, i, ESCALATION_ROLE),
				result_value(rows, i, ESCALATION_KIND), result_value(rows, i, ESCALATION_TARGET),
				result_value(rows, i, ESCALATION_GAINS), result_value(rows, i, ESCALATION_PATH));
		html_append_markup(html, "</tbody></table></div>\n</section>\n");
	}
}
