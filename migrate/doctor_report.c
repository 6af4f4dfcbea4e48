/*
 * doctor_report.c
 *		What the doctor prints.
 */
#include "postgres_fe.h"

#include "pqexpbuffer.h"

#include "doctor_check.h"
#include "doctor_metrics.h"
#include "doctor_report.h"
#include "json.h"
#include "one_line.h"
#include "sql_line.h"

static const ReportColumn service_columns[] = {
	{"service", VALUE_TEXT}, {"role", VALUE_TEXT}, {"state", VALUE_TEXT}};

static const ReportColumn finding_columns[] = {{"severity", VALUE_TEXT}, {"check", VALUE_TEXT},
											   {"services", VALUE_TEXT}, {"message", VALUE_TEXT},
											   {"detail", VALUE_TEXT},	 {"effect", VALUE_TEXT},
											   {"remedy", VALUE_TEXT}};

static const ReportColumn unchecked_columns[] = {
	{"check", VALUE_TEXT}, {"role", VALUE_TEXT}, {"why", VALUE_TEXT}};

/* A finding, and the services that have it; the same one of several is shown once. */
typedef struct SharedFinding
{
	const DoctorFinding *finding;
	char *services; /* empty: of the database */
} SharedFinding;

typedef struct SharedFindings
{
	SharedFinding *items;
	int count;
} SharedFindings;

static void
share(SharedFindings *shared, const DoctorFindings *findings, const char *service)
{
	for (int i = 0; i < findings->count; i++)
	{
		SharedFinding *same = NULL;
		char *longer;

		for (int j = 0; j < shared->count && same == NULL && service[0]; j++)
		{
			if (shared->items[j].services[0] &&
				doctor_finding_is_same(shared->items[j].finding, &findings->items[i]))
				same = &shared->items[j];
		}
		if (same != NULL)
		{
			longer = psprintf("%s, %s", same->services, service);
			pg_free(same->services);
			same->services = longer;
			continue;
		}
		shared->items =
			pg_realloc(shared->items, sizeof(SharedFinding) * (size_t) (shared->count + 1));
		shared->items[shared->count++] = (SharedFinding){&findings->items[i], pg_strdup(service)};
	}
}

static SharedFindings
share_all(const Diagnosis *diagnosis)
{
	SharedFindings shared = {0};

	for (int i = 0; i < diagnosis->service_count; i++)
		share(&shared, &diagnosis->services[i].findings, diagnosis->services[i].service->name);
	share(&shared, &diagnosis->database, "");
	return shared;
}

static void
shared_free(SharedFindings *shared)
{
	for (int i = 0; i < shared->count; i++)
		pg_free(shared->items[i].services);
	pg_free(shared->items);
}

static const char *
severity(const DoctorFinding *finding)
{
	return finding->is_warning ? "warning" : "error";
}

/* "Ready", or what is missing: the first finding that keeps it from that. */
static char *
state_of(const ServiceDiagnosis *result)
{
	const char *first = NULL;
	int errors = 0;

	if (result->is_ready)
		return pg_strdup("Ready");
	for (int i = 0; i < result->findings.count; i++)
	{
		if (result->findings.items[i].is_warning)
			continue;
		first = first ? first : result->findings.items[i].message;
		errors++;
	}
	if (errors > 1)
		return psprintf("%s, and %d more", first, errors - 1);
	return pg_strdup(first ? first : "it could not be looked at");
}

static void
add_services(Report *report, const Diagnosis *diagnosis)
{
	report_add_table(report, "services", service_columns, lengthof(service_columns));
	for (int i = 0; i < diagnosis->service_count; i++)
	{
		const ServiceDiagnosis *result = &diagnosis->services[i];
		char *state = state_of(result);
		char *line = one_line(state, -1);
		const char *values[] = {result->service->name, result->service->role, line};

		report_add_row(report, values);
		pg_free(line);
		pg_free(state);
	}
}

