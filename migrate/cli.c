/*
 * cli.c
 *		The command line: its commands, options and help.
 */
#include "postgres_fe.h"

#include <getopt.h>
#include <limits.h>

#include "common/logging.h"

#include "cli.h"
#include "command_audit.h"
#include "command_baseline.h"
#include "command_doctor.h"
#include "command_down.h"
#include "command_maintain.h"
#include "command_new.h"
#include "command_repair.h"
#include "command_roles.h"
#include "command_roles_passwords.h"
#include "command_roles_verify.h"
#include "command_run.h"
#include "command_status.h"
#include "command_trace.h"
#include "command_up.h"
#include "command_verify.h"
#include "display.h"
#include "option_table.h"

/* getopt_long()'s codes for long options: above every letter. */
#define FIRST_LONG_OPTION 256

typedef struct Command
{
	const char *name;	  /* one word or two */
	const char *argument; /* what help calls it; [IN BRACKETS] if it may be missing, with ... behind
						   * it if there may be several; or NULL */
	int flag;			  /* in Option.commands, of option_table.h */
	const char *summary;
	const char *description;
	int (*run)(const Options *options);
} Command;

static const Command commands[] = {
	{"up", NULL, UP, "bring the database up to date",
	 "Brings roles, the extension headhunter, the migrations that are pending, each in a\n"
	 "transaction of its own, and owners and privileges to what this program and the policy\n"
	 "say. Running it again is harmless.",
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
	{"trace", "[VERSION]...", TRACE, "try pending migrations out and say what will hurt",
	 "Runs what is pending, or the versions given, statement by statement in a scratch\n"
	 "database that has what is applied, and shows locks, rewrites, scans and builds. Changes\n"
	 "nothing here. Exits with 2 on findings; -- hh: allow RULE REASON in a file silences one.",
	 command_trace},
	{"audit", NULL, AUDIT, "hold roles and privileges against the policy",
	 "Shows where roles, memberships, owners and privileges differ from the policy recorded in\n"
	 "the database, each with the statement that mends it. Changes nothing. Exits with 2\n"
	 "where something differs.",
	 command_audit},
	{"repair", "[VERSION]", REPAIR, "explain a migration that has not come to its end",
	 "Shows what stands of migrations that failed or were interrupted, by ledger and\n"
	 "catalogs, and what can be done; does that, with an option. Exits with 2 where there\n"
	 "is something to repair.",
	 command_repair},
	{"baseline", "VERSION", BASELINE, "record migrations whose objects are there already",
	 "Records the pending migrations up to VERSION as applied, without running them. Builds\n"
	 "a scratch database to see whether the catalogs are what they make, and refuses with 2\n"
	 "where they are not.",
	 command_baseline},
	{"roles plan", NULL, ROLES_PLAN, "show what roles and privileges lack of the policy",
	 "Prints the statements that bring roles, memberships, settings, owners and privileges to\n"
	 "what the policy says, each with its reason. Changes nothing.",
	 command_roles_plan},
	{"roles apply", NULL, ROLES_APPLY, "bring roles and privileges to the policy",
	 "Runs what \"roles plan\" shows, in one transaction, and reads it back. Exits with 2\n"
	 "where something is left that the connected role may not do.",
	 command_roles_apply},
	{"roles passwords", "[ROLE]...", ROLES_PASSWORDS, "set the passwords of roles that log in",
	 "Sets the passwords of the policy's login roles, or of the roles given, to what their\n"
	 "secrets say, and proves each by a login. Secrets are in --secrets-dir or in variables\n"
	 "HH_PASSWORD_ROLE. Passwords don't travel, and what works already stays as it is.",
	 command_roles_passwords},
	{"roles verify", "[ROLE]...", ROLES_VERIFY, "log in as each role, with its secret",
	 "Logs in anew as each of the policy's login roles, or as the roles given, with the secret\n"
	 "in --secrets-dir, HH_PASSWORD_ROLE or the file of passwords. Changes nothing. Exits with\n"
	 "2 where one can't.",
	 command_roles_verify},
	{"maintain", NULL, MAINTAIN, "make and expire monthly partitions, for a scheduler",
	 "Makes partitions ahead, moves rows out of the default partitions, and shows how\n"
	 "far the partitions reach. Exits with 2 where that is under 30 days, or where rows\n"
	 "are left in a default partition.",
	 command_maintain},
	{"run", "STATEMENT...", RUN, "run statements as the deployment's owner",
	 "Runs SQL in the owner's name, all in one transaction, so that nothing that stands in the\n"
	 "owner's tables gets at the connected role's rights, as it could under SET ROLE. Shows\n"
	 "no rows. The doctor's remedies are of this kind.",
	 command_run},
	{"doctor", NULL, DOCTOR, "say what each service lacks, and which command brings it",
	 "Connects as the role of each service, does what the service does at its start, and\n"
	 "tries its statements without effect. Changes nothing. Exits with 2 where a service is\n"
	 "not ready; warnings alone don't count.",
	 command_doctor},
	{"new", "NAME", NEW, "begin a migration of your own",
	 "Makes a file with a commented template in the directory of your migrations, with a\n"
	 "version behind all others there, and prints its path. Connects to no database.",
	 command_new},
};

/* How many of the arguments are the command's name, of one word or two; 0 where they aren't. */
static int
count_words(const Command *command, int count, char **arguments)
{
	const char *space = strchr(command->name, ' ');

	if (space == NULL)
		return strcmp(command->name, arguments[0]) == 0 ? 1 : 0;
	if (count < 2 || strlen(arguments[0]) != (size_t) (space - command->name) ||
		strncmp(command->name, arguments[0], strlen(arguments[0])) != 0)
		return 0;
	return strcmp(space + 1, arguments[1]) == 0 ? 2 : 0;
}

/* What may stand behind the first word of a command of two, with commas; the caller frees it. */
static char *
second_words(const char *first)
{
	char *words = pg_strdup("");

	for (size_t i = 0; i < lengthof(commands); i++)
	{
		const char *space = strchr(commands[i].name, ' ');
		char *longer;

		if (space == NULL || strlen(first) != (size_t) (space - commands[i].name) ||
			strncmp(commands[i].name, first, strlen(first)) != 0)
			continue;
		longer = psprintf("%s%s%s", words, words[0] ? ", " : "", space + 1);
		pg_free(words);
		words = longer;
	}
	return words;
}

/* The command that the arguments begin with, and in *words how many of them are its name. */
static const Command *
find_command(int count, char **arguments, int *words)
{
	char *seconds;

	for (size_t i = 0; i < lengthof(commands); i++)
	{
		if ((*words = count_words(&commands[i], count, arguments)) > 0)
			return &commands[i];
	}
	seconds = second_words(arguments[0]);
	if (seconds[0] == '\0')
		pg_log_error("unknown command \"%s\"", arguments[0]);
	else if (count == 1)
		pg_log_error("command \"%s\" needs one of: %s", arguments[0], seconds);
	else
		pg_log_error("unknown command \"%s %s\"", arguments[0], arguments[1]);
	pg_log_error_hint("Try \"hh-migrate --help\".");
	pg_free(seconds);
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
			printf("  %-15s %s\n", commands[i].name, commands[i].summary);
		puts("  help            show the options of a command\n\nOptions of all commands that "
			 "connect:");
	}
	for (const Option *option = options_table; option->name; option++)
	{
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
	for (int i = 0; options_table[i].name; i++)
	{
		const Option *option = &options_table[i];

		long_options[i] =
			(struct option){option->name, option->argument ? required_argument : no_argument, NULL,
							FIRST_LONG_OPTION + i};
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
	for (const Option *option = options_table; option->name; option++)
	{
		if (option->letter == letter)
			return option;
	}
	return NULL;
}

/* What the command line comes to, before the command is known. */
typedef struct CommandLine
{
	Options options;
	bool used[MOST_OPTIONS];
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
	struct option long_options[MOST_OPTIONS] = {{0}};
	char letters[2 * MOST_OPTIONS];

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

/* Formats that only one command has. */
static bool
check_format(OutputFormat format, const Command *command)
{
	static const struct
	{
		OutputFormat format;
		const char *name;
		int flag;
		const char *command;
	} special[] = {{FORMAT_SARIF, "sarif", AUDIT, "audit"},
				   {FORMAT_PROMETHEUS, "prometheus", DOCTOR, "doctor"}};

	for (size_t i = 0; i < lengthof(special); i++)
	{
		if (special[i].format != format || special[i].flag == command->flag)
			continue;
		pg_log_error("command \"%s\" has no format %s", command->name, special[i].name);
		pg_log_error_hint("\"hh-migrate %s\" has.", special[i].command);
		return false;
	}
	return true;
}

static bool
check_options(const CommandLine *line, const Command *command)
{
	for (const Option *option = options_table; option->name; option++)
	{
		if (line->used[option - options_table] && option->commands != 0 &&
			!(option->commands & command->flag))
		{
			pg_log_error("command \"%s\" has no option --%s", command->name, option->name);
			pg_log_error_hint("Try \"hh-migrate help %s\".", command->name);
			return false;
		}
	}
	return check_format(line->options.format, command);
}

/* What stands behind the command's name, besides options. */
static bool
take_arguments(Options *options, const Command *command, int count, char **arguments)
{
	const char *argument = command->argument;
	int most = argument == NULL ? 0 : strstr(argument, "...") ? INT_MAX : 1;
	int least = argument && argument[0] != '[' ? 1 : 0;

	if (count > most)
		pg_log_error("command \"%s\" takes no argument \"%s\"", command->name, arguments[most]);
	else if (count < least)
		pg_log_error("command \"%s\" needs an argument %s", command->name, argument);
	else
	{
		options->argument = count > 0 ? arguments[0] : NULL;
		options->arguments = (const char *const *) arguments;
		options->argument_count = count;
		return true;
	}
	pg_log_error_hint("Try \"hh-migrate help %s\".", command->name);
	return false;
}

/* The commands that have this first word; false where there are none. */
static bool
print_group(const char *word)
{
	char *beginning = psprintf("%s ", word);
	bool found = false;

	for (size_t i = 0; i < lengthof(commands); i++)
	{
		if (strncmp(commands[i].name, beginning, strlen(beginning)) != 0)
			continue;
		if (!found)
			printf("Commands of hh-migrate %s:\n", word);
		printf("  %-15s %s\n", commands[i].name, commands[i].summary);
		found = true;
	}
	if (found)
		printf("\n\"hh-migrate help %sCOMMAND\" shows the options of one.\n", beginning);
	pg_free(beginning);
	return found;
}

static int
show_help(int argc, char **argv)
{
	const Command *command = NULL;
	int words;

	if (argc == 1 && print_group(argv[0]))
		return EXIT_DONE;
	if (argc > 0 && (command = find_command(argc, argv, &words)) == NULL)
		return EXIT_COULD_NOT_RUN;
	print_help(command);
	return EXIT_DONE;
}

/* arguments: what stands on the command line beside options. */
static int
run_command(CommandLine *line, int count, char **arguments)
{
	const Command *command;
	int words;
	int exit_code;

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
	if ((command = find_command(count, arguments, &words)) == NULL)
		return EXIT_COULD_NOT_RUN;
	if (!take_arguments(&line->options, command, count - words, arguments + words) ||
		!check_options(line, command) || !options_read_environment(&line->options, command->flag))
		return EXIT_COULD_NOT_RUN;
	display_start(line->options.quiet);
	exit_code = command->run(&line->options);
	display_end();
	return exit_code;
}

int
cli_run(int argc, char **argv)
{
	CommandLine line = {.options = {.lock_wait = 300, .lock_retries = 10, .months_ahead = 3}};
	int exit_code = EXIT_COULD_NOT_RUN;

	if (parse_options(&line, argc, argv))
		exit_code = run_command(&line, argc - optind, argv + optind);
	variables_free(&line.options.settings);
	pg_free(line.options.rotate);
	return exit_code;
}
