/*
 * policy_parser.c
 *		The statements of a policy's text: roles, services and profiles.
 */
#include "postgres_fe.h"

#include <errno.h>
#include <limits.h>

#include "policy_grant.h"
#include "policy_parser.h"
#include "policy_reader.h"

/* Adds an item at the end of one of the policy's arrays. */
#define APPEND(items, count, item)                                                                 \
	do                                                                                             \
	{                                                                                              \
		(items) = pg_realloc((items), sizeof(*(items)) * (size_t) ((count) + 1));                  \
		(items)[(count)++] = (item);                                                               \
	} while (0)

/* What an option of CREATE ROLE says of which attribute. */
static const struct
{
	const char *word;
	size_t offset; /* in PolicyRole */
	bool value;
} role_options[] = {
	{"login", offsetof(PolicyRole, can_login), true},
	{"nologin", offsetof(PolicyRole, can_login), false},
	{"inherit", offsetof(PolicyRole, inherit), true},
	{"noinherit", offsetof(PolicyRole, inherit), false},
	{"createdb", offsetof(PolicyRole, create_db), true},
	{"nocreatedb", offsetof(PolicyRole, create_db), false},
	{"createrole", offsetof(PolicyRole, create_role), true},
	{"nocreaterole", offsetof(PolicyRole, create_role), false},
	{"replication", offsetof(PolicyRole, replication), true},
	{"noreplication", offsetof(PolicyRole, replication), false},
	{"bypassrls", offsetof(PolicyRole, bypass_rls), true},
	{"nobypassrls", offsetof(PolicyRole, bypass_rls), false},
};

#define ROLE_OPTIONS_EXPECTED                                                                      \
	"LOGIN, NOLOGIN, INHERIT, NOINHERIT, CREATEDB, CREATEROLE, REPLICATION, BYPASSRLS, "           \
	"CONNECTION LIMIT or \";\""

/* What CREATE ROLE takes in PostgreSQL, and a policy doesn't. */
static bool
refuse_role_option(PolicyReader *reader)
{
	if (reader_is_word(reader, "superuser"))
		return reader_refuse(reader, &reader->token, pg_strdup("SUPERUSER is refused"),
							 pg_strdup("No privilege has a meaning for a superuser: grant what the "
									   "role needs."));
	if (reader_is_word(reader, "password") || reader_is_word(reader, "encrypted"))
		return reader_refuse(reader, &reader->token, pg_strdup("a password is refused"),
							 pg_strdup("Passwords have no place in a file that is read by many: "
									   "\"hh-migrate roles passwords\" sets them."));
	return reader_expected(reader, ROLE_OPTIONS_EXPECTED);
}

static bool
parse_connection_limit(PolicyReader *reader, PolicyRole *role)
{
	char *end;
	long number;

	if (!reader_advance(reader) || !reader_expect_word(reader, "limit"))
		return false;
	if (reader->token.kind != TOKEN_NUMBER)
		return reader_expected(reader, "a number");
	errno = 0;
	number = strtol(reader->token.value, &end, 10);
	if (errno != 0 || *end != '\0' || number < -1 || number > INT_MAX)
		return reader_expected(reader, "a whole number from -1");
	role->connection_limit = (int) number;
	return reader_advance(reader);
}

/* options: the attributes said so far, as bits; the last one is the connection limit. */
static bool
parse_role_option(PolicyReader *reader, PolicyRole *role, unsigned *options)
{
	PolicyToken token = reader->token;
	unsigned bit = 1;
	size_t number = 0;
	bool parsed;

	while (number < lengthof(role_options) && !reader_is_word(reader, role_options[number].word))
		number++;
	if (number < lengthof(role_options))
	{
		*(bool *) ((char *) role + role_options[number].offset) = role_options[number].value;
		bit = 1u << (number / 2);
		parsed = reader_advance(reader);
	}
	else if (reader_is_word(reader, "connection"))
	{
		bit = 1u << lengthof(role_options);
		parsed = parse_connection_limit(reader, role);
	}
	else if (reader_take_word(reader, "nosuperuser"))
		return true;
	else
		return refuse_role_option(reader);
	if (parsed && (*options & bit) != 0)
		return reader_refuse(reader, &token, pg_strdup("the role's attribute is said twice"), NULL);
	*options |= bit;
	return parsed;
}