static void
add_facts(Report *report, const Diagnosis *diagnosis)
{
	char *ready = psprintf("%d of %d", diagnosis->ready_count, diagnosis->service_count);

	report_add_fact(report, "ready", VALUE_TEXT, ready);
	pg_free(ready);
}

static void
add_findings(Report *report, const SharedFindings *shared)
{
	report_add_table(report, "findings", finding_columns, lengthof(finding_columns));
	for (int i = 0; i < shared->count; i++)
	{
		const DoctorFinding *finding = shared->items[i].finding;
		const char *values[] = {severity(finding),
								doctor_checks[finding->check].name,
								shared->items[i].services,
								finding->message,
								finding->detail,
								finding->effect,
								finding->remedy};

		report_add_row(report, values);
	}
}

static void
add_unchecked(Report *report, const Diagnosis *diagnosis)
{
	report_add_table(report, "not_checked", unchecked_columns, lengthof(unchecked_columns));
	for (int i = 0; i < diagnosis->unchecked_count; i++)
	{
		const Unchecked *unchecked = &diagnosis->unchecked[i];
		const char *values[] = {doctor_checks[unchecked->check].name, unchecked->role,
								unchecked->why};

		report_add_row(report, values);
	}
}

static void
print_tables(const Diagnosis *diagnosis, OutputFormat format)
{
	SharedFindings shared = share_all(diagnosis);
	Report report = {0};

	add_facts(&report, diagnosis);
	add_services(&report, diagnosis);
	add_findings(&report, &shared);
	add_unchecked(&report, diagnosis);
	report_print(&report, format, stdout);
	report_free(&report);
	shared_free(&shared);
}

/* What others wrote must not command a terminal. */
static void
print_line(const char *label, const char *text)
{
	char *line;

	if (text == NULL || text[0] == '\0')
		return;
	line = one_line(text, -1);
	printf("    %-9s %s\n", label, line);
	pg_free(line);
}

static void
print_findings(const SharedFindings *shared)
{
	for (int i = 0; i < shared->count; i++)
	{
		const DoctorFinding *finding = shared->items[i].finding;
		char *message = one_line(finding->message, -1);
		char *remedy = sql_line(finding->remedy ? finding->remedy : "");

		printf("%d. %s: %s\n", i + 1, severity(finding), message);
		print_line("detail:", finding->detail);
		print_line("effect:", finding->effect);
		print_line("services:", shared->items[i].services);
		print_line("remedy:", remedy);
		pg_free(remedy);
		pg_free(message);
	}
	if (shared->count > 0)
		putchar('\n');
}

/* A line a reason, with all checks that it is the reason for. */
static void
print_unchecked(const Diagnosis *diagnosis)
{
	for (int i = 0; i < diagnosis->unchecked_count; i++)
	{
		const char *why = diagnosis->unchecked[i].why;
		bool is_told = false;
		char *line;

		for (int j = 0; j < i && !is_told; j++)
			is_told = strcmp(diagnosis->unchecked[j].why, why) == 0;
		if (is_told)
			continue;
		printf("not checked:");
		for (int j = i; j < diagnosis->unchecked_count; j++)
		{
			if (strcmp(diagnosis->unchecked[j].why, why) == 0)
				printf("%s %s", j > i ? "," : "",
					   doctor_checks[diagnosis->unchecked[j].check].name);
		}
		line = one_line(why, -1);
		printf(" (%s)\n", line);
		pg_free(line);
	}
}

static void
print_text(const Diagnosis *diagnosis, bool quiet)
{
	SharedFindings shared = share_all(diagnosis);
	Report report = {0};

	if (quiet && shared.count == 0)
		return;
	add_facts(&report, diagnosis);
	add_services(&report, diagnosis);
	report_print(&report, FORMAT_TEXT, stdout);
	print_findings(&shared);
	print_unchecked(diagnosis);
	report_free(&report);
	shared_free(&shared);
}

