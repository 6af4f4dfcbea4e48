/*
 * What cppcheck has to know of PostgreSQL, whose headers it makes little of:
 * that an error does not return, and the macros it can't read past.
 */
#define ERROR 21
#define FATAL 22
#define PANIC 23
#define ereport(level, ...)                                                                        \
	do                                                                                             \
	{                                                                                              \
		if ((level) >= ERROR)                                                                      \
			exit(1);                                                                               \
	} while (0)
#define elog(level, ...)                                                                           \
	do                                                                                             \
	{                                                                                              \
		if ((level) >= ERROR)                                                                      \
			exit(1);                                                                               \
	} while (0)
#define foreach(cell, list) while (next_cell(cell, list))
