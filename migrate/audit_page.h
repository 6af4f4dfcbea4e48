/*
 * audit_page.h
 *		The audit as one HTML page, for people who review who may do what.
 */
#ifndef HH_AUDIT_PAGE_H
#define HH_AUDIT_PAGE_H

#include <stdio.h>

#include "session.h"

/* Everything that stands on the page. */
typedef struct AuditPage
{
	const char *database;
	const char *server_version;
	const char *user;
	const char *role; /* that the page is of; NULL: all */
	Result *source;	  /* one row; this and the others as audit_page_rows.h says */
	Result *roles;
	Result *rules;
	Result *services;
	Result *objects;
	Result *privileges;
	Result *findings;
	Result *escalations;
} AuditPage;

/*
 * Reads policy, audit, privileges and escalations, of one role or of all.  Logs and returns false on failure; to
 * be freed whatever it returns.
 */
extern bool audit_page_read(AuditPage *page, const Session *session, const char *role);
extern void audit_page_free(AuditPage *page);

/* Prints the page.  Logs and returns false on failure, and has printed nothing then. */
extern bool audit_page_print(const AuditPage *page, FILE *stream);

#endif /* HH_AUDIT_PAGE_H */
