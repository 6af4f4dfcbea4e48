/*
 * escalations.c
 *		hh.escalations(): ways from a role to more than it seems to hold.
 *
 * Here are those through roles: becoming another one, attributes, predefined roles. A predefined
 * role is left out, unless it is asked about by name; a superuser has nothing to come to.
 */
#include "postgres.h"

#include "access/transam.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "compat.h"
#include "escalation.h"

#define RESULT_COLUMNS 6

void
ReportEscalation(EscalationReport *report, const char *kind, const char *severity,
				 const char *target, const char *gains, const char *path)
{
	Datum values[RESULT_COLUMNS];
	bool nulls[RESULT_COLUMNS] = {false};

	values[0] = ObjectIdGetDatum(report->role->oid);
	values[1] = CStringGetTextDatum(kind);
	values[2] = CStringGetTextDatum(severity);
	values[3] = CStringGetTextDatum(target);
	values[4] = CStringGetTextDatum(gains);
	values[5] = CStringGetTextDatum(path);
	tuplestore_putvalues(report->result->setResult, report->result->setDesc, values, nulls);
}

const char *
GraphRoleName(const EscalationReport *report, Oid role)
{
	int number = FindRole(report->graph, role);

	return number < 0 ? psprintf("%u", role) : report->graph->roles[number].quoted;
}

bool
IsSuperuser(const EscalationReport *report, Oid role)
{
	int number = FindRole(report->graph, role);

	return number >= 0 && report->graph->roles[number].superuser;
}

/* Roles by whose membership alone much is gained. */
static const struct
{
	const char *role;
	const char *severity;
	const char *gains;
} dangerous_roles[] = {
	{"pg_execute_server_program", SEVERITY_ERROR,
	 "runs programs as the server's operating system user, and so becomes superuser"},
	{"pg_write_server_files", SEVERITY_ERROR,
	 "writes files as the server's operating system user, and so becomes superuser"},
	{"pg_read_server_files", SEVERITY_ERROR, "reads every file that the server can read"},
	{"cloudsqlsuperuser", SEVERITY_ERROR,
	 "may create roles and databases, install the provider's extensions, make event triggers and "
	 "publications"},
	{"pg_read_all_data", SEVERITY_WARNING, "reads every table, present and future"},
	{"pg_write_all_data", SEVERITY_WARNING, "writes to every table, present and future"},
	{"pg_maintain", SEVERITY_WARNING, "locks and rewrites every table by VACUUM FULL and its like"},
	{"pg_create_subscription", SEVERITY_WARNING,
	 "has the server connect elsewhere and write what it gets"},
	{"pg_signal_backend", SEVERITY_WARNING, "ends other roles' sessions"},
	{"pg_monitor", SEVERITY_NOTE, "sees what other roles' sessions are doing"},
};

static void
ReportDangerousRole(EscalationReport *report, Route *route)
{
	const Role *role = &report->graph->roles[route->target];

	for (size_t i = 0; i < lengthof(dangerous_roles); i++)
		if (route->length > 0 && strcmp(role->name, dangerous_roles[i].role) == 0)
			ReportEscalation(report, "predefined role", dangerous_roles[i].severity, role->quoted,
							 dangerous_roles[i].gains, RouteText(report->routes, route));
}

static void
ReportBecoming(EscalationReport *report, Route *route)
{
	const Role *role = &report->graph->roles[route->target];

	if (route->way != WAY_INHERIT)
		ReportEscalation(report, route->way == WAY_ADMIN ? "admin option" : "set role",
						 SEVERITY_WARNING, role->quoted,
						 psprintf("everything that %s holds and owns", role->quoted),
						 RouteText(report->routes, route));
}

/* Attributes are not inherited: they count where the role can be become. */
static void
ReportAttributes(EscalationReport *report, Route *route)
{
	const Role *role = &report->graph->roles[route->target];
	const char *path = RouteText(report->routes, route);

	if (!route->full)
		return;
	if (role->create_role)
		ReportEscalation(report, "createrole",
						 CREATEROLE_IS_SUPERUSER ? SEVERITY_ERROR : SEVERITY_WARNING, role->quoted,
						 CREATEROLE_IS_SUPERUSER
							 ? "can grant itself pg_execute_server_program, and so become superuser"
							 : "makes roles, and changes and becomes those it has ADMIN on",
						 path);
	if (role->bypass_rls)
		ReportEscalation(report, "bypassrls", SEVERITY_WARNING, role->quoted,
						 "reads and writes rows past every policy of row security", path);
	if (role->replication)
		ReportEscalation(report, "replication", SEVERITY_ERROR, role->quoted,
						 "copies the whole cluster, every database and password in it", path);
}

static void
ReportRoutes(EscalationReport *report, int subject)
{
	RouteMap *routes = report->routes;
	RoleGraph *graph = report->graph;

	for (int i = 0; i < routes->count; i++)
	{
		Route *route = routes->routes[i];

		if (route->subject != subject || route->target == TARGET_PUBLIC(graph))
			continue;
		if (route->target == TARGET_SUPERUSER(graph))
		{
			if (route->length > 0)
				ReportEscalation(report, "superuser", SEVERITY_ERROR,
								 graph->roles[route->role].quoted, "everything in the cluster",
								 RouteText(routes, route));
			continue;
		}
		ReportBecoming(report, route);
		ReportDangerousRole(report, route);
		ReportAttributes(report, route);
	}
}

static void
ReportRole(EscalationReport *report, int subject, ObjectEscalations *objects, SearchPaths *paths)
{
	MemoryContext context;
	MemoryContext previous;

	/* There is nothing more to come to. */
	if (report->graph->roles[subject].superuser)
		return;

	CHECK_FOR_INTERRUPTS();
	context = AllocSetContextCreate(CurrentMemoryContext, "escalations of a role",
									ALLOCSET_DEFAULT_SIZES);
	previous = MemoryContextSwitchTo(context);
	report->role = &report->graph->roles[subject];
	ReportRoutes(report, subject);
	ReportObjectEscalations(report, objects);
	ReportSearchPaths(report, paths);
	MemoryContextSwitchTo(previous);
	MemoryContextDelete(context);
}

PG_FUNCTION_INFO_V1(hh_escalations);
Datum
hh_escalations(PG_FUNCTION_ARGS)
{
	EscalationReport report = {0};
	ObjectEscalations *objects;
	SearchPaths *paths;
	int subject;

	InitMaterializedSRF(fcinfo, 0);
	report.result = (ReturnSetInfo *) fcinfo->resultinfo;
	Assert(report.result->setDesc->natts == RESULT_COLUMNS);

	report.graph = LoadRoleGraph();
	subject = PG_ARGISNULL(0) ? -1 : RequireRole(report.graph, PG_GETARG_OID(0));
	report.routes = FindRoutes(report.graph, subject);
	objects = FindObjectEscalations();
	paths = FindSearchPaths(report.graph);
	if (subject >= 0)
		ReportRole(&report, subject, objects, paths);
	else
		for (int i = 0; i < report.graph->count; i++)
			if (report.graph->roles[i].oid >= FirstNormalObjectId)
				ReportRole(&report, i, objects, paths);
	return (Datum) 0;
}
