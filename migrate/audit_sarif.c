/*
 * audit_sarif.c
 *		An audit as SARIF 2.1.0, which code scanners' dashboards read.
 */
#include "postgres_fe.h"

#include "pqexpbuffer.h"

#include "audit_sarif.h"
#include "checksum.h"
#include "json.h"

#define SARIF_SCHEMA "https://json.schemastore.org/sarif-2.1.0.json"

/* The bundled policy's place in the source. */
#define BUNDLED_POLICY_URI "migrate/policy"

static const struct
{
	const char *verdict;
	const char *id;
	const char *meaning;
} rules[] = {
	{"missing", "missing", "The policy gives it, and it isn't there."},
	{"excess", "excess", "It is granted, and the policy doesn't give it."},
	{"wrong owner", "wrong-owner", "The object belongs to another role than the policy says."},
	{"wrong default", "wrong-default", "Objects still to be made would get other privileges."},
	{"wrong attribute", "wrong-attribute", "A role's attribute or setting isn't the policy's."},
	{"wrong membership", "wrong-membership", "A membership is missing, too much, or another."},
	{"unknown role", "unknown-role", "A role that the policy doesn't know holds something here."},
};

static void
append_member(PQExpBuffer json, const char *name, const char *value)
{
	json_append_string(json, name);
	appendPQExpBufferStr(json, ": ");
	json_append_string(json, value);
}

static void
append_rules(PQExpBuffer json)
{
	for (size_t i = 0; i < lengthof(rules); i++)
	{
		appendPQExpBufferStr(json, i > 0 ? ",\n          {" : "\n          {");
		append_member(json, "id", rules[i].id);
		appendPQExpBufferStr(json, ", \"shortDescription\": {");
		append_member(json, "text", rules[i].meaning);
		appendPQExpBufferStr(json, "}}");
	}
}

static size_t
rule_of(const char *verdict)
{
	size_t rule = 0;

	while (rule < lengthof(rules) - 1 && strcmp(rules[rule].verdict, verdict) != 0)
		rule++;
	return rule;
}

/* A path in an URI: all but letters, digits and a few signs is escaped. */
static void
append_uri(PQExpBuffer json, const char *path)
{
	PQExpBuffer uri = createPQExpBuffer();

	for (; *path; path++)
	{
		if (isalnum((unsigned char) *path) || strchr("/-._~", *path))
			appendPQExpBufferChar(uri, *path);
		else
			appendPQExpBuffer(uri, "%%%02X", (unsigned char) *path);
	}
	append_member(json, "uri", uri->data);
	destroyPQExpBuffer(uri);
}

static void
append_policy_line(PQExpBuffer json, const AuditSummary *summary, const char *line)
{
	bool bundled = strcmp(summary->origin, "bundled") == 0;

	appendPQExpBufferStr(json, "\"physicalLocation\": {\"artifactLocation\": {");
	append_uri(json, bundled ? BUNDLED_POLICY_URI : summary->origin);
	appendPQExpBuffer(json, "}, \"region\": {\"startLine\": %s}}, ", line);
}

/* SARIF's kinds of logical locations are programs': an object is of no kind, a column a member. */
static void
append_location(PQExpBuffer json, const AuditSummary *summary, int row)
{
	const Result *findings = summary->findings;
	const char *line = result_value(findings, row, AUDIT_POLICY_LINE);
	const char *schema = result_value(findings, row, AUDIT_OBJECT_SCHEMA);
	const char *name = result_value(findings, row, AUDIT_OBJECT_NAME);
	const char *column = result_value(findings, row, AUDIT_COLUMN_NAME);
	char *full_name =
		psprintf("%s%s%s%s%s%s%s", summary->database, schema ? "." : "", schema ? schema : "",
				 name ? "." : "", name ? name : "", column ? "." : "", column ? column : "");

	appendPQExpBufferStr(json, "\n          \"locations\": [{");
	if (line != NULL)
		append_policy_line(json, summary, line);
	appendPQExpBufferStr(json, "\"logicalLocations\": [{");
	append_member(json, "name",
				  column   ? column
				  : name   ? name
				  : schema ? schema
						   : summary->database);
	appendPQExpBufferStr(json, ", ");
	append_member(json, "fullyQualifiedName", full_name);
	appendPQExpBufferStr(json, ", ");
	append_member(json, "kind", column ? "member" : result_value(findings, row, AUDIT_OBJECT_TYPE));
	appendPQExpBufferStr(json, "}]}]");
	pg_free(full_name);
}

