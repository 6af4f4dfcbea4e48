/*
 * command_audit.c
 *		"hh-migrate audit": policy against reality.
 */
#include "postgres_fe.h"

#include "audit_page.h"
#include "command_audit.h"
#include "connect.h"
#include "survey.h"

int
command_audit(const Options *options)
{
	Database *database = NULL;
	Survey survey = {0};
	Session session;
	AuditPage page = {0};
	int exit_code = EXIT_COULD_NOT_RUN;

	if (survey_read_files(&survey, NULL) &&
		(database = database_connect(&options->connection)) != NULL &&
		survey_read_database(&survey, database, NULL, false, &session) &&
		audit_page_read(&page, &session) && audit_page_print(&page, stdout))
		exit_code = audit_page_finding_count(&page) > 0 ? EXIT_FOUND_PROBLEMS : EXIT_DONE;
	audit_page_free(&page);
	survey_free(&survey);
	database_close(database);
	return exit_code;
}
