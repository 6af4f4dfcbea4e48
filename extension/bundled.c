/*
 * bundled.c
 *		Applying the migrations compiled into the library.
 */
#include "postgres.h"

#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "common/cryptohash.h"
#include "common/sha2.h"
#include "executor/spi.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "nodes/parsenodes.h"
#include "tcop/tcopprot.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"

#include "../migrate/migration_file.h"
#include "bundled.h"

#define CHECKSUM_LENGTH		(PG_SHA256_DIGEST_LENGTH * 2)
#define DIMENSIONS_VARIABLE "embedding_dimensions"

/* A bundled migration, read. */
typedef struct Migration
{
	MigrationFile file;
	char *version;
	char *name;
	char checksum[CHECKSUM_LENGTH + 1];
} Migration;

static char *
SliceToCString(TextSlice slice)
{
	return pnstrdup(slice.data ? slice.data : "", slice.length);
}

static void
Checksum(const BundledMigration *bundled, char *checksum)
{
	pg_cryptohash_ctx *hash = pg_cryptohash_create(PG_SHA256);
	uint8 digest[PG_SHA256_DIGEST_LENGTH];

	if (pg_cryptohash_init(hash) < 0 ||
		pg_cryptohash_update(hash, (const uint8 *) bundled->text, bundled->length) < 0 ||
		pg_cryptohash_final(hash, digest, sizeof(digest)) < 0)
		elog(ERROR, "could not compute SHA-256 of migration %s", bundled->file_name);
	pg_cryptohash_free(hash);
	hex_encode((const char *) digest, sizeof(digest), checksum);
	checksum[CHECKSUM_LENGTH] = '\0';
}

static Migration
ReadMigration(const BundledMigration *bundled)
{
	Migration migration = {0};
	const char *error;

	if (!migration_file_parse(bundled->file_name, bundled->text, bundled->length, &migration.file,
							  &error))
		elog(ERROR, "%s: %s", bundled->file_name, error);
	if (migration.file.no_transaction)
		elog(ERROR, "%s: a bundled migration runs in a transaction", bundled->file_name);
	migration.version = SliceToCString(migration.file.version);
	migration.name = SliceToCString(migration.file.name);
	Checksum(bundled, migration.checksum);
	return migration;
}

/*
 * The change with the declared variable's value in its place.  The bundled files
 * are ours and have the name nowhere else, so no lexer is needed.
 */
static char *
SubstitutedChange(const MigrationFile *file, int dimensions)
{
	const char *mark = ":" DIMENSIONS_VARIABLE;
	char *rest = SliceToCString(file->change);
	StringInfoData change;
	char *found;

	if (!migration_file_declares(file, DIMENSIONS_VARIABLE, strlen(DIMENSIONS_VARIABLE)))
		return rest;
	initStringInfo(&change);
	while ((found = strstr(rest, mark)) != NULL)
	{
		appendBinaryStringInfo(&change, rest, found - rest);
		appendStringInfo(&change, "%d", dimensions);
		rest = found + strlen(mark);
	}
	appendStringInfoString(&change, rest);
	return change.data;
}

/* A statement of a migration, for the context of its errors. */
typedef struct StatementPlace
{
	const Migration *migration;
	int line; /* in the file */
} StatementPlace;

static void
AddStatementContext(void *argument)
{
	const StatementPlace *place = argument;

	errcontext("headhunter migration %s_%s, line %d", place->migration->version,
			   place->migration->name, place->line);
}

static int
CountLines(const char *from, const char *to)
{
	int lines = 0;

	for (const char *at = from; at < to; at++)
		lines += *at == '\n';
	return lines;
}

/* A statement begins, to the parser, where the one before it ends. */
static const char *
SkipBlanksAndComments(const char *at)
{
	for (;;)
	{
		at += strspn(at, " \t\r\n");
		if (strncmp(at, "--", 2) != 0)
			return at;
		at += strcspn(at, "\n");
	}
}

/*
 * Runs the statements of a part one by one, so that an error's context shows one
 * statement and not the file.  text: the part with its variables replaced.  Calls
 * accepts, if any, behind each; false from it ends the run.  Sets *count, if any,
 * to the number of statements.
 */
