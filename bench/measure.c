/*
 * measure.c
 *		Runs a command, and says how long it took and how much memory.
 *
 * A shell or an interpreter in its place takes as long to start a short command as the command runs.
 */
#include <errno.h>
#include <spawn.h>
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

/* measure NAME FILE COMMAND...: adds "NAME seconds" and "NAME.memory kilobytes" to the file. */
int
main(int argc, char **argv)
{
	double start;
	double seconds;
	struct rusage usage;
	FILE *file;
	pid_t pid;
	int status;
	int error;

	if (argc < 4 || (file = fopen(argv[2], "ae")) == NULL)
		return 1;
	start = now();
	error = posix_spawnp(&pid, argv[3], NULL, NULL, argv + 3, environ);
	if (error != 0)
	{
		fprintf(stderr, "measure: could not run %s: %s\n", argv[3], strerror(error));
		return 1;
	}
	while (wait4(pid, &status, 0, &usage) < 0)
	{
		if (errno != EINTR)
			return 1;
	}
	seconds = now() - start;
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		return 1;
	fprintf(file, "%s %.6f\n%s.memory %ld\n", argv[1], seconds, argv[1], usage.ru_maxrss);
	return fclose(file) == 0 ? 0 : 1;
}