/* Names that PostgreSQL keeps for itself. */
static bool
check_role_name(PolicyReader *reader, const PolicyToken *token, const char *name)
{
	if (strncmp(name, "pg_", 3) != 0 && strcmp(name, "public") != 0 && strcmp(name, "none") != 0)
		return true;
	return reader_refuse(reader, token, psprintf("the role name \"%s\" is reserved", name), NULL);
}

static bool
parse_create_role(PolicyReader *reader)
{
	PolicyRole role = {.inherit = true, .connection_limit = -1, .place = reader->place};
	PolicyToken token = reader->token;
	unsigned options = 0;

	if (!reader_name(reader, "a role", &role.name) || !check_role_name(reader, &token, role.name))
		return false;
	reader_take_word(reader, "with");
	while (!reader_is_symbol(reader, ';'))
	{
		if (!parse_role_option(reader, &role, &options))
			return false;
	}
	APPEND(reader->policy->roles, reader->policy->role_count, role);
	return true;
}

static bool
parse_mode(PolicyReader *reader, PolicyService *service)
{
	static const char *const modes[] = {"none", "verify", "auto-migrate"};
	bool is_name = reader->token.kind == TOKEN_WORD || reader->token.kind == TOKEN_NAME;

	for (size_t i = 0; is_name && i < lengthof(modes); i++)
	{
		if (strcmp(reader->token.value, modes[i]) == 0)
		{
			service->mode = modes[i];
			return reader_advance(reader);
		}
	}
	return reader_expected(reader, "VERIFY, \"auto-migrate\" or NONE");
}

/* CREATE SERVICE name { ROLE role MODE { VERIFY | "auto-migrate" } | MODE NONE } */
static bool
parse_create_service(PolicyReader *reader)
{
	PolicyService service = {.place = reader->place};
	PolicyToken mode;

	if (!reader_name(reader, "a service", &service.name))
		return false;
	if (reader_take_word(reader, "role"))
	{
		if (!reader_name(reader, "a role", &service.role))
			return false;
	}
	else if (!reader_is_word(reader, "mode"))
		return reader_expected(reader, "ROLE or MODE");
	if (!reader_expect_word(reader, "mode"))
		return false;
	mode = reader->token;
	if (!parse_mode(reader, &service))
		return false;
	if ((service.role == NULL) != (strcmp(service.mode, "none") == 0))
		return reader_refuse(reader, &mode,
							 pg_strdup(service.role ? "a service of mode NONE has no role"
													: "the service has a mode and no role"),
							 pg_strdup("Write ROLE name MODE VERIFY, or MODE NONE alone."));
	APPEND(reader->policy->services, reader->policy->service_count, service);
	return true;
}

static bool
parse_create_profile(PolicyReader *reader)
{
	PolicyProfile profile = {.place = reader->place};

	if (reader->place.profile != EVERY_PROFILE)
		return reader_refuse(reader, &reader->token,
							 pg_strdup("a profile is created outside of all profiles"), NULL);
	if (!reader_name(reader, "a profile", &profile.name))
		return false;
	profile.is_default = reader_take_word(reader, "default");
	APPEND(reader->policy->profiles, reader->policy->profile_count, profile);
	return true;
}

static bool
parse_create(PolicyReader *reader)
{
	if (reader_take_word(reader, "role"))
		return parse_create_role(reader);
	if (reader_take_word(reader, "service"))
		return parse_create_service(reader);
	if (reader_take_word(reader, "profile"))
		return parse_create_profile(reader);
	return reader_expected(reader, "ROLE, SERVICE or PROFILE");
}

/* A setting's name, which may have a prefix. */
static bool
parse_setting_name(PolicyReader *reader, PolicySetting *setting)
{
	const char *rest;

	if (!reader_name(reader, "a setting", &setting->name))
		return false;
	if (!reader_take_symbol(reader, '.'))
		return true;
	if (!reader_name(reader, "a setting", &rest))
		return false;
	setting->name = text_pool_keep(&reader->policy->pool, psprintf("%s.%s", setting->name, rest));
	return true;
}

static bool
parse_setting_value(PolicyReader *reader, PolicySetting *setting)
{
	if (reader_is_word(reader, "default") ||
		(reader->token.kind != TOKEN_STRING && reader->token.kind != TOKEN_NUMBER &&
		 reader->token.kind != TOKEN_WORD))
		return reader_expected(reader, "a value");
	setting->value = reader->token.value;
	return reader_advance(reader);
}