static bool
RunStatements(const Migration *migration, TextSlice part, const char *text, bool (*accepts)(void),
			  int *count)
{
	int first_line = 1 + CountLines(migration->file.change.data, part.data);
	List *statements = pg_parse_query(text);
	ListCell *cell;

	foreach (cell, statements)
	{
		RawStmt *statement = lfirst_node(RawStmt, cell);
		const char *start = text + statement->stmt_location;
		size_t length = statement->stmt_len > 0 ? (size_t) statement->stmt_len : strlen(start);
		int lines_before = CountLines(text, SkipBlanksAndComments(start));
		StatementPlace place = {migration, first_line + lines_before};
		ErrorContextCallback context = {error_context_stack, AddStatementContext, &place};
		int result;

		CHECK_FOR_INTERRUPTS();
		error_context_stack = &context;
		result = SPI_execute(pnstrdup(start, length), false, 0);
		if (result < 0)
			elog(ERROR, "SPI_execute failed: %s", SPI_result_code_string(result));
		error_context_stack = context.previous;
		if (accepts && !accepts())
			return false;
	}
	if (count)
		*count = list_length(statements);
	return true;
}

/* Whether the query just run has returned true, and nothing but true. */
static bool
ReturnedTrue(void)
{
	bool isnull;
	Datum value;

	if (SPI_processed != 1 || SPI_gettypeid(SPI_tuptable->tupdesc, 1) != BOOLOID)
		return false;
	value = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull);
	return !isnull && DatumGetBool(value);
}

static bool
Verifies(const Migration *migration)
{
	TextSlice part = migration->file.verify;

	return RunStatements(migration, part, SliceToCString(part), ReturnedTrue, NULL);
}

static void
RefuseChanged(const Migration *migration, const char *recorded)
{
	ereport(
		ERROR,
		(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
		 errmsg("migration %s_%s is not the one that was applied", migration->version,
				migration->name),
		 errdetail("The ledger's checksum is %s, the library's %s.", recorded, migration->checksum),
		 errhint("Install the version of headhunter that this database was deployed with, or "
				 "a later one.")));
}

/* A column of the ledger's row that SPI has just read. */
static char *
LedgerValue(const Migration *migration, int column)
{
	char *value = SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, column);

	if (value == NULL)
		ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
						errmsg("migration %s_%s is recorded without checksum or state",
							   migration->version, migration->name),
						errdetail("The table hh.migration is not the ledger that headhunter "
								  "makes.")));
	return value;
}

/* Whether the ledger, and for a repeatable its verify part, leave the migration to be applied. */
static bool
IsPending(const Migration *migration)
{
	Oid types[] = {TEXTOID};
	Datum values[] = {CStringGetTextDatum(migration->version)};
	char *checksum;
	char *state;

	if (!OidIsValid(get_relname_relid("migration", get_namespace_oid("hh", false))))
		return true;
	if (SPI_execute_with_args("SELECT m.checksum, m.state FROM hh.migration AS m "
							  "WHERE m.version = $1",
							  1, types, values, NULL, false, 0) != SPI_OK_SELECT)
		elog(ERROR, "could not read the ledger");
	if (SPI_processed == 0)
		return true;
	checksum = LedgerValue(migration, 1);
	state = LedgerValue(migration, 2);

	/* What failed was rolled back, for bundled migrations run in a transaction. */
	if (strcmp(state, "reverted") == 0 || strcmp(state, "failed") == 0)
		return true;
	if (strcmp(state, "running") == 0)
		ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
						errmsg("migration %s_%s is recorded as %s", migration->version,
							   migration->name, state),
						errhint("\"hh-migrate repair\" shows what stands of it.")));
	if (migration->file.repeatable)
		return strcmp(checksum, migration->checksum) != 0 || !Verifies(migration);
	if (strcmp(checksum, migration->checksum) != 0)
		RefuseChanged(migration, checksum);
	return false;
}