static void
append_message(PQExpBuffer json, const Result *findings, int row)
{
	const char *path = result_value(findings, row, AUDIT_PATH);
	const char *remedy = result_value(findings, row, AUDIT_REMEDY);
	char *subject = audit_subject_text(findings, row);
	char *object = audit_object_text(findings, row);
	char *text =
		psprintf("%s: %s on %s (%s).%s%s", result_value(findings, row, AUDIT_VERDICT), subject,
				 object, path ? path : "", remedy ? " Remedy: " : "", remedy ? remedy : "");

	appendPQExpBufferStr(json, ",\n          \"message\": {");
	append_member(json, "text", text);
	appendPQExpBufferStr(json, "},");
	pg_free(subject);
	pg_free(object);
	pg_free(text);
}

/* The same finding has the same fingerprint in every run, so that a dashboard knows it again. */
static void
append_fingerprint(PQExpBuffer json, const Result *findings, int row)
{
	PQExpBuffer parts = createPQExpBuffer();
	char checksum[CHECKSUM_SIZE];

	for (int column = AUDIT_VERDICT; column <= AUDIT_PATH; column++)
	{
		const char *value = result_value(findings, row, column);

		appendPQExpBuffer(parts, "%s%c", value ? value : "", '\n');
	}
	if (checksum_compute(parts->data, parts->len, checksum))
	{
		appendPQExpBufferStr(json, ",\n          \"partialFingerprints\": {");
		append_member(json, "finding/v1", checksum);
		appendPQExpBufferChar(json, '}');
	}
	destroyPQExpBuffer(parts);
}

static void
append_result(PQExpBuffer json, const AuditSummary *summary, int row)
{
	const Result *findings = summary->findings;
	size_t rule = rule_of(result_value(findings, row, AUDIT_VERDICT));

	appendPQExpBufferStr(json, row > 0 ? ",\n        {" : "\n        {");
	append_member(json, "ruleId", rules[rule].id);
	appendPQExpBuffer(json, ", \"ruleIndex\": %zu, ", rule);
	append_member(json, "level", result_value(findings, row, AUDIT_SEVERITY));
	append_message(json, findings, row);
	append_location(json, summary, row);
	append_fingerprint(json, findings, row);
	appendPQExpBufferStr(json, "\n        }");
}

void
audit_sarif_print(const AuditSummary *summary, FILE *stream)
{
	PQExpBuffer json = createPQExpBuffer();

	appendPQExpBufferStr(json, "{\n  ");
	append_member(json, "$schema", SARIF_SCHEMA);
	appendPQExpBufferStr(json, ",\n  \"version\": \"2.1.0\",\n  \"runs\": [\n    {\n"
							   "      \"tool\": {\n        \"driver\": {\n          ");
	append_member(json, "name", "hh-migrate");
	appendPQExpBufferStr(json, ", ");
	append_member(json, "version", HH_VERSION);
	appendPQExpBufferStr(json, ", ");
	append_member(json, "semanticVersion", HH_VERSION);
	appendPQExpBufferStr(json, ",\n          \"rules\": [");
	append_rules(json);
	appendPQExpBufferStr(json,
						 "\n          ]\n        }\n      },\n"
						 "      \"columnKind\": \"unicodeCodePoints\",\n      \"results\": [");
	for (int row = 0; row < result_rows(summary->findings); row++)
		append_result(json, summary, row);
	appendPQExpBufferStr(json, result_rows(summary->findings) > 0 ? "\n      ]" : "]");
	appendPQExpBufferStr(json, "\n    }\n  ]\n}\n");
	fwrite(json->data, 1, json->len, stream);
	destroyPQExpBuffer(json);
}
