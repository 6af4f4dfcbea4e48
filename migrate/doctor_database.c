/*
 * doctor_database.c
 *		What is seen of the database as a whole, through the connection that was asked for.
 */
#include "postgres_fe.h"

#include "common/logging.h"

#include "audit_call.h"
#include "direct_read.h"
#include "doctor_check.h"
#include "doctor_contract.h"
#include "doctor_database.h"
#include "doctor_ledger.h"
#include "doctor_server.h"
#include "pqexpbuffer.h"
#include "queries.h"

#define NO_SURVEY "what is deployed could not be read, as said before"

/*
 * As session_run(), for what calls code of the owner's or may: that runs with the owner's
 * rights or not at all.
 */
static Result *
run_contained(const DoctorView *view, const char *sql, int columns, int count,
			  const char *const *values, ServerError *error)
{
	if (view->session.mode == SESSION_READER)
	{
		error->message = pg_strdup("it runs the owner's code, and the connected role does not act "
								   "as the owner through hh.execute_as_owner()");
		return NULL;
	}
	return session_run(&view->session, sql, columns, count, values, error);
}

/* Reads one table of schema hh. */
static Result *
read_table(const DoctorView *view, const char *table, const char *sql, int columns,
		   ServerError *error)
{
	if (view->session.mode == SESSION_READER)
		return direct_read(view->database, &view->survey->deployment, table, sql, error);
	return session_run(&view->session, sql, columns, NO_PARAMS, error);
}

/*
 * The profile that is recorded, NULL where it can't be seen: a reader is told it by
 * hh.policy_source, if it may read that.
 */
static char *
read_profile(const DoctorView *view)
{
	ServerError error = {0};
	Result *rows = read_table(view, "policy_source", query_doctor_profile, 1, &error);
	const char *profile = rows && result_rows(rows) > 0 ? result_value(rows, 0, 0) : NULL;
	char *copy = profile ? pg_strdup(profile) : NULL;

	result_free(rows);
	server_error_free(&error);
	return copy;
}

void
doctor_view_open(DoctorView *view, Database *database, Survey *survey)
{
	view->database = database;
	view->survey = survey;
	if (database == NULL)
		return;
	database_command(database, "SET statement_timeout = '4s'");
	view->is_surveyed = survey_take(survey, database, NULL, false);
	if (!view->is_surveyed)
		return;
	view->session = session_make(database, &survey->deployment);
	if (survey->deployment.ledger_exists)
		view->profile = read_profile(view);
}

/*
 * Whether who is connected must be able to look at all: an administrator, who may act as the
 * owner, or is to by the policy.  Others are told what they can't see, and that is all.
 */
static bool
is_to_see(const DoctorView *view)
{
	const Deployment *deployment = &view->survey->deployment;
	const char *owner = policy_owner(view->policy);
	bool makes_roles = false;

	if (deployment->may_become_standing_owner ||
		(deployment_makes_roles(view->database, &makes_roles) && makes_roles))
		return true;
	for (int i = 0; i < view->policy->entry_count && owner != NULL; i++)
	{
		const PolicyEntry *entry = &view->policy->entries[i];

		if (entry->rule == RULE_MEMBER && strcmp(entry->object, owner) == 0 &&
			strcmp(entry->role, database_user(view->database)) == 0)
			return true;
	}
	return false;
}

/* What somebody has broken so that it can't be looked at is a finding. */
static void
observe_unseen(Examination *examination, const DoctorView *view, const char *what,
			   const char *detail)
{
	if (is_to_see(view))
		examination_observe(
			examination,
			(Observation){.check = CHECK_DEPLOYMENT, .object = what, .detail = detail});
}

static void
cannot_look(Examination *examination, const DoctorView *view, DoctorCheckId check,
			const ServerError *error)
{
	examination_impossible(examination, check, error->message);
	if (view->session.mode != SESSION_READER)
		observe_unseen(examination, view, doctor_checks[check].name, error->message);
}

/* The columns of queries/doctor_roles.sql. */
enum
{
	ROLE_NAME,
	ROLE_EXISTS,
	ROLE_CAN_LOGIN,
	ROLE_HAS_EXPIRED,
	ROLE_EXPIRY,
	ROLE_LIMIT,
	ROLE_IS_AT_LIMIT,
	ROLE_QUOTED
};

static void
observe_role(Examination *examination, const Result *rows, int row)
{
	const char *role = result_value(rows, row, ROLE_NAME);
	const char *quoted = result_value(rows, row, ROLE_QUOTED);
	Observation seen = {.check = CHECK_COUNT, .role = role, .object = role};
	char *detail = NULL;
	char *remedy = NULL;

	if (!result_is_true(rows, row, ROLE_EXISTS))
		seen.check = CHECK_ROLE;
	else if (!result_is_true(rows, row, ROLE_CAN_LOGIN))
	{
		seen.check = CHECK_LOGIN;
		detail = pg_strdup("it is NOLOGIN");
	}
	else if (result_is_true(rows, row, ROLE_HAS_EXPIRED))
	{
		seen.check = CHECK_PASSWORD;
		detail = psprintf("it ended on %s", result_value(rows, row, ROLE_EXPIRY));
		remedy = psprintf("sql ALTER ROLE %s VALID UNTIL 'infinity'", quoted);
	}
	else if (result_is_true(rows, row, ROLE_IS_AT_LIMIT))
	{
		seen.check = CHECK_CONNECTION_LIMIT;
		detail = psprintf("it has CONNECTION LIMIT %s, and they are in use",
						  result_value(rows, row, ROLE_LIMIT));
		remedy = psprintf("sql ALTER ROLE %s CONNECTION LIMIT -1", quoted);
	}
	seen.detail = detail;
	seen.remedy = remedy;
	if (seen.check != CHECK_COUNT)
		examination_observe(examination, seen);
	pg_free(detail);
	pg_free(remedy);
}

