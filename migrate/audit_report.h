/*
 * audit_report.h
 *		What audit prints: where roles and privileges differ from the policy.
 */
#ifndef HH_AUDIT_REPORT_H
#define HH_AUDIT_REPORT_H

#include <stdio.h>

#include "database.h"
#include "report.h"

/* The columns of queries/audit.sql. */
enum
{
	AUDIT_VERDICT,
	AUDIT_SEVERITY,
	AUDIT_ROLE, /* NULL: PUBLIC */
	AUDIT_OBJECT_TYPE,
	AUDIT_OBJECT_SCHEMA,
	AUDIT_OBJECT_NAME,
	AUDIT_COLUMN_NAME,
	AUDIT_PRIVILEGE,
	AUDIT_PATH,
	AUDIT_REMEDY, /* NULL: no statement mends it */
	AUDIT_POLICY_LINE,
	AUDIT_COLUMNS
};

/* All is borrowed. */
typedef struct AuditSummary
{
	const char *database;
	const char *role;	 /* that the audit is of; NULL: all */
	const char *origin;	 /* of the policy's image: "bundled", or a file */
	const char *profile; /* of the image */
	bool is_current;	 /* the image is of the policy that the program has */
	const Result *findings;
} AuditSummary;

extern void audit_report_print(const AuditSummary *summary, OutputFormat format, bool quiet,
							   FILE *stream);

/* What a finding is about, for people: "table search.tenants (name)"; the caller frees it. */
extern char *audit_object_text(const Result *findings, int row);

/* "SELECT for hh_app"; the caller frees it. */
extern char *audit_subject_text(const Result *findings, int row);

#endif /* HH_AUDIT_REPORT_H */
