/*
 * option_table.c
 *		The options of the command line, and what the environment says in their place.
 */
#include "postgres_fe.h"

#include "common/logging.h"

#include "option_table.h"
#include "option_value.h"
#include "plan.h"
#include "plan_part.h"

#define LONGEST_LOCK_WAIT 86400
#define MOST_LOCK_RETRIES 1000
#define MOST_MONTHS		  120
#define MOST_MONTHS_KEPT  1200

#define DIMENSIONS_ENVIRONMENT "EMBEDDING_DIMENSIONS"
#define DIRECTORY_ENVIRONMENT  "HH_MIGRATE_DIR"
#define SECRETS_ENVIRONMENT	   "HH_MIGRATE_SECRETS_DIR"
#define POLICY_ENVIRONMENT	   "HH_MIGRATE_POLICY"
#define PROFILE_ENVIRONMENT	   "HH_MIGRATE_PROFILE"

static bool
set_dbname(Options *options, const char *value)
{
	options->connection.dbname = value;
	if (connection_string_has_password(value))
	{
		pg_log_warning("the connection string on the command line holds a password");
		pg_log_warning_hint("Other users of this machine can see it. DATABASE_URL takes the same "
							"string; PGPASSFILE names a file of passwords.");
	}
	return true;
}

static bool
set_host(Options *options, const char *value)
{
	options->connection.host = value;
	return true;
}

static bool
set_port(Options *options, const char *value)
{
	options->connection.port = value;
	return true;
}

static bool
set_username(Options *options, const char *value)
{
	options->connection.user = value;
	return true;
}

/* Never asking is what the program does anyhow: scripts may say it as to psql. */
static bool
set_no_password(Options *options, const char *value)
{
	(void) options;
	(void) value;
	return true;
}

static bool
set_require_tls(Options *options, const char *value)
{
	(void) value;
	options->connection.require_tls = true;
	return true;
}

static bool
set_owner(Options *options, const char *value)
{
	options->owner = value;
	return true;
}

static bool
set_directory(Options *options, const char *value)
{
	options->directory = value;
	return true;
}

static bool
set_variable(Options *options, const char *value)
{
	return variables_set_assignment(&options->settings, value);
}

static bool
set_dimensions(Options *options, const char *value)
{
	options->embedding_dimensions_source = "--embedding-dimensions";
	return option_number("--embedding-dimensions", value, 1, MAX_EMBEDDING_DIMENSIONS,
						 &options->embedding_dimensions);
}

static bool
set_dry_run(Options *options, const char *value)
{
	(void) value;
	options->dry_run = true;
	return true;
}

static bool
set_to(Options *options, const char *value)
{
	options->to = value;
	return true;
}

static bool
set_only(Options *options, const char *value)
{
	char *names;

	if (plan_parts_read(value, &options->only))
		return true;
	names = plan_parts_in_words();
	pg_log_error("invalid value \"%s\" for --only", value);
	pg_log_error_hint("It must be parts of a deployment, with commas between them: %s.", names);
	pg_free(names);
	return false;
}

static bool
set_yes(Options *options, const char *value)
{
	(void) value;
	options->yes = true;
	return true;
}

static bool
set_allow_out_of_order(Options *options, const char *value)
{
	(void) value;
	options->allow_out_of_order = true;
	return true;
}

static bool
set_force(Options *options, const char *value)
{
	(void) value;
	options->force = true;
	return true;
}

static bool
set_accept_drift(Options *options, const char *value)
{
	(void) value;
	options->accept_drift = true;
	return true;
}

static bool
set_lock_wait(Options *options, const char *value)
{
	return option_number("--lock-wait", value, 0, LONGEST_LOCK_WAIT, &options->lock_wait);
}

static bool
set_end_orphan(Options *options, const char *value)
{
	(void) value;
	options->end_orphan = true;
	return true;
}

/* One choice, however often it is said. */
static bool
set_repair_choice(Options *options, RepairChoice choice)
{
	if (options->repair_choice != REPAIR_EXPLAIN && options->repair_choice != choice)
	{
		pg_log_error("--retry, --done and --forget exclude each other");
		return false;
	}
	options->repair_choice = choice;
	return true;
}

static bool
set_retry(Options *options, const char *value)
{
	(void) value;
	return set_repair_choice(options, REPAIR_RETRY);
}

static bool
set_done(Options *options, const char *value)
{
	(void) value;
	return set_repair_choice(options, REPAIR_DONE);
}

static bool
set_forget(Options *options, const char *value)
{
	(void) value;
	return set_repair_choice(options, REPAIR_FORGET);
}

static bool
set_lock_retries(Options *options, const char *value)
{
	return option_number("--lock-retries", value, 0, MOST_LOCK_RETRIES, &options->lock_retries);
}

static bool
set_months_ahead(Options *options, const char *value)
{
	return option_number("--months-ahead", value, 0, MOST_MONTHS, &options->months_ahead);
}

static bool
set_keep_months(Options *options, const char *value)
{
	int months;

	options->keep_months = value;
	return option_number("--keep-months", value, 1, MOST_MONTHS_KEPT, &months);
}

