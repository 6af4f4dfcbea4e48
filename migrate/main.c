/*
 * main.c
 *		hh-migrate: deploys the Headhunter database and keeps it up to date.
 */
#include "postgres_fe.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include "common/logging.h"

#include "cli.h"
#include "options.h"

/*
 * What is opened next, the connection, must not take the place of a standard file that the caller
 * has closed, and get what is printed there.  What is printed is then lost: on standard output, with
 * an error.
 */
static bool
occupy_standard_files(void)
{
	static const int modes[] = {O_RDONLY, O_RDONLY, O_WRONLY};

	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
	{
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", modes[fd]) != fd)
			return false;
	}
	return true;
}

/* A core file would hold passwords. */
static void
forbid_core_files(void)
{
	struct rlimit none = {0, 0};

	setrlimit(RLIMIT_CORE, &none);
}

/* Colours on a terminal, unless https://no-color.org or PG_COLOR says otherwise. */
static void
decide_on_colours(void)
{
	const char *no_color = getenv("NO_COLOR");

	if (no_color && no_color[0])
		unsetenv("PG_COLOR");
	else
		setenv("PG_COLOR", "auto", 0);
}

/* Whether all output was; what has failed before has left no reason behind. */
static bool
is_written(void)
{
	if (ferror(stdout))
		pg_log_error("could not write to standard output");
	else if (fflush(stdout) != 0)
		pg_log_error("could not write to standard output: %m");
	else
		return true;
	return false;
}

int
main(int argc, char **argv)
{
	int exit_code;

	if (!occupy_standard_files())
		return EXIT_COULD_NOT_RUN;
	forbid_core_files();
	decide_on_colours();
	pg_logging_init("hh-migrate");

	/* A reader of our output that goes away must not end a deployment half-way. */
	signal(SIGPIPE, SIG_IGN);

	exit_code = cli_run(argc, argv);
	return is_written() ? exit_code : EXIT_COULD_NOT_RUN;
}