static void
look_at_roles(Examination *examination, const DoctorView *view, const char *roles)
{
	ServerError error = {0};
	Result *rows = database_run(view->database, query_doctor_roles, PARAMS(roles), &error);

	for (int row = 0; rows != NULL && row < result_rows(rows); row++)
		observe_role(examination, rows, row);
	result_free(rows);
	server_error_free(&error);
}

static void
observe_horizon(Examination *examination, const Result *rows, int row)
{
	const char *relation = result_value(rows, row, 0);
	const char *days = result_value(rows, row, 2);
	const char *waiting = result_value(rows, row, 3);
	const char *service =
		strcmp(relation, "search.search_logs") == 0 ? "hh-search-svc" : "hh-msgs-svc";
	char *detail = NULL;

	if (days != NULL && atoi(days) < DOCTOR_FEWEST_DAYS_LEFT)
	{
		detail =
			psprintf("they reach until %s, %s days from now", result_value(rows, row, 1), days);
		examination_observe(examination, (Observation){.check = CHECK_PARTITIONS,
													   .service = service,
													   .object = relation,
													   .detail = detail});
	}
	pg_free(detail);
	if (waiting == NULL || strcmp(waiting, "0") == 0)
		return;
	detail = psprintf("%s rows", waiting);
	examination_observe(examination, (Observation){.check = CHECK_DEFAULT_ROWS,
												   .service = service,
												   .object = relation,
												   .detail = detail});
	pg_free(detail);
}

/* Nothing to look at before the migrations: that they are missing is a finding of its own. */
static void
look_at_partitions(Examination *examination, const DoctorView *view)
{
	ServerError error = {0};
	Result *rows = run_contained(view, query_partition_horizon, 4, NO_PARAMS, &error);

	if (rows == NULL)
	{
		cannot_look(examination, view, CHECK_PARTITIONS, &error);
		examination_impossible(examination, CHECK_DEFAULT_ROWS, error.message);
	}
	else
	{
		examination_done(examination, CHECK_PARTITIONS);
		examination_done(examination, CHECK_DEFAULT_ROWS);
	}
	for (int row = 0; rows != NULL && row < result_rows(rows); row++)
		observe_horizon(examination, rows, row);
	result_free(rows);
	server_error_free(&error);
}

static void
look_at_registry(Examination *examination, const DoctorView *view)
{
	ServerError error = {0};
	Result *rows = read_table(view, "embedding_model", query_doctor_registry, 2, &error);

	if (rows == NULL)
		cannot_look(examination, view, CHECK_REGISTRY, &error);
	else
		examination_done(examination, CHECK_REGISTRY);
	if (rows != NULL && result_rows(rows) > 0)
	{
		const char *dimensions = result_value(rows, 0, 1);
		char *detail = psprintf("it has %s; there are %s", dimensions, result_value(rows, 0, 0));
		char *remedy = psprintf(
			"owner UPDATE hh.embedding_model SET active = false WHERE dims <> %s", dimensions);

		examination_observe(examination,
							(Observation){.check = CHECK_REGISTRY,
										  .object = "search.candidate_embeddings.embedding",
										  .detail = detail,
										  .remedy = remedy});
		pg_free(detail);
		pg_free(remedy);
	}
	result_free(rows);
	server_error_free(&error);
}

static char *
policy_difference(const PolicyImage *image, const Policy *policy)
{
	if (image->checksum == NULL)
		return pg_strdup("none is recorded");
	if (strcmp(image->checksum, policy->checksum) != 0)
		return psprintf("its checksum is %.12s, and the file's is %.12s", image->checksum,
						policy->checksum);
	if (strcmp(image->profile, policy->profile) != 0)
		return psprintf("its profile is \"%s\"", image->profile);
	return image->is_altered ? pg_strdup("somebody has altered its rows") : NULL;
}

/* *is_current: the image is the policy. */
static void
look_at_policy(Examination *examination, const DoctorView *view, bool *is_current)
{
	PolicyImage image = {0};
	char *detail;

	*is_current = false;
	if (view->session.mode == SESSION_READER ||
		!policy_image_look(&view->session, view->policy, &image))
	{
		examination_impossible(examination, CHECK_POLICY,
							   "the recorded policy is read by its owner alone");
		if (view->session.mode != SESSION_READER)
			observe_unseen(examination, view, doctor_checks[CHECK_POLICY].name,
						   "standard error says why");
		return;
	}
	examination_done(examination, CHECK_POLICY);
	detail = policy_difference(&image, view->policy);
	*is_current = detail == NULL;
	policy_image_free(&image);
	if (detail != NULL)
		examination_observe(
			examination,
			(Observation){.check = CHECK_POLICY, .object = "this program's", .detail = detail});
	pg_free(detail);
}

