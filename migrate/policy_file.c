/*
 * policy_file.c
 *		The policy that a command works with: the bundled one, or a file's.
 */
#include "postgres_fe.h"

#include "common/logging.h"

#include "policy_file.h"
#include "whole_file.h"

#define MOST_BYTES (4 * 1024 * 1024)

const char *
policy_file_origin(const Options *options)
{
	return options->policy ? options->policy : "bundled";
}

static void
log_error(const char *name, const PolicyError *error)
{
	if (error->message == NULL)
		return;
	if (error->line > 0)
		pg_log_error("%s, line %d, column %d: %s", name, error->line, error->column,
					 error->message);
	else
		pg_log_error("%s: %s", name, error->message);
	if (error->hint)
		pg_log_error_hint("%s", error->hint);
}

bool
policy_file_load(Policy *policy, const Options *options)
{
	const char *name = options->policy ? options->policy : "the bundled policy";
	size_t length = strlen(bundled_policy);
	char *bytes = NULL;
	PolicyError error = {0};
	bool loaded;

	if (options->policy && (bytes = whole_file_read(name, MOST_BYTES, NULL, &length)) == NULL)
		return false;
	loaded = policy_read(policy, bytes ? bytes : bundled_policy, length, options->profile, &error);
	if (!loaded)
		log_error(name, &error);
	policy_error_free(&error);
	pg_free(bytes);
	return loaded;
}
