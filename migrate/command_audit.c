/*
 * command_audit.c
 *		"hh-migrate audit": roles and privileges held against the policy.
 */
#include "postgres_fe.h"

#include "common/logging.h"

#include "audit_call.h"
#include "audit_page.h"
#include "audit_report.h"
#include "command_audit.h"
#include "connect.h"
#include "policy_file.h"
#include "policy_image.h"
#include "queries.h"
#include "session.h"

/* The columns of queries/audit_source.sql. */
enum
{
	SOURCE_ORIGIN,
	SOURCE_PROFILE,
	SOURCE_CHECKSUM,
	SOURCE_COLUMNS
};

/* Nothing of the owner's is to run with a superuser's rights, hh.audit() of theirs neither. */
static bool
check_session(const Session *session)
{
	bool is_there;
	bool looked = audit_look(session->database, &is_there);
	bool is_fit = session->mode != SESSION_READER || !database_user_is_superuser(session->database);

	if (looked && !is_there)
	{
		pg_log_error("the extension's function hh.audit() is not in this database");
		pg_log_error_hint("\"hh-migrate up\" brings the extension up to date.");
	}
	else if (is_there && !is_fit)
	{
		pg_log_error("a superuser can't audit here without running what the owner has made");
		pg_log_error_detail(
			"Superusers act through hh.execute_as_owner(), which can't be called on "
			"a standby, or without the ledger hh.migration.");
		pg_log_error_hint("Connect as a role that may read hh.policy, hh.policy_role and "
						  "hh.policy_source.");
	}
	return is_there && is_fit;
}

static Result *
read_source(const Session *session)
{
	Result *source = session_query(session, query_audit_source, SOURCE_COLUMNS, NO_PARAMS);

	if (source != NULL && result_rows(source) == 0)
	{
		pg_log_error("no policy is recorded in this database");
		pg_log_error_hint("\"hh-migrate up\" records it.");
		result_free(source);
		return NULL;
	}
	return source;
}

/* The findings about one role, or about all. */
static Result *
read_findings(const Session *session, const char *role)
{
	char *quoted = role ? database_quote_identifier(session->database, role) : NULL;
	Result *findings = audit_call(session, quoted);

	pg_free(quoted);
	return findings;
}

static void
warn_of_other_policy(const Options *options, const Result *source, const Policy *policy)
{
	pg_log_warning("the policy recorded in the database is not the one of %s",
				   options->policy ? options->policy : "this program");
	pg_log_warning_detail("Recorded is %s, profile %s; the other one's profile is %s.",
						  result_value(source, 0, SOURCE_ORIGIN),
						  result_value(source, 0, SOURCE_PROFILE), policy->profile);
	pg_log_warning_hint("The audit is of the one recorded. \"hh-migrate up\" records the other.");
}

/* What is held against the policy, read once: as findings, or as a page with them. */
typedef struct Reading
{
	Result *findings;
	AuditPage page;
} Reading;

static bool
read_audit(const Options *options, const Session *session, Reading *reading)
{
	if (options->format == FORMAT_HTML)
		return audit_page_read(&reading->page, session, options->role);
	reading->findings = read_findings(session, options->role);
	return reading->findings != NULL;
}

static bool
print(const Options *options, const Reading *reading, const AuditSummary *summary)
{
	if (options->format == FORMAT_HTML)
		return audit_page_print(&reading->page, stdout);
	audit_report_print(summary, options->format, options->quiet, stdout);
	return true;
}

/*
 * The image is the owner's to write, and remedies that only an altered one asks for are
 * nobody's to run.  Who can't act as the owner doesn't see it.
 */
static bool
check_is_unaltered(const Session *session, const Policy *policy)
{
	PolicyImage image = {0};
	bool looked = policy_image_look(session, policy, &image);
	bool is_altered = policy_image_is_altered(&image, policy);

	if (is_altered)
	{
		pg_log_error("somebody has altered the policy's image in this database");
		pg_log_error_detail("What is held against it is not held against the policy, though its "
							"checksum is recorded.");
		pg_log_error_hint("\"hh-migrate up\" writes it anew. Only the owner, role %s, may write to "
						  "hh.policy_role, hh.policy and hh.service.",
						  session->owner);
	}
	policy_image_free(&image);
	return looked && !is_altered;
}

static int
audit(const Options *options, const Session *session, const Policy *policy)
{
	/* The audit first: it says what a role lacks that may not read the policy. */
	Reading reading = {0};
	bool is_read = read_audit(options, session, &reading);
	Result *source = is_read ? read_source(session) : NULL;
	int exit_code = EXIT_COULD_NOT_RUN;

	if (source != NULL && check_is_unaltered(session, policy))
	{
		AuditSummary summary = {.database = database_name(session->database),
								.role = options->role,
								.origin = result_value(source, 0, SOURCE_ORIGIN),
								.profile = result_value(source, 0, SOURCE_PROFILE),
								.findings =
									reading.findings ? reading.findings : reading.page.findings};

		summary.is_current =
			strcmp(result_value(source, 0, SOURCE_CHECKSUM), policy->checksum) == 0 &&
			strcmp(summary.profile, policy->profile) == 0;
		if (!summary.is_current)
			warn_of_other_policy(options, source, policy);
		if (print(options, &reading, &summary))
			exit_code = result_rows(summary.findings) == 0 && summary.is_current
							? EXIT_DONE
							: EXIT_FOUND_PROBLEMS;
	}
	result_free(reading.findings);
	audit_page_free(&reading.page);
	result_free(source);
	return exit_code;
}

/* No ledger is read: who may read the policy can audit. */
static bool
open_session(Database *database, Deployment *deployment, Session *session)
{
	if (!deployment_read(database, deployment, false) ||
		!deployment_check_schema(database, deployment, false) ||
		!deployment_decide_owner(database, deployment, NULL))
		return false;
	*session = session_make(database, deployment);
	return check_session(session);
}

int
command_audit(const Options *options)
{
	Deployment deployment = {0};
	Session session;
	Policy policy = {0};
	Database *database = NULL;
	int exit_code = EXIT_COULD_NOT_RUN;

	if (policy_file_load(&policy, options) &&
		(database = database_connect(&options->connection)) != NULL &&
		open_session(database, &deployment, &session))
	{
		/* Nobody is to alter the image between the looks at it. */
		if (session_begin(&session, "BEGIN ISOLATION LEVEL REPEATABLE READ"))
			exit_code = audit(options, &session, &policy);
		database_rollback(database);
	}
	database_close(database);
	deployment_free(&deployment);
	policy_free(&policy);
	return exit_code;
}
