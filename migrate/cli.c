/*
 * cli.c
 *		The command line: its commands, options and help.
 */
#include "postgres_fe.h"

#include <errno.h>
#include <getopt.h>

#include "common/logging.h"

#include "cli.h"
#include "command_down.h"
#include "command_maintain.h"
#include "command_new.h"
#include "command_status.h"
#include "command_up.h"
#include "command_verify.h"
#include "options.h"
#include "plan.h"

#define LONGEST_LOCK_WAIT 86400
#define MOST_LOCK_RETRIES 1000
#define MOST_MONTHS		  120
#define MOST_MONTHS_KEPT  1200

/* getopt_long()'s codes for long options: above every letter. */
#define FIRST_LONG_OPTION 256

#define DIMENSIONS_ENVIRONMENT "EMBEDDING_DIMENSIONS"
#define DIRECTORY_ENVIRONMENT  "HH_MIGRATE_DIR"

typedef struct Command
{
	const char *name;
	const char *argument; /* what help calls it; NULL where it takes none */
	int flag;			  /* in Option.commands */
	const char *summary;
	const char *description;
	int (*run)(const Options *options);
} Command;

typedef struct Option
{
	const char *name;
	char letter;		  /* 0 where it has none */
	const char *argument; /* what help calls it; NULL where it takes none */
	int commands;		  /* that take it; 0: all, and it stands without one */
	bool (*set)(Options *options, const char *value);
	const char *help;
} Option;

enum
{
	UP = 1,
	STATUS = 2,
	MAINTAIN = 4,
	NEW = 8,
	DOWN = 16,
	VERIFY = 32,
	ALL = UP | DOWN | STATUS | VERIFY | MAINTAIN /* that connect to a database */
};

static const Command commands[] = {
	{"up", NULL, UP, "bring the database up to date",
	 "Creates or updates the extension headhunter, then applies the migrations that are\n"
	 "pending, each in a transaction of its own. Running it again is harmless.",
	 command_up},
	{"down", NULL, DOWN, "take back migrations that have a revert part",
	 "Takes back the newest migration, or with --to all above that version, newest first,\n"
	 "each in a transaction of its own. \"up\" applies them again. Asks on a terminal.",
	 command_down},
	{"status", NULL, STATUS, "show which migrations are applied and which are pending",
	 "Changes nothing; a role that may read hh.migration is enough. Exits with 2 where\n"
	 "something is pending or out of order.",
	 command_status},
	{"verify", NULL, VERIFY, "check what is applied against files and verify parts",
	 "Compares the checksum of every applied migration, and runs its verify part, as the\n"
	 "owner. Changes nothing. A line a difference; exits with 2 where there is one.",
	 command_verify},
	{"maintain", NULL, MAINTAIN, "make and expire monthly partitions, for a scheduler",
	 "Makes partitions ahead, moves rows out of the default partitions, and shows how\n"
	 "far the partitions reach. Exits with 2 where that is under 30 days, or where rows\n"
	 "are left in a default partition.",
	 command_maintain},
	{"new", "NAME", NEW, "begin a migration of your own",
	 "Makes a file with a commented template in the directory of your migrations, with a\n"
	 "version behind all others there, and prints its path. Connects to no database.",
	 command_new},
};

