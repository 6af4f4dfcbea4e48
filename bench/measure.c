/*
 * measure.c
 *		Runs a command, and says how long it took and how much memory.
 *
 * A shell or an interpreter in its place takes as long to start a short command as the command runs.
 */
#include <errno.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

extern char **environ;

static double
now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double) time.tv_sec + (double) time.tv_nsec / 1e9;
}

/* Runs the command to its end; false where it failed. */
static bool
run(char **command, double *seconds, struct rusage *usage)
{
	double start = now();
	pid_t pid;
	int status;
	int error = posix_spawnp(&pid, command[0], NULL, NULL, command, environ);

	if (error != 0)
	{
		fprintf(stderr, "measure: could not run %s: %s\n", command[0], strerror(error));
		return false;
	}
	while (wait4(pid, &status, 0, usage) < 0)
	{
		if (errno != EINTR)
			return false;
	}
	*seconds = now() - start;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* measure NAME FILE COMMAND...: adds "NAME seconds" and "NAME.memory kilobytes" to the file. */
int
main(int argc, char **argv)
{
	double seconds;
	struct rusage usage;
	FILE *file;

	if (argc < 4 || !run(argv + 3, &seconds, &usage))
		return 1;
	file = fopen(argv[2], "a");
	if (file == NULL)
		return 1;
	fprintf(file, "%s %.6f\n%s.memory %ld\n", argv[1], seconds, argv[1], usage.ru_maxrss);
	return fclose(file) == 0 ? 0 : 1;
}
