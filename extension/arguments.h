/*
 * arguments.h
 *		Checks of the arguments that SQL hands to our functions.
 */
#ifndef HH_ARGUMENTS_H
#define HH_ARGUMENTS_H

#include "fmgr.h"

/*
 * STRICT is an attribute that a function's owner can alter, and a C function that then reads a
 * null argument reads address zero: every function asks for itself.
 */
static inline void
CheckNotNull(FunctionCallInfo fcinfo, int argument, const char *name)
{
	if (PG_ARGISNULL(argument))
		ereport(ERROR, errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				errmsg("%s must not be null", name));
}

#endif
