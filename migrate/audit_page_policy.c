/*
 * audit_page_policy.c
 *		What the policy says, and why.
 */
#include "postgres_fe.h"

#include "audit_matrix.h"
#include "audit_page_rows.h"
#include "audit_page_section.h"

static bool
is_rule_of(const Result *rules, int rule, const char *role)
{
	const char *other = result_value(rules, rule, RULE_ROLE);

	return role == NULL || other == NULL ? role == other : strcmp(role, other) == 0;
}

/* "SELECT, INSERT on table search.tenants", "owns schema search", "member of hh_owner". */
static void
add_rule(PQExpBuffer html, const Result *rules, int row)
{
	const char *kind = result_value(rules, row, RULE_KIND);
	const char *type = result_value(rules, row, RULE_OBJECT_TYPE);
	const char *schema = result_value(rules, row, RULE_SCHEMA);
	const char *object = result_value(rules, row, RULE_OBJECT);
	const char *creator = result_value(rules, row, RULE_CREATOR);

	html_append_markup(html, "<tr><td>");
	if (strcmp(kind, "member") == 0)
		html_append(html, "member of <span class=\"role\">%s</span>, %s", object,
					result_value(rules, row, RULE_OPTIONS));
	else if (strcmp(kind, "owner") == 0)
		html_append(html, "<b>owns</b> %s ", type);
	else
		html_append(html, "<b>%s</b> on %s ", result_value(rules, row, RULE_PRIVILEGES), type);
	if (strcmp(kind, "member") != 0)
	{
		bool all = object == NULL && strcmp(type, "database") != 0;

		html_append(html, "<span class=\"name\">%s%s%s</span>", schema,
					schema && (object || all) ? "." : "",
					object ? object
					: all  ? "*"
						   : "");
	}
	if (creator != NULL)
		html_append(html, " that <span class=\"role\">%s</span> will make", creator);
	html_append(html, "</td><td>%s</td><td class=\"number\">%s</td></tr>\n",
				result_value(rules, row, RULE_REASON), result_value(rules, row, RULE_LINE));
}

static void
add_rules(PQExpBuffer html, const Result *rules, const char *role)
{
	int count = 0;

	for (int i = 0; i < result_rows(rules); i++)
		count += is_rule_of(rules, i, role);
	if (count == 0)
		return;
	html_append(html,
				"<details class=\"rules\"><summary><span class=\"role\">%s</span> "
				"<span class=\"quiet\">%d rule%s</span></summary>\n"
				"<div class=\"scroll\"><table class=\"plain\"><thead><tr>"
				"<th scope=\"col\">May</th><th scope=\"col\">Because</th>"
				"<th scope=\"col\" class=\"number\">Line</th></tr></thead>\n<tbody>\n",
				role ? role : "PUBLIC", count, count == 1 ? "" : "s");
	for (int i = 0; i < result_rows(rules); i++)
	{
		if (is_rule_of(rules, i, role))
			add_rule(html, rules, i);
	}
	html_append_markup(html, "</tbody></table></div></details>\n");
}

static void
add_roles(PQExpBuffer html, const Result *roles)
{
	html_append_markup(html, "<h3>Roles</h3>\n<div class=\"scroll\"><table class=\"plain\">\n"
							 "<thead><tr><th scope=\"col\">Role</th><th scope=\"col\">Attributes"
							 "</th><th scope=\"col\">Because</th><th scope=\"col\" "
							 "class=\"number\">Line</th></tr></thead>\n<tbody>\n");
	for (int i = 0; i < result_rows(roles); i++)
	{
		const char *settings = result_value(roles, i, ROLE_SETTINGS);

		html_append(html, "<tr><td class=\"role\">%s</td><td class=\"attributes\">%s",
					result_value(roles, i, ROLE_NAME), result_value(roles, i, ROLE_ATTRIBUTES));
		if (settings != NULL && settings[0] != '\0')
			html_append(html, "<br><code>%s</code>", settings);
		html_append(html, "</td><td>%s</td><td class=\"number\">%s</td></tr>\n",
					result_value(roles, i, ROLE_REASON), result_value(roles, i, ROLE_LINE));
	}
	html_append_markup(html, "</tbody></table></div>\n");
}

static void
add_services(PQExpBuffer html, const Result *services)
{
	html_append_markup(html,
					   "<h3>Services</h3>\n<div class=\"scroll\"><table class=\"plain\">\n"
					   "<thead><tr><th scope=\"col\">Service</th><th scope=\"col\">Role</th>"
					   "<th scope=\"col\">Mode</th><th scope=\"col\">Because</th>"
					   "<th scope=\"col\" class=\"number\">Line</th></tr></thead>\n<tbody>\n");
	for (int i = 0; i < result_rows(services); i++)
		html_append(
			html,
			"<tr><td class=\"name\">%s</td><td class=\"role\">%s</td><td>%s</td>"
			"<td>%s</td><td class=\"number\">%s</td></tr>\n",
			result_value(services, i, SERVICE_NAME), result_value(services, i, SERVICE_ROLE),
			result_value(services, i, SERVICE_MODE), result_value(services, i, SERVICE_REASON),
			result_value(services, i, SERVICE_LINE));
	html_append_markup(html, "</tbody></table></div>\n");
}

void
audit_page_add_policy(PQExpBuffer html, const AuditPage *page)
{
	html_append_markup(html, "<section id=\"policy\">\n<h2>Policy</h2>\n");
	add_roles(html, page->roles);
	html_append_markup(html, "<h3>Rules</h3>\n<div class=\"all-rules\">\n");
	for (int i = 0; i < result_rows(page->roles); i++)
		add_rules(html, page->rules, result_value(page->roles, i, ROLE_NAME));
	if (page->role == NULL)
		add_rules(html, page->rules, NULL);
	html_append_markup(html, "</div>\n");
	add_services(html, page->services);
	html_append_markup(html, "</section>\n");
}
