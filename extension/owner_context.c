/*
 * owner_context.c
 *		Working as the deployment's owner, with no way back for the owner's code.
 */
#include "postgres.h"

#include "commands/extension.h"
#include "miscadmin.h"
#include "utils/guc.h"

#include "compat.h"
#include "owner_context.h"

/* What decides which objects a text names, how it is read, and what CREATE makes of it. */
static const struct
{
	const char *name;
	const char *value;
} pinned_settings[] = {
	{"search_path", "pg_catalog, pg_temp"},
	{"standard_conforming_strings", "on"},
	{"backslash_quote", "safe_encoding"},
	{"transform_null_equals", "off"},
	{"quote_all_identifiers", "off"},
	{"check_function_bodies", "on"},
	{"default_tablespace", ""},
	{"default_table_access_method", "heap"},
	{"TimeZone", "UTC"},
	{"DateStyle", "ISO, YMD"},
	{"IntervalStyle", "postgres"},
	{"row_security", "off"}, /* an error, where a policy would hide rows in silence */
};

int
PinSettings(void)
{
	int level = NewGUCNestLevel();

	for (size_t i = 0; i < lengthof(pinned_settings); i++)
		(void) set_config_option(pinned_settings[i].name, pinned_settings[i].value, PGC_USERSET,
								 PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
	return level;
}

void
RunAsOwner(Oid owner, void (*work)(void *), void *argument)
{
	bool creating = creating_extension;
	Oid user;
	int sec_context;
	int level;

	GetUserIdAndSecContext(&user, &sec_context);
	level = PinSettings();
	SetUserIdAndSecContext(owner, sec_context | SECURITY_LOCAL_USERID_CHANGE |
									  SECURITY_RESTRICTED_OPERATION);

	/* After an error, the (sub)transaction's abort restores user and settings. */
	PG_TRY();
	{
		creating_extension = false;
		work(argument);
	}
	PG_FINALLY();
	{
		creating_extension = creating;
	}
	PG_END_TRY();

	SetUserIdAndSecContext(user, sec_context);
	AtEOXact_GUC(false, level);
}
