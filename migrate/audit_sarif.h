/*
 * audit_sarif.h
 *		An audit as SARIF 2.1.0, which code scanners' dashboards read.
 */
#ifndef HH_AUDIT_SARIF_H
#define HH_AUDIT_SARIF_H

#include "audit_report.h"

extern void audit_sarif_print(const AuditSummary *summary, FILE *stream);

#endif /* HH_AUDIT_SARIF_H */