static bool
parse_number(const char *source, const char *value, int least, int most, int *number)
{
	char *end;
	long parsed;

	errno = 0;
	parsed = strtol(value, &end, 10);
	if (errno != 0 || end == value || *end != '\0' || parsed < least || parsed > most)
	{
		pg_log_error("invalid value \"%s\" for %s", value, source);
		pg_log_error_hint("It must be a whole number from %d to %d.", least, most);
		return false;
	}
	*number = (int) parsed;
	return true;
}

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
	return parse_number("--embedding-dimensions", value, 1, MAX_EMBEDDING_DIMENSIONS,
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
set_lock_wait(Options *options, const char *value)
{
	return parse_number("--lock-wait", value, 0, LONGEST_LOCK_WAIT, &options->lock_wait);
}

static bool
set_lock_retries(Options *options, const char *value)
{
	return parse_number("--lock-retries", value, 0, MOST_LOCK_RETRIES, &options->lock_retries);
}

static bool
set_months_ahead(Options *options, const char *value)
{
	return parse_number("--months-ahead", value, 0, MOST_MONTHS, &options->months_ahead);
}

static bool
set_keep_months(Options *options, const char *value)
{
	int months;

	options->keep_months = value;
	return parse_number("--keep-months", value, 1, MOST_MONTHS_KEPT, &months);
}

static bool
set_format(Options *options, const char *value)
{
	static const char *const names[] = {[FORMAT_TEXT] = "text",
										[FORMAT_JSON] = "json",
										[FORMAT_CSV] = "csv",
										[FORMAT_HTML] = "html"};

	for (size_t i = 0; i < lengthof(names); i++)
	{
		if (strcmp(value, names[i]) == 0)
		{
			options->format = (OutputFormat) i;
			return true;
		}
	}
	pg_log_error("invalid value \"%s\" for --format", value);
	pg_log_error_hint("It must be text, json, csv or html.");
	return false;
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

static const Option options_table[] = {
	{"owner", 0, "ROLE", UP, set_owner,
	 "role that is to own everything (first deployment only;\n"
	 "default: hh_owner if it exists, else the connected role)"},
	{"embedding-dimensions", 0, "N", UP, set_dimensions,
	 "dimension of embeddings, 1 to 2000 (first deployment only;\n"
	 "default: " DIMENSIONS_ENVIRONMENT ", else 768)"},
	{"dir", 0, "DIRECTORY", UP | DOWN | STATUS | VERIFY | NEW, set_directory,
	 "your own migrations, applied after the bundled ones\n"
	 "(default: " DIRECTORY_ENVIRONMENT ")"},
	{"set", 0, "NAME=VALUE", UP, set_variable,
	 "value of a variable that migrations declare; may be repeated\n"
	 "(default: " VARIABLE_ENVIRONMENT "NAME)"},
	{"to", 0, "VERSION", UP | DOWN, set_to,
	 "up: the last migration to apply (default: all); down: the\n"
	 "last one to keep (default: all but the newest)"},
	{"yes", 0, NULL, DOWN, set_yes, "take back without asking"},
	{"allow-out-of-order", 0, NULL, UP, set_allow_out_of_order,
	 "apply migrations older than what is applied already"},
	{"dry-run", 0, NULL, UP | DOWN, set_dry_run, "show what would be done, and do nothing"},
	{"lock-wait", 0, "SECONDS", UP | DOWN, set_lock_wait,
	 "how long to wait for another deployment (default: 300)"},
	{"lock-retries", 0, "N", UP | DOWN, set_lock_retries,
	 "how often to try a migration again that could not get\na lock (default: 10)"},
	{"months-ahead", 0, "N", MAINTAIN, set_months_ahead,
	 "months after this one to make partitions for (default: 3)"},
	{"keep-months", 0, "N", MAINTAIN, set_keep_months,
	 "drop partitions older than this many whole months\n(default: drop none)"},
	{"format", 0, "FORMAT", ALL, set_format, "text (default), json, csv or html"},
	{"quiet", 'q', NULL, ALL, set_quiet, "no line a step"},
	{"verbose", 'v', NULL, ALL, set_verbose, "show every statement that is sent, on stderr"},
	{"dbname", 'd', "DATABASE", ALL, set_dbname,
	 "name, conninfo string or URI (default: DATABASE_URL, else\nPGDATABASE)"},
	{"host", 'h', "HOST", ALL, set_host, "server's host or socket directory"},
	{"port", 'p', "PORT", ALL, set_port, "server's port"},
	{"username", 'U', "ROLE", ALL, set_username, "role to connect as"},
	{"no-password", 'w', NULL, ALL, set_no_password, "never ask for a password (always so)"},
	{"help", '?', NULL, 0, NULL, "show this help"},
	{"version", 'V', NULL, 0, NULL, "show the version"},
};

static const Command *
find_command(const char *name)
{
	for (size_t i = 0; i < lengthof(commands); i++)
	{
		if (strcmp(name, commands[i].name) == 0)
			return &commands[i];
	}
	pg_log_error("unknown command \"%s\"", name);
	pg_log_error_hint("Try \"hh-migrate --help\".");
	return NULL;
}

/* An option's help, which may have several lines, in a column of its own. */
static void
print_option(const Option *option)
{
	char left[64];
	const char *at = option->help;

	snprintf(left, sizeof(left), "  %c%c%s --%s%s%s", option->letter ? '-' : ' ',
			 option->letter ? option->letter : ' ', option->letter ? "," : " ", option->name,
			 option->argument ? "=" : "", option->argument ? option->argument : "");
	printf("%-32s ", left);
	for (const char *newline; (newline = strchr(at, '\n')) != NULL; at = newline + 1)
		printf("%.*s\n%33s", (int) (newline - at), at, "");
	puts(at);
}

static void
print_help(const Command *command)
{
	if (command)
	{
		printf("hh-migrate %s: %s\n\n%s\n", command->name, command->summary, command->description);
		printf("\nUsage:\n  hh-migrate %s%s%s [OPTION]...\n\nOptions:\n", command->name,
			   command->argument ? " " : "", command->argument ? command->argument : "");
	}
	else
	{
		puts("hh-migrate deploys the Headhunter database and keeps it up to date.\n\n"
			 "Usage:\n  hh-migrate COMMAND [OPTION]...\n\nCommands:");
		for (size_t i = 0; i < lengthof(commands); i++)
			printf("  %-10s %s\n", commands[i].name, commands[i].summary);
		puts("  help       show the options of a command\n\nOptions of all commands that connect:");
	}
	for (size_t i = 0; i < lengthof(options_table); i++)
	{
		const Option *option = &options_table[i];

		if (option->commands == 0 ||
			(command ? option->commands & command->flag : option->commands == ALL))
			print_option(option);
	}
	if (!command)
		puts("\nExit codes: 0 done, 1 could not run, 2 ran and found problems.");
}

/* What getopt_long() is to know, made from the table. */
static void
make_getopt_tables(struct option *long_options, char *letters)
{
	*letters++ = ':';
	for (size_t i = 0; i < lengthof(options_table); i++)
	{
		const Option *option = &options_table[i];

		long_options[i] =
			(struct option){option->name, option->argument ? required_argument : no_argument, NULL,
							FIRST_LONG_OPTION + (int) i};
		if (option->letter && option->letter != '?')
		{
			*letters++ = option->letter;
			if (option->argument)
				*letters++ = ':';
		}
	}
	*letters = '\0';
}

static const Option *
option_of_letter(int letter)
{
	for (size_t i = 0; i < lengthof(options_table); i++)
	{
		if (options_table[i].letter == letter)
			return &options_table[i];
	}
	return NULL;
}

/* What the command line comes to, before the command is known. */
typedef struct CommandLine
{
	Options options;
	bool used[lengthof(options_table)];
	bool help;
	bool version;
} CommandLine;

static bool
use_option(CommandLine *line, const Option *option, const char *value)
{
	line->used[option - options_table] = true;
	if (option->set != NULL)
		return option->set(&line->options, value);
	if (option->letter == 'V')
		line->version = true;
	else
		line->help = true;
	return true;
}

/* Logs what getopt_long() did not understand: outcome is '?' or ':'. */
static void
log_bad_option(char **argv, int outcome)
{
	const char *argument = argv[optind - 1];

	if (outcome == ':')
		pg_log_error("option \"%s\" needs a value", argument);
	else if (optopt == 0)
		pg_log_error("unknown option \"%s\"", argument);
	else if (optopt >= FIRST_LONG_OPTION)
		pg_log_error("option \"%s\" takes no value", argument);
	else
		pg_log_error("unknown option \"-%c\"", optopt);
	pg_log_error_hint("Try \"hh-migrate --help\".");
}

static bool
parse_options(CommandLine *line, int argc, char **argv)
{
	struct option long_options[lengthof(options_table) + 1] = {{0}};
	char letters[2 * lengthof(options_table) + 2];

	make_getopt_tables(long_options, letters);
	opterr = 0;
	for (;;)
	{
		int outcome = getopt_long(argc, argv, letters, long_options, NULL);
		const Option *option = NULL;

		if (outcome == -1)
			return true;
		if (outcome >= FIRST_LONG_OPTION)
			option = &options_table[outcome - FIRST_LONG_OPTION];
		/* -? looks like an error to getopt_long(), and comes back as one. */
		else if (outcome != '?' || optopt == '?')
			option = option_of_letter(outcome);
		if (option == NULL)
		{
			log_bad_option(argv, outcome);
			return false;
		}
		if (!use_option(line, option, optarg))
			return false;
	}
}

static bool
check_options(const CommandLine *line, const Command *command)
{
	for (size_t i = 0; i < lengthof(options_table); i++)
	{
		const Option *option = &options_table[i];

		if (line->used[i] && option->commands != 0 && !(option->commands & command->flag))
		{
			pg_log_error("command \"%s\" has no option --%s", command->name, option->name);
			pg_log_error_hint("Try \"hh-migrate help %s\".", command->name);
			return false;
		}
	}
	return true;
}

/* What the environment says and the command line doesn't. */
static bool
read_environment(Options *options, const Command *command)
{
	const char *url = getenv("DATABASE_URL");
	const char *directory = getenv(DIRECTORY_ENVIRONMENT);
	const char *dimensions = getenv(DIMENSIONS_ENVIRONMENT);

	if (options->connection.dbname == NULL && url && url[0])
		options->connection.dbname = url;
	if (options->directory == NULL && directory && directory[0])
		options->directory = directory;
	if (command->flag == UP && options->embedding_dimensions == 0 && dimensions && dimensions[0])
	{
		options->embedding_dimensions_source = DIMENSIONS_ENVIRONMENT;
		return parse_number(DIMENSIONS_ENVIRONMENT, dimensions, 1, MAX_EMBEDDING_DIMENSIONS,
							&options->embedding_dimensions);
	}
	return true;
}

/* What stands behind the command's name, besides options. */
static bool
take_argument(Options *options, const Command *command, int count, char **arguments)
{
	int wanted = command->argument ? 1 : 0;

	if (count > wanted)
		pg_log_error("command \"%s\" takes no argument \"%s\"", command->name, arguments[wanted]);
	else if (count < wanted)
		pg_log_error("command \"%s\" needs an argument %s", command->name, command->argument);
	else
	{
		options->argument = wanted ? arguments[0] : NULL;
		return true;
	}
	pg_log_error_hint("Try \"hh-migrate help %s\".", command->name);
	return false;
}

static int
show_help(int argc, char **argv)
{
	const Command *command = NULL;

	if (argc > 0 && (command = find_command(argv[0])) == NULL)
		return EXIT_COULD_NOT_RUN;
	print_help(command);
	return EXIT_DONE;
}

/* arguments: what stands on the command line beside options. */
static int
run_command(CommandLine *line, int count, char **arguments)
{
	const Command *command;

	if (line->version)
	{
		puts("hh-migrate " HH_VERSION);
		return EXIT_DONE;
	}
	if (line->help)
		return show_help(count, arguments);
	if (count == 0)
	{
		pg_log_error("no command given");
		pg_log_error_hint("Try \"hh-migrate --help\".");
		return EXIT_COULD_NOT_RUN;
	}
	if (strcmp(arguments[0], "help") == 0)
		return show_help(count - 1, arguments + 1);
	if ((command = find_command(arguments[0])) == NULL)
		return EXIT_COULD_NOT_RUN;
	if (!take_argument(&line->options, command, count - 1, arguments + 1) ||
		!check_options(line, command) || !read_environment(&line->options, command))
		return EXIT_COULD_NOT_RUN;
	return command->run(&line->options);
}

int
cli_run(int argc, char **argv)
{
	CommandLine line = {.options = {.lock_wait = 300, .lock_retries = 10, .months_ahead = 3}};
	int exit_code = EXIT_COULD_NOT_RUN;

	if (parse_options(&line, argc, argv))
		exit_code = run_command(&line, argc - optind, argv + optind);
	variables_free(&line.options.settings);
	return exit_code;
}
