/*
 * doctor_metrics.c
 *		A diagnosis as metrics for a scraper, in Prometheus' text exposition format.
 */
#include "postgres_fe.h"

#include "doctor_check.h"
#include "doctor_metrics.h"

static void
begin_metric(PQExpBuffer text, const char *name, const char *help)
{
	appendPQExpBuffer(text, "# HELP %s %s\n# TYPE %s gauge\n", name, help, name);
}

static void
append_label(PQExpBuffer text, const char *name, const char *value)
{
	appendPQExpBuffer(text, "%s%s=\"", text->data[text->len - 1] == '{' ? "" : ",", name);
	for (; *value; value++)
	{
		if (*value == '\n')
			appendPQExpBufferStr(text, "\\n");
		else
			appendPQExpBuffer(text, "%s%c", *value == '"' || *value == '\\' ? "\\" : "", *value);
	}
	appendPQExpBufferChar(text, '"');
}

static void
append_services(PQExpBuffer text, const Diagnosis *diagnosis)
{
	begin_metric(text, "hh_service_ready", "Whether the database has all that a service needs.");
	for (int i = 0; i < diagnosis->service_count; i++)
	{
		const ServiceDiagnosis *result = &diagnosis->services[i];

		appendPQExpBufferStr(text, "hh_service_ready{");
		append_label(text, "service", result->service->name);
		append_label(text, "role", result->service->role ? result->service->role : "");
		appendPQExpBuffer(text, "} %d\n", result->is_ready);
	}
	begin_metric(text, "hh_services_ready", "How many services are ready.");
	appendPQExpBuffer(text, "hh_services_ready %d\n", diagnosis->ready_count);
	begin_metric(text, "hh_services", "How many services there are.");
	appendPQExpBuffer(text, "hh_services %d\n", diagnosis->service_count);
}

/* A line a check that found something, with how much; service: NULL for the database. */
static void
append_findings(PQExpBuffer text, const DoctorFindings *findings, const char *service)
{
	int counts[CHECK_COUNT] = {0};

	for (int i = 0; i < findings->count; i++)
		counts[findings->items[i].check]++;
	for (int check = 0; check < CHECK_COUNT; check++)
	{
		if (counts[check] == 0)
			continue;
		appendPQExpBufferStr(text, "hh_findings{");
		append_label(text, "service", service ? service : "");
		append_label(text, "check", doctor_checks[check].name);
		append_label(text, "severity", doctor_checks[check].is_warning ? "warning" : "error");
		appendPQExpBuffer(text, "} %d\n", counts[check]);
	}
}

void
doctor_metrics_append(PQExpBuffer text, const Diagnosis *diagnosis)
{
	append_services(text, diagnosis);
	begin_metric(text, "hh_findings",
				 "What was found, by service (empty: the database), check and severity.");
	for (int i = 0; i < diagnosis->service_count; i++)
		append_findings(text, &diagnosis->services[i].findings,
						diagnosis->services[i].service->name);
	append_findings(text, &diagnosis->database, NULL);
	begin_metric(text, "hh_checks_not_done", "How many checks could not be done.");
	appendPQExpBuffer(text, "hh_checks_not_done %d\n", diagnosis->unchecked_count);
}
