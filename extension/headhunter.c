/*
 * headhunter.c
 *		The module: magic block, settings, version.
 */
#include "postgres.h"

#include <limits.h>

#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/memutils.h"

#include "compat.h"
#include "settings.h"

PG_MODULE_MAGIC;

#define EMBEDDING_DIMENSIONS "headhunter.embedding_dimensions"
#define DEPLOY				 "headhunter.deploy"

int headhunter_embedding_dimensions = 768;
bool headhunter_deploy = true;

/* A value that came before the library and that it had to reject; or NULL. */
static char *rejected_dimensions = NULL;
static char *rejected_deploy = NULL;

void _PG_init(void);

/* Whoever sets a good value has mended a bad one. */
static void
AssignDimensions(int newval, void *extra)
{
	(void) newval;
	(void) extra;
	rejected_dimensions = NULL;
}

static void
AssignDeploy(bool newval, void *extra)
{
	(void) newval;
	(void) extra;
	rejected_deploy = NULL;
}

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
	char *dimensions = PlaceholderValue(EMBEDDING_DIMENSIONS);
	char *deploy = PlaceholderValue(DEPLOY);
	int number;
	bool flag;

	/* The column's dimension cannot be guessed from an empty database. */
	DefineCustomIntVariable(EMBEDDING_DIMENSIONS,
							"Dimension of the embedding column that the first deployment makes.",
							"Afterwards the database knows its dimension; another value is an "
							"error.",
							&headhunter_embedding_dimensions, 768, 1, HH_MAX_INDEXED_DIMENSIONS,
							PGC_USERSET, 0, NULL, AssignDimensions, NULL);

	/* hh-migrate brings the functions first and deploys by its own means. */
	DefineCustomBoolVariable(DEPLOY, "Whether CREATE EXTENSION deploys schemas and tables.",
							 "Off: CREATE EXTENSION brings the functions alone.",
							 &headhunter_deploy, true, PGC_USERSET, 0, NULL, AssignDeploy, NULL);

	MarkGUCPrefixReserved("headhunter");

	if (dimensions && !(parse_int(dimensions, &number, 0, NULL) && number >= 1 &&
						number <= HH_MAX_INDEXED_DIMENSIONS))
		rejected_dimensions = dimensions;
	if (deploy && !parse_bool(deploy, &flag))
		rejected_deploy = deploy;
}

void
CheckSettings(void)
{
	if (rejected_dimensions)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("invalid value for parameter \"%s\": \"%s\"", EMBEDDING_DIMENSIONS,
							   rejected_dimensions),
						errdetail("It must be a number from 1 to %d.", HH_MAX_INDEXED_DIMENSIONS),
						errhint("Set or RESET the parameter, then try again.")));
	if (rejected_deploy)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("invalid value for parameter \"%s\": \"%s\"", DEPLOY, rejected_deploy),
				 errdetail("It must be a Boolean value."),
				 errhint("Set or RESET the parameter, then try again.")));
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