/* Whether a service works with what its role lacks; on the database, it is a right to DDL. */
static bool
is_concerned(const DoctorService *service, const char *schema, const char *table)
{
	if (schema == NULL)
		return service->mode == DOCTOR_AUTO_MIGRATE;
	return contract_names(service->name, schema, table);
}

/* What a role lacks is told of those of its services that it concerns, else of none. */
static void
observe_missing(Examination *examination, const DoctorServices *services, Observation seen,
				const char *schema, const char *table)
{
	bool concerns_any = false;

	for (int i = 0; i < services->count; i++)
	{
		const DoctorService *service = &services->items[i];

		if (service->role == NULL || strcmp(service->role, seen.role) != 0 ||
			!is_concerned(service, schema, table))
			continue;
		concerns_any = true;
		seen.service = service->name;
		examination_observe(examination, seen);
	}
	if (concerns_any)
		return;
	seen.check = CHECK_PRIVILEGES_OF_OTHERS;
	examination_observe(examination, seen);
}

static void
observe_audit(Examination *examination, const DoctorServices *services, const Result *rows, int row)
{
	const char *role = result_value(rows, row, 0);
	const char *kind = result_value(rows, row, 1);
	Observation seen = {.check = CHECK_PRIVILEGES_OF_OTHERS,
						.role = role,
						.object = role,
						.detail = result_value(rows, row, 2),
						.remedy = result_value(rows, row, 3)};

	if (strcmp(kind, "missing") == 0)
	{
		seen.check = CHECK_MISSING;
		observe_missing(examination, services, seen, result_value(rows, row, 4),
						result_value(rows, row, 5));
		return;
	}
	if (strcmp(kind, "excess") == 0)
		seen.check = CHECK_EXCESS;
	examination_observe(examination, seen);
}

/* Privileges against the policy that is recorded. */
static void
look_at_audit(Examination *examination, const DoctorView *view, const DoctorServices *services,
			  const char *roles)
{
	static const DoctorCheckId checks[] = {CHECK_MISSING, CHECK_EXCESS, CHECK_PRIVILEGES_OF_OTHERS};
	ServerError error = {0};
	char *query = audit_query(&view->session, query_doctor_audit);
	Result *rows = query ? run_contained(view, query, 6, PARAMS(roles), &error) : NULL;

	pg_free(query);
	if (rows == NULL && error.message == NULL)
		error.message = pg_strdup("standard error says why");
	for (size_t i = 0; i < lengthof(checks); i++)
	{
		if (rows != NULL)
			examination_done(examination, checks[i]);
		else
			examination_impossible(examination, checks[i], error.message);
	}
	if (rows == NULL && view->session.mode != SESSION_READER)
		observe_unseen(examination, view, doctor_checks[CHECK_MISSING].name, error.message);
	for (int row = 0; rows != NULL && row < result_rows(rows); row++)
		observe_audit(examination, services, rows, row);
	result_free(rows);
	server_error_free(&error);
}

/* Nothing is looked at where others may have planted something. */
static void
observe_no_survey(Examination *examination, const DoctorView *view)
{
	const char *creators = view->survey->deployment.schema_creators;
	char *revoke;

	doctor_database_impossible(examination, NO_SURVEY);
	if (creators == NULL || !is_to_see(view))
	{
		observe_unseen(examination, view, "migrations", "standard error says why");
		return;
	}
	revoke = psprintf("sql REVOKE CREATE ON SCHEMA hh FROM %s", creators);
	examination_observe(examination, (Observation){.check = CHECK_DEPLOYMENT,
												   .object = "migrations",
												   .detail = "others may create in schema hh",
												   .remedy = revoke});
	pg_free(revoke);
}

void
doctor_examine_database(Examination *examination, const DoctorView *view,
						const DoctorServices *services, const char *address)
{
	char *roles = doctor_array_of_roles(services);

	bool is_current = false;

	if (!view->is_surveyed)
		observe_no_survey(examination, view);
	look_at_roles(examination, view, roles);
	doctor_look_at_server(examination, view->database, address, roles);
	if (view->is_surveyed)
		doctor_look_at_ledger(examination, view->survey);
	if (view->is_surveyed && view->survey->deployment.ledger_exists)
	{
		look_at_partitions(examination, view);
		look_at_registry(examination, view);
		look_at_policy(examination, view, &is_current);
		/* What another one asks for is not to be recommended. */
		if (is_current)
			look_at_audit(examination, view, services, roles);
	}
	pg_free(roles);
}

void
doctor_database_impossible(Examination *examination, const char *why)
{
	for (int check = 0; check < CHECK_COUNT; check++)
	{
		if (doctor_checks[check].scope != SCOPE_ROLE)
			examination_impossible(examination, (DoctorCheckId) check, why);
	}
}
