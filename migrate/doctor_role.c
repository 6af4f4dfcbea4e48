/*
 * doctor_role.c
 *		What a service's role meets in the database.
 */
#include "postgres_fe.h"

#include "doctor_check.h"
#include "doctor_contract.h"
#include "doctor_role.h"
#include "doctor_server.h"
#include "pqexpbuffer.h"
#include "queries.h"

/*
 * What a service waits for longer than that, it does not wait for.  search_path comes first: what
 * whoever owns the database has put into its settings would decide on the functions and operators
 * of the rest.
 */
#define SETTINGS                                                                                   \
	"SET search_path = pg_catalog, pg_temp; SET lock_timeout = '2s'; "                             \
	"SET statement_timeout = '4s'; SET TimeZone = 'UTC'"

/* Arrays for queries, as text of array literals. */
typedef struct ContractArrays
{
	PQExpBuffer schemas;
	PQExpBuffer tables;
	PQExpBuffer columns;
	PQExpBuffer kinds; /* types, or privileges */
} ContractArrays;

static PQExpBuffer
array_begin(void)
{
	PQExpBuffer array = createPQExpBuffer();

	appendPQExpBufferChar(array, '{');
	return array;
}

/* The contract's words need no escape. */
static void
array_add(PQExpBuffer array, const char *item)
{
	appendPQExpBuffer(array, "%s\"%s\"", array->len > 1 ? "," : "", item);
}

static ContractArrays
arrays_begin(void)
{
	return (ContractArrays){array_begin(), array_begin(), array_begin(), array_begin()};
}

static void
arrays_add(ContractArrays *arrays, const ContractTable *table, const char *column, const char *kind)
{
	array_add(arrays->schemas, table->schema);
	array_add(arrays->tables, table->table);
	array_add(arrays->columns, column);
	array_add(arrays->kinds, kind);
}

static void
arrays_end(ContractArrays *arrays)
{
	appendPQExpBufferChar(arrays->schemas, '}');
	appendPQExpBufferChar(arrays->tables, '}');
	appendPQExpBufferChar(arrays->columns, '}');
	appendPQExpBufferChar(arrays->kinds, '}');
}

static void
arrays_free(ContractArrays *arrays)
{
	destroyPQExpBuffer(arrays->schemas);
	destroyPQExpBuffer(arrays->tables);
	destroyPQExpBuffer(arrays->columns);
	destroyPQExpBuffer(arrays->kinds);
}

/* Adds each column with each privilege, or with its type. */
static void
arrays_add_table(ContractArrays *arrays, const ContractTable *table, bool with_privileges)
{
	char column[NAMEDATALEN];
	char type[NAMEDATALEN];
	char privilege[NAMEDATALEN];

	for (const char *at = table->columns; (at = contract_next(at, column, type)) != NULL;)
	{
		if (!with_privileges)
			arrays_add(arrays, table, column, type);
		else
			for (const char *of = table->privileges; (of = contract_next(of, privilege, NULL));)
				arrays_add(arrays, table, column, privilege);
	}
}

static ContractArrays
arrays_of_service(const char *service, bool with_privileges)
{
	ContractArrays arrays = arrays_begin();

	for (const ContractTable *table = contract_tables; table->service != NULL; table++)
	{
		if (strcmp(table->service, service) == 0)
			arrays_add_table(&arrays, table, with_privileges);
	}
	arrays_end(&arrays);
	return arrays;
}

static void
check_keys(Examination *examination, Database *database, const char *service)
{
	PQExpBuffer relations = array_begin();
	PQExpBuffer columns = array_begin();
	PQExpBuffer remedies = array_begin();

	for (const ContractKey *key = contract_keys; key->service != NULL; key++)
	{
		if (strcmp(key->service, service) != 0)
			continue;
		array_add(relations, key->relation);
		array_add(columns, key->columns);
		array_add(remedies, key->remedy);
	}
	appendPQExpBufferChar(relations, '}');
	appendPQExpBufferChar(columns, '}');
	appendPQExpBufferChar(remedies, '}');
	doctor_run_check(examination, database, CHECK_KEYS, service,
					 PARAMS(relations->data, columns->data, remedies->data));
	destroyPQExpBuffer(relations);
	destroyPQExpBuffer(columns);
	destroyPQExpBuffer(remedies);
}

/* Schemas, tables, columns, keys and privileges. */
static void
check_contract(Examination *examination, Database *database, const char *service,
			   const char *dimensions)
{
	ContractArrays types = arrays_of_service(service, false);
	ContractArrays privileges = arrays_of_service(service, true);
	const char *schemas = types.schemas->data;
	const char *tables = types.tables->data;
	const char *columns = types.columns->data;

	doctor_run_check(examination, database, CHECK_SCHEMAS, service, PARAMS(schemas));
	doctor_run_check(examination, database, CHECK_USAGE, service, PARAMS(schemas));
	doctor_run_check(examination, database, CHECK_TABLES, service, PARAMS(schemas, tables));
	doctor_run_check(examination, database, CHECK_COLUMNS, service,
					 PARAMS(schemas, tables, columns, types.kinds->data, dimensions));
	doctor_run_check(examination, database, CHECK_ROW_SECURITY, service, PARAMS(schemas, tables));
	check_keys(examination, database, service);
	doctor_run_check(examination, database, CHECK_PRIVILEGES, service,
					 PARAMS(privileges.schemas->data, privileges.tables->data,
							privileges.columns->data, privileges.kinds->data));
	arrays_free(&types);
	arrays_free(&privileges);
}

