/*
 * headhunter.c
 *		The module: magic block, settings, version.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/memutils.h"

#include "compat.h"
#include "owner_context.h"
#include "settings.h"

PG_MODULE_MAGIC;

int headhunter_embedding_dimensions = 768;
bool headhunter_deploy = true;

/* A value that came before the library and that it had to reject; or NULL. */
static char *rejected_dimensions = NULL;
static char *rejected_deploy = NULL;

void _PG_init(void);

/* The value of a setting nobody has defined yet, or NULL. */
static char *
PlaceholderValue(const char *name)
{
	const char *value = GetConfigOption(name, true, false);

	return value ? MemoryContextStrdup(TopMemoryContext, value) : NULL;
}

void
_PG_init(void)
{
	char *dimensions = PlaceholderValue(HH_EMBEDDING_DIMENSIONS);
	char *deploy = PlaceholderValue(HH_DEPLOY);
	int number;
	bool flag;

	/* The column's dimension cannot be guessed from an empty database. */
	DefineCustomIntVariable(HH_EMBEDDING_DIMENSIONS,
							"Dimension of the embedding column that the first deployment makes.",
							"Afterwards the database knows its dimension; another value is an "
							"error.",
							&headhunter_embedding_dimensions, 768, 1, HH_MAX_INDEXED_DIMENSIONS,
							PGC_USERSET, 0, NULL, NULL, NULL);

	/* hh-migrate brings the functions first and deploys by its own means. */
	DefineCustomBoolVariable(HH_DEPLOY, "Whether CREATE EXTENSION deploys schemas and tables.",
							 "Off: CREATE EXTENSION brings the functions alone.",
							 &headhunter_deploy, true, PGC_USERSET, 0, NULL, NULL, NULL);

	MarkGUCPrefixReserved("headhunter");

	if (dimensions && !(parse_int(dimensions, &number, 0, NULL) && number >= 1 &&
						number <= HH_MAX_INDEXED_DIMENSIONS))
		rejected_dimensions = dimensions;
	if (deploy && !parse_bool(deploy, &flag))
		rejected_deploy = deploy;
}

/*
 * The query runs as the caller, so the search_path that a database's owner set
 * must not choose its operators.
 */
bool
SettingIsSet(const char *name)
{
	int level = PinSettings();
	Oid types[] = {TEXTOID};
	Datum values[] = {CStringGetTextDatum(name)};
	bool set;

	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	if (SPI_execute_with_args("SELECT FROM pg_catalog.pg_settings AS s "
							  "WHERE s.name = $1 AND s.source <> 'default'",
							  1, types, values, NULL, true, 1) != SPI_OK_SELECT)
		elog(ERROR, "could not read the settings");
	set = SPI_processed > 0;
	SPI_finish();
	AtEOXact_GUC(false, level);
	return set;
}

/* Whoever has set a good value since has mended the bad one. */
static void
CheckRejected(const char *name, const char *rejected, const char *requirement)
{
	if (rejected && !SettingIsSet(name))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("invalid value for parameter \"%s\": \"%s\"", name, rejected),
						errdetail("%s", requirement),
						errhint("Set the parameter in this session, and correct it where it comes "
								"from: ALTER ROLE, ALTER DATABASE or the configuration file.")));
}

void
CheckSettings(void)
{
	CheckRejected(HH_EMBEDDING_DIMENSIONS, rejected_dimensions,
				  "It must be a number from 1 to 2000.");
	CheckRejected(HH_DEPLOY, rejected_deploy, "It must be a Boolean value.");
}

/*
 * The version of the library loaded, which a session that began before an
 * upgrade of the files may hold older than the extension's.
 */
PG_FUNCTION_INFO_V1(hh_library_version);
Datum
hh_library_version(PG_FUNCTION_ARGS)
{
	PG_RETURN_TEXT_P(cstring_to_text(HH_VERSION));
}
