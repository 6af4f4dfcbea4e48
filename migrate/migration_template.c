/*
 * migration_template.c
 *		A new migration: its version, and a text that teaches.
 */
#include "postgres_fe.h"

#include "migration_set.h"
#include "migration_template.h"

#define TIME_STAMP_LENGTH 14

/* Applied as it is, it does nothing: what is marked x is no directive yet. */
static const char template_text[] =
	"-- %s: what this migration does, and why.\n"
	"--\n"
	"-- Directives stand in this first comment. Those marked x are off: take the x away.\n"
	"--\n"
	"-- Apply again whenever the text changes or a verify query is not true (views, functions):\n"
	"--x hh: repeatable\n"
	"-- Variables, as in psql :name, :'name' or :\"name\"; values by --set schema=... or "
	"HH_VAR_schema:\n"
	"--x hh: vars schema\n"
	"-- Statement by statement, for what can't run in a transaction (CREATE INDEX CONCURRENTLY):\n"
	"--x hh: no-transaction\n"
	"-- The least version of extension headhunter:\n"
	"--x hh: requires-extension " HH_VERSION "\n"
	"\n"
	"-- The change: plain SQL. Write each name with its schema.\n"
	"--\n"
	"--     CREATE TABLE team.city (\n"
	"--         tenant_id text NOT NULL,\n"
	"--         city_id bigint NOT NULL,\n"
	"--         PRIMARY KEY (tenant_id, city_id)\n"
	"--     );\n"
	"\n"
	"\n"
	"-- What takes the change back:\n"
	"--x hh: revert\n"
	"--\n"
	"--     DROP TABLE team.city;\n"
	"\n"
	"\n"
	"-- Queries that must each return true once it is applied:\n"
	"--x hh: verify\n"
	"--\n"
	"--     SELECT pg_catalog.to_regclass('team.city') IS NOT NULL;\n";

char *
migration_template_text(const char *name)
{
	return psprintf(template_text, name);
}

bool
migration_next_version(const char *last, time_t now, char version[LONGEST_VERSION + 1])
{
	struct tm utc;
	bool counts = last[0] != '\0' && strlen(last) < TIME_STAMP_LENGTH;

	gmtime_r(&now, &utc);
	strftime(version, LONGEST_VERSION + 1, "%Y%m%d%H%M%S", &utc);
	if (!counts && (last[0] == '\0' || migration_version_compare(last, version) < 0))
		return true;

	/* A time stamp that is not over yet, somebody else's clock perhaps, is counted on too. */
	return snprintf(version, LONGEST_VERSION + 1, "%llu", strtoull(last, NULL, 10) + 1) <=
		   LONGEST_VERSION;
}