static bool
set_scratch(Options *options, const char *value)
{
	(void) value;
	options->scratch = true;
	return true;
}

static bool
set_scratch_dbname(Options *options, const char *value)
{
	options->scratch = true;
	options->scratch_dbname = value;
	return true;
}

static bool
set_secrets_directory(Options *options, const char *value)
{
	options->secrets_directory = value;
	return true;
}

static bool
set_generate(Options *options, const char *value)
{
	(void) value;
	options->generate = true;
	return true;
}

static bool
set_rotate(Options *options, const char *value)
{
	options->rotate =
		pg_realloc(options->rotate, sizeof(char *) * (size_t) (options->rotate_count + 1));
	options->rotate[options->rotate_count++] = value;
	return true;
}

static bool
set_policy(Options *options, const char *value)
{
	options->policy = value;
	return true;
}

static bool
set_profile(Options *options, const char *value)
{
	options->profile = value;
	return true;
}

static bool
set_additive(Options *options, const char *value)
{
	(void) value;
	options->additive = true;
	return true;
}

static bool
set_role(Options *options, const char *value)
{
	options->role = value;
	return true;
}

static bool
set_format(Options *options, const char *value)
{
	static const char *const names[] = {
		[FORMAT_TEXT] = "text", [FORMAT_JSON] = "json",	  [FORMAT_CSV] = "csv",
		[FORMAT_HTML] = "html", [FORMAT_SARIF] = "sarif", [FORMAT_PROMETHEUS] = "prometheus"};

	for (size_t i = 0; i < lengthof(names); i++)
	{
		if (strcmp(value, names[i]) == 0)
		{
			options->format = (OutputFormat) i;
			return true;
		}
	}
	pg_log_error("invalid value \"%s\" for --format", value);
	pg_log_error_hint("It must be text, json, csv or html; of audit also sarif, of doctor also "
					  "prometheus.");
	return false;
}

static bool
set_wait(Options *options, const char *value)
{
	return option_seconds("--wait", value, &options->wait);
}

static bool
set_watch(Options *options, const char *value)
{
	return option_seconds("--watch", value, &options->watch);
}

static bool
set_quiet(Options *options, const char *value)
{
	(void) value;
	options->quiet = true;
	return true;
}

static bool
set_verbose(Options *options, const char *value)
{
	(void) options;
	(void) value;
	pg_logging_increase_verbosity();
	return true;
}

