/*
 * option_table.h
 *		The options of the command line, and what the environment says in their place.
 */
#ifndef HH_OPTION_TABLE_H
#define HH_OPTION_TABLE_H

#include "options.h"

/* The commands, as options name those that take them. */
enum
{
	UP = 1,
	STATUS = 2,
	MAINTAIN = 4,
	NEW = 8,
	DOWN = 16,
	VERIFY = 32,
	REPAIR = 64,
	BASELINE = 128,
	TRACE = 256,
	ROLES_PLAN = 512,
	ROLES_APPLY = 1024,
	ROLES_PASSWORDS = 2048,
	ROLES_VERIFY = 4096,
	AUDIT = 8192,
	DOCTOR = 16384,
	RUN = 32768,
	ROLES = ROLES_PLAN | ROLES_APPLY | ROLES_PASSWORDS | ROLES_VERIFY,
	ALL = UP | DOWN | STATUS | VERIFY | TRACE | REPAIR | BASELINE | MAINTAIN | ROLES | AUDIT |
		  DOCTOR | RUN /* that connect to a database */
};

typedef struct Option
{
	const char *name;
	char letter;		  /* 0 where it has none */
	const char *argument; /* what help calls it; NULL where it takes none */
	int commands;		  /* that take it; 0: all, and it stands without one */
	bool (*set)(Options *options, const char *value);
	const char *help;
} Option;

#define MOST_OPTIONS 64 /* and the end */

/* Ordered as help shows them; ends with one without a name. */
extern const Option options_table[MOST_OPTIONS];

/* What the environment says and the command line doesn't.  command: its flag. */
extern bool options_read_environment(Options *options, int command);

#endif /* HH_OPTION_TABLE_H */
