/*
 * cli.h
 *		The command line: its commands, options and help.
 */
#ifndef HH_CLI_H
#define HH_CLI_H

/* Does what the command line says and returns the exit code. */
extern int cli_run(int argc, char **argv);

#endif /* HH_CLI_H */
