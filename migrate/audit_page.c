/*
 * audit_page.c
 *		The audit as one HTML page, for people who review who may do what.
 */
#include "postgres_fe.h"

#include <openssl/evp.h>

#include "common/logging.h"

#include "audit_page.h"
#include "audit_page_parts.h"
#include "audit_page_rows.h"
#include "audit_page_section.h"
#include "checksum.h"
#include "queries.h"

/* SHA-256 in base64, with the NUL. */
#define SOURCE_HASH_SIZE 45

bool
audit_page_read(AuditPage *page, const Session *session, const char *role)
{
	const struct
	{
		const char *query;
		int columns;
		bool of_role; /* $1 */
		Result **result;
	} reads[] = {
		{query_audit_page_findings, FINDING_COLUMNS, true, &page->findings},
		{query_audit_page_source, SOURCE_COLUMNS, false, &page->source},
		{query_audit_page_roles, ROLE_COLUMNS, true, &page->roles},
		{query_audit_page_rules, RULE_COLUMNS, false, &page->rules},
		{query_audit_page_services, SERVICE_COLUMNS, false, &page->services},
		{query_audit_page_objects, OBJECT_COLUMNS, false, &page->objects},
		{query_audit_page_privileges, PRIVILEGE_COLUMNS, true, &page->privileges},
		{query_audit_page_escalations, ESCALATION_COLUMNS, true, &page->escalations},
	};
	char *quoted = role ? database_quote_identifier(session->database, role) : NULL;
	bool read = true;

	page->database = database_name(session->database);
	page->server_version = database_server_version_text(session->database);
	page->user = database_user(session->database);
	page->role = role;
	for (size_t i = 0; i < lengthof(reads) && read; i++)
	{
		const char *const values[] = {quoted};

		*reads[i].result = session_query(session, reads[i].query, reads[i].columns,
										 reads[i].of_role ? 1 : 0, values);
		read = *reads[i].result != NULL;
	}
	pg_free(quoted);
	return read;
}

void
audit_page_free(AuditPage *page)
{
	result_free(page->source);
	result_free(page->roles);
	result_free(page->rules);
	result_free(page->services);
	result_free(page->objects);
	result_free(page->privileges);
	result_free(page->findings);
	result_free(page->escalations);
	*page = (AuditPage){0};
}

static bool
source_hash(const char *source, char hash[SOURCE_HASH_SIZE])
{
	unsigned char digest[CHECKSUM_BYTES];

	if (!checksum_digest(source, strlen(source), digest))
		return false;
	EVP_EncodeBlock((unsigned char *) hash, digest, CHECKSUM_BYTES);
	return true;
}

/*
 * What the browser may do with the page: apply this style and run this script, and
 * nothing else, whatever a name in the database has in it.
 */
static bool
add_head(PQExpBuffer html, const AuditPage *page)
{
	char style[SOURCE_HASH_SIZE];
	char script[SOURCE_HASH_SIZE];

	if (!source_hash(page_css, style) || !source_hash(page_js, script))
		return false;
	html_append_markup(html, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
							 "<meta charset=\"utf-8\">\n");
	html_append(html,
				"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
				"style-src 'sha256-%s'; script-src 'sha256-%s'; base-uri 'none'; "
				"form-action 'none'\">\n",
				style, script);
	html_append_markup(html,
					   "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
					   "<meta name=\"referrer\" content=\"no-referrer\">\n"
					   "<meta name=\"color-scheme\" content=\"light dark\">\n"
					   "<meta name=\"generator\" content=\"hh-migrate " HH_VERSION "\">\n");
	html_append(html, "<title>Privileges of database %s</title>\n<style>", page->database);
	html_append_markup(html, page_css);
	html_append_markup(html, "</style>\n</head>\n<body>\n");
	return true;
}

static void
add_fact(PQExpBuffer html, const char *name, const char *value)
{
	if (value != NULL)
		html_append(html, "<div><dt>%s</dt><dd>%s</dd></div>\n", name, value);
}

static void
add_facts(PQExpBuffer html, const AuditPage *page)
{
	const Result *source = page->source;

	html_append_markup(html, "<dl class=\"facts\">\n");
	add_fact(html, "Role", page->role);
	add_fact(html, "Server", page->server_version);
	html_append(html, "<div><dt>Audited</dt><dd><time>%s</time> by %s</dd></div>\n",
				result_value(source, 0, SOURCE_NOW), page->user);
	add_fact(html, "Profile", result_value(source, 0, SOURCE_PROFILE));
	if (result_value(source, 0, SOURCE_CHECKSUM) == NULL)
		add_fact(html, "Policy", "none recorded: run hh-migrate up");
	else
		html_append(
			html,
			"<div><dt>Policy</dt><dd>%s, recorded <time>%s</time> by %s</dd></div>\n"
			"<div class=\"wide\"><dt>SHA-256</dt><dd><code>%s</code></dd></div>\n",
			result_value(source, 0, SOURCE_ORIGIN), result_value(source, 0, SOURCE_RECORDED_AT),
			result_value(source, 0, SOURCE_RECORDED_BY), result_value(source, 0, SOURCE_CHECKSUM));
	html_append_markup(html, "</dl>\n");
}

static void
add_header(PQExpBuffer html, const AuditPage *page)
{
	int findings = result_rows(page->findings);
	int escalations = result_rows(page->escalations);

	html_append(html,
				"<header class=\"top\">\n<p class=\"eyebrow\">Privilege audit</p>\n"
				"<h1>%s</h1>\n",
				page->database);
	if (result_value(page->source, 0, SOURCE_CHECKSUM) == NULL)
		html_append_markup(html, "<p class=\"outcome bad\">No policy to hold it against</p>\n");
	else if (findings == 0)
		html_append_markup(html, "<p class=\"outcome good\">Exactly the policy</p>\n");
	else
		html_append(html, "<p class=\"outcome bad\">Differs from the policy in %d point%s</p>\n",
					findings, findings == 1 ? "" : "s");
	add_facts(html, page);
	audit_page_add_verdict_counts(html, page);
	html_append(html,
				"</header>\n<nav aria-label=\"Sections\">\n<a href=\"#findings\">Findings "
				"<b>%d</b></a>\n<a href=\"#matrix\">Matrix</a>\n<a href=\"#escalations\">"
				"Escalations <b>%d</b></a>\n<a href=\"#policy\">Policy</a>\n"
				"<a href=\"#legend\">Legend</a>\n</nav>\n<main>\n",
				findings, escalations);
}

bool
audit_page_print(const AuditPage *page, FILE *stream)
{
	PQExpBuffer html = createPQExpBuffer();
	bool made = add_head(html, page);

	if (made)
	{
		add_header(html, page);
		audit_page_add_findings(html, page);
		audit_page_add_matrix(html, page);
		audit_page_add_escalations(html, page);
		audit_page_add_policy(html, page);
		html_append_markup(html, legend_html);
		html_append_markup(html, "</main>\n<script>");
		html_append_markup(html, page_js);
		html_append_markup(html, "</script>\n</body>\n</html>\n");
		made = !PQExpBufferBroken(html) && fwrite(html->data, 1, html->len, stream) == html->len;
		if (!made)
			pg_log_error("could not write the page: %m");
	}
	destroyPQExpBuffer(html);
	return made;
}