static void
RequireExtensionVersion(const Migration *migration, const Deployment *deployment)
{
	TextSlice installed = {deployment->extension_version, strlen(deployment->extension_version)};
	TextSlice required = migration->file.requires_extension;

	if (required.length > 0 && version_compare(installed, required) < 0)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("migration %s_%s needs version %.*s of extension \"headhunter\"",
						migration->version, migration->name, (int) required.length, required.data),
				 errdetail("Version %s is installed.", deployment->extension_version),
				 errhint("Run ALTER EXTENSION headhunter UPDATE first.")));
}

static void
RecordApplied(const Migration *migration, const Application *application, TimestampTz started,
			  int statements)
{
	bool substituted =
		migration_file_declares(&migration->file, DIMENSIONS_VARIABLE, strlen(DIMENSIONS_VARIABLE));
	Oid types[] = {TEXTOID, TEXTOID, TEXTOID, TEXTOID, INT4OID,
				   TEXTOID, TEXTOID, TEXTOID, TEXTOID, TIMESTAMPTZOID};
	Datum values[] = {
		CStringGetTextDatum(migration->version),
		CStringGetTextDatum(migration->name),
		CStringGetTextDatum(migration->file.repeatable ? "repeatable" : "versioned"),
		CStringGetTextDatum(migration->checksum),
		Int32GetDatum(statements),
		CStringGetTextDatum(
			substituted ? psprintf("{\"" DIMENSIONS_VARIABLE "\": \"%d\"}", application->dimensions)
						: "{}"),
		CStringGetTextDatum(GetUserNameFromId(GetSessionUserId(), false)),
		CStringGetTextDatum("headhunter " HH_VERSION),
		CStringGetTextDatum(GetConfigOption("server_version", false, false)),
		TimestampTzGetDatum(started),
	};

	if (SPI_execute_with_args(
			"INSERT INTO hh.migration AS m (version, name, kind, checksum, state, "
			"  statements_done, statements_total, variables, applied_by, tool, server_version, "
			"  started_at, finished_at, error) "
			"VALUES ($1, $2, $3, $4, 'applied', $5, $5, $6::jsonb, $7, $8, $9, $10, "
			"  pg_catalog.clock_timestamp(), NULL) "
			"ON CONFLICT (version) DO UPDATE SET (name, kind, checksum, state, "
			"  statements_done, statements_total, variables, applied_by, tool, server_version, "
			"  started_at, finished_at, error) = ROW (excluded.name, excluded.kind, "
			"  excluded.checksum, excluded.state, excluded.statements_done, "
			"  excluded.statements_total, excluded.variables, excluded.applied_by, "
			"  excluded.tool, excluded.server_version, excluded.started_at, "
			"  excluded.finished_at, excluded.error)",
			lengthof(values), types, values, NULL, false, 0) != SPI_OK_INSERT)
		elog(ERROR, "could not write the ledger");
}

static void
ReportApplied(const Migration *migration, Application *application)
{
	Datum values[] = {CStringGetTextDatum(migration->version), CStringGetTextDatum(migration->name),
					  CStringGetTextDatum("applied")};
	bool nulls[lengthof(values)] = {false};

	application->count++;
	if (application->results != NULL)
	{
		Assert(application->result_desc->natts == lengthof(values));
		tuplestore_putvalues(application->results, application->result_desc, values, nulls);
	}
}

static void
ApplyMigration(const Migration *migration, Application *application)
{
	TimestampTz started = GetCurrentTimestamp();
	char *change = SubstitutedChange(&migration->file, application->dimensions);
	int statements;

	RequireExtensionVersion(migration, application->deployment);
	(void) RunStatements(migration, migration->file.change, change, NULL, &statements);
	RecordApplied(migration, application, started, statements);
	ReportApplied(migration, application);
}

void
ApplyBundled(void *argument)
{
	Application *application = argument;

	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	for (const BundledMigration *bundled = bundled_migrations; bundled->file_name; bundled++)
	{
		Migration migration = ReadMigration(bundled);

		if (IsPending(&migration))
			ApplyMigration(&migration, application);
	}
	SPI_finish();
}