static void
append_member(PQExpBuffer json, const char *name, const char *value)
{
	appendPQExpBuffer(json, "%s\"%s\": ", json->data[json->len - 1] == '{' ? "" : ", ", name);
	if (value == NULL)
		appendPQExpBufferStr(json, "null");
	else
		json_append_string(json, value);
}

static void
append_findings(PQExpBuffer json, const DoctorFindings *findings, const char *indent)
{
	appendPQExpBufferChar(json, '[');
	for (int i = 0; i < findings->count; i++)
	{
		const DoctorFinding *finding = &findings->items[i];

		appendPQExpBuffer(json, "%s\n%s  {", i > 0 ? "," : "", indent);
		append_member(json, "check", doctor_checks[finding->check].name);
		append_member(json, "severity", severity(finding));
		append_member(json, "object", finding->object);
		append_member(json, "message", finding->message);
		append_member(json, "detail", finding->detail);
		append_member(json, "effect", finding->effect);
		append_member(json, "remedy", finding->remedy);
		appendPQExpBufferChar(json, '}');
	}
	if (findings->count > 0)
		appendPQExpBuffer(json, "\n%s", indent);
	appendPQExpBufferChar(json, ']');
}

static void
append_service(PQExpBuffer json, const ServiceDiagnosis *result)
{
	appendPQExpBufferStr(json, "\n    {");
	append_member(json, "service", result->service->name);
	append_member(json, "role", result->service->role);
	appendPQExpBuffer(json, ", \"ready\": %s, \"findings\": ", result->is_ready ? "true" : "false");
	append_findings(json, &result->findings, "    ");
	appendPQExpBufferChar(json, '}');
}

static void
append_unchecked(PQExpBuffer json, const Diagnosis *diagnosis)
{
	appendPQExpBufferChar(json, '[');
	for (int i = 0; i < diagnosis->unchecked_count; i++)
	{
		const Unchecked *unchecked = &diagnosis->unchecked[i];

		appendPQExpBufferStr(json, i > 0 ? ",\n    {" : "\n    {");
		append_member(json, "check", doctor_checks[unchecked->check].name);
		append_member(json, "role", unchecked->role);
		append_member(json, "why", unchecked->why);
		appendPQExpBufferChar(json, '}');
	}
	appendPQExpBufferStr(json, diagnosis->unchecked_count > 0 ? "\n  ]" : "]");
}

static void
print_json(const Diagnosis *diagnosis)
{
	PQExpBuffer json = createPQExpBuffer();

	appendPQExpBuffer(json,
					  "{\n  \"tool\": \"hh-migrate " HH_VERSION "\",\n  \"ready\": %d,\n"
					  "  \"total\": %d,\n  \"services\": [",
					  diagnosis->ready_count, diagnosis->service_count);
	for (int i = 0; i < diagnosis->service_count; i++)
	{
		appendPQExpBufferStr(json, i > 0 ? "," : "");
		append_service(json, &diagnosis->services[i]);
	}
	appendPQExpBufferStr(json, "\n  ],\n  \"database\": ");
	append_findings(json, &diagnosis->database, "  ");
	appendPQExpBufferStr(json, ",\n  \"not_checked\": ");
	append_unchecked(json, diagnosis);
	appendPQExpBufferStr(json, "\n}\n");
	fwrite(json->data, 1, json->len, stdout);
	destroyPQExpBuffer(json);
}

void
doctor_report_print(const Diagnosis *diagnosis, OutputFormat format, bool quiet)
{
	PQExpBuffer metrics;

	switch (format)
	{
		case FORMAT_TEXT:
			print_text(diagnosis, quiet);
			break;
		case FORMAT_JSON:
			print_json(diagnosis);
			break;
		case FORMAT_PROMETHEUS:
			metrics = createPQExpBuffer();
			doctor_metrics_append(metrics, diagnosis);
			fwrite(metrics->data, 1, metrics->len, stdout);
			destroyPQExpBuffer(metrics);
			break;
		default:
			print_tables(diagnosis, format);
	}
	fflush(stdout);
}
