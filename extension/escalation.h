/*
 * escalation.h
 *		Ways from a role to more than it seems to hold: what the checks share.
 */
#ifndef HH_ESCALATION_H
#define HH_ESCALATION_H

#include "funcapi.h"

#include "role_graph.h"

typedef struct EscalationReport
{
	ReturnSetInfo *result;
	RoleGraph *graph;
	RouteMap *routes;
	Role *role; /* whose ways are being told */
} EscalationReport;

/* Of the same words as hh.audit()'s. */
#define SEVERITY_ERROR	 "error"
#define SEVERITY_WARNING "warning"
#define SEVERITY_NOTE	 "note"

extern void ReportEscalation(EscalationReport *report, const char *kind, const char *severity,
							 const char *target, const char *gains, const char *path);
extern const char *GraphRoleName(const EscalationReport *report, Oid role);
extern bool IsSuperuser(const EscalationReport *report, Oid role);

/* What is looked for once, and then held against each role. */
typedef struct ObjectEscalations ObjectEscalations;
extern ObjectEscalations *FindObjectEscalations(void);
extern void ReportObjectEscalations(EscalationReport *report, ObjectEscalations *objects);

typedef struct SearchPaths SearchPaths;
extern const char *SearchPathIn(Datum settings);
extern SearchPaths *FindSearchPaths(const RoleGraph *graph);
extern void ReportSearchPaths(EscalationReport *report, SearchPaths *paths);

#endif