/* What mends a statement that failed: rights, or the schema that it doesn't fit. */
static const char *
statement_remedy(const ServerError *error)
{
	if (strcmp(error->sqlstate, "42501") == 0)
		return "hh-migrate roles apply";
	if (strcmp(error->sqlstate, "55P03") == 0)
		return "sql SELECT pid, usename, state, query FROM pg_stat_activity WHERE pid IN "
			   "(SELECT pid FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND granted)";
	return NULL;
}

/* Tries one statement of the contract, or a look-up, which must say true besides. */
static void
try_statement(Examination *examination, Database *database, const ContractStatement *statement,
			  const char *dimensions)
{
	static const DoctorCheckId checks[] = {[CONTRACT_LOOKUP] = CHECK_LOOKUPS,
										   [CONTRACT_ADVICE] = CHECK_ADVICE,
										   [CONTRACT_STATEMENT] = CHECK_STATEMENTS};
	DoctorCheckId check = checks[statement->kind];
	bool takes_dimensions = strstr(statement->sql, "$1") != NULL;
	ServerError error = {0};
	Result *rows;

	if (takes_dimensions && dimensions == NULL)
		return;
	rows = database_run(database, statement->sql, takes_dimensions ? 1 : 0, &dimensions, &error);
	if (rows == NULL)
	{
		char *detail = psprintf("%s (SQLSTATE %s)", error.message, error.sqlstate);

		examination_observe(examination, (Observation){.check = check,
													   .service = statement->service,
													   .object = statement->what,
													   .detail = detail,
													   .remedy = statement_remedy(&error)});
		pg_free(detail);
	}
	else if (check != CHECK_STATEMENTS && !result_is_true(rows, 0, 0))
		examination_observe(examination, (Observation){.check = check,
													   .service = statement->service,
													   .object = statement->what});
	result_free(rows);
	server_error_free(&error);
}

static void
try_statements(Examination *examination, Database *database, const char *service,
			   const char *dimensions)
{
	examination_done(examination, CHECK_LOOKUPS);
	examination_done(examination, CHECK_ADVICE);
	examination_done(examination, CHECK_STATEMENTS);
	for (const ContractStatement *statement = contract_statements; statement->service != NULL;
		 statement++)
	{
		if (strcmp(statement->service, service) == 0)
			try_statement(examination, database, statement, dimensions);
	}
}

static char *
number_or_null(int number)
{
	return number > 0 ? psprintf("%d", number) : NULL;
}

static void
check_service(Examination *examination, Database *database, const DoctorService *service,
			  const DoctorExpectation *expected)
{
	char *recorded = number_or_null(expected->recorded_dimensions);
	char *configured = number_or_null(expected->configured_dimensions);

	check_contract(examination, database, service->name, recorded);
	if (doctor_check_is_for(CHECK_DIMENSION, service))
		doctor_run_check(examination, database, CHECK_DIMENSION, service->name,
						 PARAMS(recorded, configured, expected->configured_source));
	if (doctor_check_is_for(CHECK_INDEXES, service))
		doctor_run_check(examination, database, CHECK_INDEXES, service->name, NO_PARAMS);
	if (doctor_check_is_for(CHECK_START_UP, service))
		doctor_run_check(examination, database, CHECK_START_UP, service->name, NO_PARAMS);
	try_statements(examination, database, service->name, configured ? configured : recorded);
	pg_free(recorded);
	pg_free(configured);
}

void
doctor_examine_role(Examination *examination, Database *database, const DoctorExpectation *expected)
{
	ServerError error = {0};

	/* The tables and views that are tried are the owner's, and so is what they call. */
	if (database_user_is_superuser(database))
	{
		examination_observe(examination,
							(Observation){.check = CHECK_SUPERUSER, .object = examination->role});
		return;
	}
	examination_done(examination, CHECK_SUPERUSER);
	result_free(database_run(database, SETTINGS, NO_PARAMS, &error));
	server_error_free(&error);
	doctor_run_check(examination, database, CHECK_RECOVERY, NULL, PARAMS(expected->address));
	doctor_run_check(examination, database, CHECK_EXTENSIONS, NULL, NO_PARAMS);
	doctor_run_check(examination, database, CHECK_CODE, NULL, NO_PARAMS);
	if (expected->with_server)
	{
		char *roles = doctor_array_of_roles(expected->services);

		doctor_look_at_server(examination, database, expected->address, roles);
		pg_free(roles);
	}
	for (int i = 0; i < expected->services->count; i++)
	{
		const DoctorService *service = &expected->services->items[i];

		if (service->role != NULL && strcmp(service->role, examination->role) == 0)
			check_service(examination, database, service, expected);
	}
}