/* ALTER ROLE role IN DATABASE CURRENT SET name { TO | = } value */
static bool
parse_setting(PolicyReader *reader)
{
	PolicySetting setting = {.place = reader->place};

	if (!reader_name(reader, "a role", &setting.role) || !reader_expect_word(reader, "in") ||
		!reader_expect_word(reader, "database") || !reader_expect_word(reader, "current") ||
		!reader_expect_word(reader, "set") || !parse_setting_name(reader, &setting))
		return false;
	if (!reader_take_symbol(reader, '=') && !reader_expect_word(reader, "to"))
		return false;
	if (!parse_setting_value(reader, &setting))
		return false;
	if (reader_is_symbol(reader, ','))
		return reader_expected(reader, "\";\", for a setting that is a list is not taken");
	APPEND(reader->policy->settings, reader->policy->setting_count, setting);
	return true;
}

static bool
parse_alter(PolicyReader *reader)
{
	if (reader_take_word(reader, "role"))
		return parse_setting(reader);
	if (reader_take_word(reader, "default"))
		return policy_parse_default(reader);
	return policy_parse_owner(reader);
}

/* BEGIN PROFILE name */
static bool
parse_begin(PolicyReader *reader)
{
	PolicyToken token = reader->token;
	const char *name;

	if (!reader_expect_word(reader, "profile"))
		return false;
	if (reader->place.profile != EVERY_PROFILE)
		return reader_refuse(reader, &token, pg_strdup("one profile begins inside of another"),
							 pg_strdup("END PROFILE; ends the first."));
	token = reader->token;
	if (!reader_name(reader, "a profile", &name))
		return false;
	for (int i = 0; i < reader->policy->profile_count; i++)
	{
		if (strcmp(reader->policy->profiles[i].name, name) == 0)
		{
			reader->place.profile = i;
			return true;
		}
	}
	return reader_refuse(reader, &token, psprintf("there is no profile \"%s\" above", name),
						 pg_strdup("CREATE PROFILE makes one."));
}

static bool
parse_end(PolicyReader *reader)
{
	PolicyToken token = reader->token;

	if (!reader_expect_word(reader, "profile"))
		return false;
	if (reader->place.profile == EVERY_PROFILE)
		return reader_refuse(reader, &token, pg_strdup("no profile has begun"), NULL);
	reader->place.profile = EVERY_PROFILE;
	return true;
}

/* A word that begins a statement of SQL's, and none of a policy's. */
static bool
refuse_statement(PolicyReader *reader)
{
	if (reader_is_word(reader, "revoke") || reader_is_word(reader, "drop"))
	{
		char *found = policy_token_in_words(&reader->token);

		reader_refuse(reader, &reader->token,
					  psprintf("found %s, expected CREATE, ALTER or GRANT", found),
					  pg_strdup("A policy says what is to be; what it doesn't say is revoked."));
		pg_free(found);
		return false;
	}
	return reader_expected(reader, "CREATE, ALTER, GRANT, BEGIN PROFILE or END PROFILE");
}

static bool
parse_statement(PolicyReader *reader)
{
	static const struct
	{
		const char *word;
		bool (*parse)(PolicyReader *reader);
		bool needs_reason;
	} statements[] = {
		{"create", parse_create, true},		 {"alter", parse_alter, true},
		{"grant", policy_parse_grant, true}, {"begin", parse_begin, false},
		{"end", parse_end, false},
	};
	PolicyToken token = reader->token;

	reader->place.line = token.line;
	reader->place.column = token.column;
	reader->place.reason = token.reason;
	for (size_t i = 0; i < lengthof(statements); i++)
	{
		if (!reader_take_word(reader, statements[i].word))
			continue;
		if (statements[i].needs_reason && token.reason == NULL)
			return reader_refuse(reader, &token, pg_strdup("the statement has no reason"),
								 pg_strdup("Say why it is so in a comment right above it: -- ..."));
		return statements[i].parse(reader) && reader_expect_symbol(reader, ';');
	}
	return refuse_statement(reader);
}

bool
policy_parse(Policy *policy, const char *text, PolicyError *error)
{
	PolicyReader reader = {.lexer = policy_lexer_make(text, &policy->pool, error),
						   .policy = policy,
						   .error = error,
						   .place = {.profile = EVERY_PROFILE}};

	if (!reader_advance(&reader))
		return false;
	while (reader.token.kind != TOKEN_END)
	{
		if (!parse_statement(&reader))
			return false;
	}
	if (reader.place.profile != EVERY_PROFILE && error->message == NULL)
		return reader_expected(&reader, "END PROFILE");
	return error->message == NULL;
}
