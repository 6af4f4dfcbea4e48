/*
 * audit_page_section.h
 *		The sections of the audit's HTML page, each of which appends itself.
 */
#ifndef HH_AUDIT_PAGE_SECTION_H
#define HH_AUDIT_PAGE_SECTION_H

#include "audit_page.h"
#include "html.h"

/* audit_page_findings.c */
extern void audit_page_add_verdict_counts(PQExpBuffer html, const AuditPage *page);
extern void audit_page_add_findings(PQExpBuffer html, const AuditPage *page);
extern void audit_page_add_escalations(PQExpBuffer html, const AuditPage *page);

/* audit_page_matrix.c */
extern void audit_page_add_matrix(PQExpBuffer html, const AuditPage *page);

/* audit_page_policy.c */
extern void audit_page_add_policy(PQExpBuffer html, const AuditPage *page);

#endif /* HH_AUDIT_PAGE_SECTION_H */