const Option options_table[MOST_OPTIONS] = {
	{"owner", 0, "ROLE", UP | TRACE | BASELINE, set_owner,
	 "role that is to own everything (first deployment only;\n"
	 "default: hh_owner, made by \"up\" where the connected role\n"
	 "makes roles; else the connected role)"},
	{"embedding-dimensions", 0, "N", UP | TRACE | BASELINE | DOCTOR, set_dimensions,
	 "dimension of embeddings, 1 to 2000 (first deployment only; of\n"
	 "doctor: that hh-embed-svc is configured for;\n"
	 "default: " DIMENSIONS_ENVIRONMENT ", else 768, of doctor: any)"},
	{"dir", 0, "DIRECTORY", UP | DOWN | STATUS | VERIFY | TRACE | REPAIR | BASELINE | DOCTOR | NEW,
	 set_directory,
	 "your own migrations, applied after the bundled ones\n"
	 "(default: " DIRECTORY_ENVIRONMENT ")"},
	{"set", 0, "NAME=VALUE", UP | TRACE | BASELINE, set_variable,
	 "value of a variable that migrations declare; may be repeated\n"
	 "(default: " VARIABLE_ENVIRONMENT "NAME)"},
	{"to", 0, "VERSION", UP | DOWN, set_to,
	 "up: the last migration to apply (default: all); down: the\n"
	 "last one to keep (default: all but the newest)"},
	{"only", 0, "PART[,PART]", UP, set_only,
	 "parts of the deployment to carry out: roles, code,\nmigrations, policy, privileges (default: "
	 "all)"},
	{"yes", 0, NULL, DOWN, set_yes, "take back without asking"},
	{"allow-out-of-order", 0, NULL, UP, set_allow_out_of_order,
	 "apply migrations older than what is applied already"},
	{"force", 0, NULL, BASELINE, set_force, "record without looking whether the objects are there"},
	{"accept-drift", 0, NULL, UP, set_accept_drift,
	 "take the catalogs as they are for what \"verify\" compares\nwith, even where nothing is to "
	 "do"},
	{"dry-run", 0, NULL, UP | DOWN | BASELINE | ROLES_PASSWORDS, set_dry_run,
	 "show what would be done, and do nothing"},
	{"lock-wait", 0, "SECONDS", UP | DOWN | VERIFY | REPAIR | BASELINE | ROLES_APPLY, set_lock_wait,
	 "how long to wait for another deployment (default: 300)"},
	{"end-orphan", 0, NULL, UP | DOWN | REPAIR | BASELINE | ROLES_APPLY, set_end_orphan,
	 "end a deployment that works on though its client is gone"},
	{"retry", 0, NULL, REPAIR, set_retry,
	 "\"up\" is to send the statement in question, and what comes after\nit, as the file has it "
	 "now"},
	{"done", 0, NULL, REPAIR, set_done, "the statement in question was brought to its end by hand"},
	{"forget", 0, NULL, REPAIR, set_forget,
	 "take the migration out of the ledger: what stands of it was\ntaken back by hand"},
	{"lock-retries", 0, "N", UP | DOWN | VERIFY | BASELINE, set_lock_retries,
	 "how often to try a migration again that could not get\na lock (default: 10)"},
	{"months-ahead", 0, "N", MAINTAIN, set_months_ahead,
	 "months after this one to make partitions for (default: 3)"},
	{"keep-months", 0, "N", MAINTAIN, set_keep_months,
	 "drop partitions older than this many whole months\n(default: drop none)"},
	{"scratch", 0, NULL, VERIFY, set_scratch,
	 "also build a scratch database from the ledger, and hold the\ncatalogs against its"},
	{"scratch-dbname", 0, "NAME", VERIFY | TRACE | BASELINE, set_scratch_dbname,
	 "an empty database of this server to use as scratch database\n(default: one is made and "
	 "dropped)"},
	{"secrets-dir", 0, "DIRECTORY", ROLES_PASSWORDS | ROLES_VERIFY | DOCTOR, set_secrets_directory,
	 "secrets, a file a role with its name, mode 0600\n(default: " SECRETS_ENVIRONMENT ")"},
	{"generate", 0, NULL, ROLES_PASSWORDS, set_generate,
	 "make a secret, of 32 random bytes, where a role has none"},
	{"rotate", 0, "ROLE", ROLES_PASSWORDS, set_rotate,
	 "make a new secret for this role in any case; may be repeated"},
	{"wait", 0, "TIME", DOCTOR, set_wait,
	 "look again until all services are ready, at most so long"},
	{"watch", 0, "TIME", DOCTOR, set_watch,
	 "look again that often, and show each time what is found,\nuntil all services are ready"},
	{"policy", 0, "FILE", UP | ROLES | AUDIT | DOCTOR, set_policy,
	 "policy of roles and privileges\n(default: " POLICY_ENVIRONMENT ", else the bundled one)"},
	{"profile", 0, "NAME", UP | ROLES | AUDIT | DOCTOR, set_profile,
	 "the policy's profile\n(default: " PROFILE_ENVIRONMENT ", else the policy's default)"},
	{"role", 0, "ROLE", AUDIT, set_role, "only what concerns this role (default: all)"},
	{"additive", 0, NULL, ROLES_PLAN | ROLES_APPLY, set_additive,
	 "give what is missing, and take nothing away"},
	{"format", 0, "FORMAT", ALL, set_format,
	 "text (default), json, csv or html; audit: also sarif;\ndoctor: also prometheus"},
	{"quiet", 'q', NULL, ALL, set_quiet, "no line a step"},
	{"verbose", 'v', NULL, ALL, set_verbose, "show every statement that is sent, on stderr"},
	{"dbname", 'd', "DATABASE", ALL, set_dbname,
	 "name, conninfo string or URI (default: DATABASE_URL, else\nPGDATABASE)"},
	{"host", 'h', "HOST", ALL, set_host, "server's host or socket directory"},
	{"port", 'p', "PORT", ALL, set_port, "server's port"},
	{"username", 'U', "ROLE", ALL, set_username, "role to connect as"},
	{"require-tls", 0, NULL, ALL, set_require_tls,
	 "take no connection over TCP without TLS, whatever sslmode says"},
	{"no-password", 'w', NULL, ALL, set_no_password, "never ask for a password (always so)"},
	{"help", '?', NULL, 0, NULL, "show this help"},
	{"version", 'V', NULL, 0, NULL, "show the version"},
};

/* What a variable says, where the option doesn't. */
static void
read_variable(const char **value, const char *name)
{
	const char *variable = getenv(name);

	if (*value == NULL && variable && variable[0])
		*value = variable;
}

bool
options_read_environment(Options *options, int command)
{
	const char *dimensions = getenv(DIMENSIONS_ENVIRONMENT);

	read_variable(&options->connection.dbname, "DATABASE_URL");
	read_variable(&options->directory, DIRECTORY_ENVIRONMENT);
	read_variable(&options->secrets_directory, SECRETS_ENVIRONMENT);
	read_variable(&options->policy, POLICY_ENVIRONMENT);
	read_variable(&options->profile, PROFILE_ENVIRONMENT);
	if ((command == UP || command == TRACE || command == BASELINE || command == DOCTOR) &&
		options->embedding_dimensions == 0 && dimensions && dimensions[0])
	{
		options->embedding_dimensions_source = DIMENSIONS_ENVIRONMENT;
		return option_number(DIMENSIONS_ENVIRONMENT, dimensions, 1, MAX_EMBEDDING_DIMENSIONS,
							 &options->embedding_dimensions);
	}
	return true;
}
