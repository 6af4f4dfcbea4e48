/*
 * doctor_remedy.c
 *		The command that mends a finding, as one would type it: pure, without a database.
 */
#include "postgres_fe.h"

#include "pqexpbuffer.h"

#include "doctor_remedy.h"

#define STATEMENT_SEPARATOR " ;; "

/* Quoted for a shell where that is needed. */
static void
append_word(PQExpBuffer command, const char *word)
{
	if (word[0] && strspn(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
								"_-./:@%+=,") == strlen(word))
	{
		appendPQExpBufferStr(command, word);
		return;
	}
	appendPQExpBufferChar(command, '\'');
	for (; *word; word++)
	{
		if (*word == '\'')
			appendPQExpBufferStr(command, "'\\''");
		else
			appendPQExpBufferChar(command, *word);
	}
	appendPQExpBufferChar(command, '\'');
}

char *
remedy_word(const char *word)
{
	PQExpBuffer text = createPQExpBuffer();
	char *copy;

	append_word(text, word);
	copy = pg_strdup(text->data);
	destroyPQExpBuffer(text);
	return copy;
}

static void
append_option(PQExpBuffer command, const char *option, const char *value)
{
	if (value == NULL)
		return;
	appendPQExpBuffer(command, " %s ", option);
	append_word(command, value);
}

/* What was said of the connection, without a password: that is for the environment to hold. */
static void
append_connection(PQExpBuffer command, const RemedyContext *context, bool is_psql)
{
	const ConnectionOptions *said = &context->connection;

	append_option(command, "-h", said->host);
	append_option(command, "-p", said->port);
	append_option(command, "-U", said->user);
	if (said->dbname == NULL)
		return;
	if (context->dbname_is_from_environment)
	{
		/* hh-migrate reads the variable itself. */
		if (is_psql)
			appendPQExpBufferStr(command, " -d \"$DATABASE_URL\"");
	}
	else if (connection_string_has_password(said->dbname))
	{
		char *silent = connection_string_without_password(said->dbname);

		append_option(command, "-d", silent);
		pg_free(silent);
	}
	else
		append_option(command, "-d", said->dbname);
}

static bool
begins_with(const char *text, const char *beginning)
{
	return strncmp(text, beginning, strlen(beginning)) == 0;
}

static void
append_client(PQExpBuffer command, const RemedyContext *context, const char *remedy)
{
	appendPQExpBufferStr(command, remedy);
	append_connection(command, context, false);
	if (context->secrets_dir && begins_with(remedy, "hh-migrate roles passwords") &&
		strstr(remedy, "--secrets-dir") == NULL)
		append_option(command, "--secrets-dir", context->secrets_dir);
	if (context->directory &&
		(begins_with(remedy, "hh-migrate up") || begins_with(remedy, "hh-migrate verify") ||
		 begins_with(remedy, "hh-migrate repair") || begins_with(remedy, "hh-migrate baseline")))
		append_option(command, "--dir", context->directory);
	if (!begins_with(remedy, "hh-migrate up") && !begins_with(remedy, "hh-migrate roles apply"))
		return;
	append_option(command, "--policy", context->policy);
	/* The default one need not be said. */
	if (context->profile && strcmp(context->profile, "strict") != 0 &&
		strstr(remedy, "--profile") == NULL)
		append_option(command, "--profile", context->profile);
}

/* option: what goes before each, or NULL. */
static void
append_each(PQExpBuffer command, const char *option, const char *statements)
{
	while (*statements)
	{
		const char *end = strstr(statements, STATEMENT_SEPARATOR);
		size_t length = end ? (size_t) (end - statements) : strlen(statements);
		char *statement = pnstrdup(statements, length);

		if (option != NULL)
			append_option(command, option, statement);
		else
		{
			appendPQExpBufferChar(command, ' ');
			append_word(command, statement);
		}
		pg_free(statement);
		statements += length + (end ? strlen(STATEMENT_SEPARATOR) : 0);
	}
}

/* Each statement has a -c of its own, and so is no part of a transaction. */
static void
append_statements(PQExpBuffer command, const RemedyContext *context, const char *statements)
{
	appendPQExpBufferStr(command, "psql -X -v ON_ERROR_STOP=1");
	append_connection(command, context, true);
	append_option(command, "-c", context->set_role);
	append_each(command, "-c", statements);
}

static void
append_run(PQExpBuffer command, const RemedyContext *context, const char *statements)
{
	appendPQExpBufferStr(command, "hh-migrate run");
	append_connection(command, context, false);
	append_each(command, NULL, statements);
}

char *
remedy_command(const RemedyContext *context, const char *remedy)
{
	PQExpBuffer command = createPQExpBuffer();
	char *copy;

	if (remedy == NULL)
		appendPQExpBufferStr(command, "hh-migrate help doctor");
	else if (begins_with(remedy, "hh-migrate "))
		append_client(command, context, remedy);
	else if (begins_with(remedy, "sql "))
		append_statements(command, context, remedy + 4);
	else if (begins_with(remedy, "owner "))
		append_run(command, context, remedy + 6);
	else
		appendPQExpBufferStr(command, remedy + (begins_with(remedy, "sh ") ? 3 : 0));
	copy = pg_strdup(command->data);
	destroyPQExpBuffer(command);
	return copy;
}
