/*
 * migration_file.c
 *		The parts of a migration file, as views into its text.
 */
#include "migration_file.h"

#include <string.h>

#include "trace_rule_id.h"

#define DIRECTIVE_MARK "-- hh:"

static bool
slice_is(TextSlice slice, const char *word)
{
	return slice.length == strlen(word) && memcmp(slice.data, word, slice.length) == 0;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static TextSlice
trimmed(TextSlice slice)
{
	while (slice.length > 0 && is_blank(slice.data[0]))
	{
		slice.data++;
		slice.length--;
	}
	while (slice.length > 0 && is_blank(slice.data[slice.length - 1]))
		slice.length--;
	return slice;
}

/* Takes the first word off *rest. */
static TextSlice
next_word(TextSlice *rest)
{
	TextSlice word;

	*rest = trimmed(*rest);
	word = *rest;
	word.length = 0;
	while (word.length < rest->length && !is_blank(rest->data[word.length]))
		word.length++;
	rest->data += word.length;
	rest->length -= word.length;
	*rest = trimmed(*rest);
	return word;
}

/* Takes the first line, without its line feed, off *rest. */
static TextSlice
next_line(TextSlice *rest)
{
	const char *end = memchr(rest->data, '\n', rest->length);
	TextSlice line = {rest->data, end ? (size_t) (end - rest->data) : rest->length};
	size_t taken = line.length + (end ? 1 : 0);

	rest->data += taken;
	rest->length -= taken;
	return line;
}

static size_t
name_length(const char *name)
{
	return strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_");
}

bool
migration_name_is_valid(const char *name)
{
	return name[0] != '\0' && name[name_length(name)] == '\0';
}

/* NNNN_name.sql: digits, an underscore, then lower-case letters, digits and underscores. */
bool
migration_file_parse_name(const char *file_name, MigrationFile *file)
{
	size_t digits = strspn(file_name, "0123456789");
	size_t letters;

	if (digits < 4 || digits > 18 || file_name[digits] != '_')
		return false;
	letters = name_length(file_name + digits + 1);
	if (letters == 0 || strcmp(file_name + digits + 1 + letters, ".sql") != 0)
		return false;
	file->version = (TextSlice){file_name, digits};
	file->name = (TextSlice){file_name + digits + 1, letters};
	return true;
}

/* Takes the digits off *rest, and returns how many there were. */
static size_t
next_digits(TextSlice *rest, double *number)
{
	size_t digits = 0;

	while (digits < rest->length && rest->data[digits] >= '0' && rest->data[digits] <= '9')
		*number = *number * 10 + (rest->data[digits++] - '0');
	rest->data += digits;
	rest->length -= digits;
	return digits;
}

/* A length of time as PostgreSQL's settings are written: a whole number and a unit, or none. */
static bool
is_timeout(TextSlice text)
{
	static const struct
	{
		const char *name;
		double milliseconds;
	} units[] = {{"", 1},		{"us", 0.001}, {"ms", 1},		  {"s", 1000},
				 {"min", 60e3}, {"h", 3600e3}, {"d", 24 * 3600e3}};
	double number = 0;

	if (next_digits(&text, &number) == 0)
		return false;
	text = trimmed(text);
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
	{
		/* What the setting, a 32-bit number of milliseconds, takes. */
		if (slice_is(text, units[i].name))
			return number * units[i].milliseconds <= 2147483647.0;
	}
	return false;
}

bool
variable_name_is_valid(const char *name, size_t length)
{
	if (length == 0 || (name[0] >= '0' && name[0] <= '9'))
		return false;
	for (size_t i = 0; i < length; i++)
	{
		char c = name[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
			  c == '_'))
			return false;
	}
	return true;
}

bool
migration_file_next_variable(TextSlice *rest, TextSlice *name)
{
	if (rest->length == 0)
		return false;
	*name = next_word(rest);
	return name->length > 0;
}

static bool
parse_vars(TextSlice vars, MigrationFile *file, const char **error)
{
	TextSlice rest = vars;
	TextSlice name;

	if (file->vars.data != NULL)
	{
		*error = "vars stands twice: name all variables in one line";
		return false;
	}
	while (migration_file_next_variable(&rest, &name))
	{
		if (!variable_name_is_valid(name.data, name.length))
		{
			*error = "the name of a variable is letters, digits and underscores; blanks separate "
					 "two";
			return false;
		}
	}
	file->vars = vars;
	return true;
}

static bool
is_rule(TextSlice word)
{
#define RULE_NAME(id, name) name,
	static const char *const names[] = {TRACE_RULES(RULE_NAME)};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
	{
		if (slice_is(word, names[i]))
			return true;
	}
	return false;
}

static bool
check_allowance(TextSlice rest, const char **error)
{
	if (!is_rule(next_word(&rest)))
		*error = "allow names no rule of \"hh-migrate trace\"";
	else if (rest.length == 0)
		*error = "allow needs a reason behind the rule's name";
	else
		return true;
	return false;
}

/* A directive of the file's head. */
static bool
parse_head_directive(TextSlice directive, MigrationFile *file, const char **error)
{
	TextSlice rest = directive;
	TextSlice word = next_word(&rest);

	if (slice_is(word, "repeatable") && rest.length == 0)
		file->repeatable = true;
	else if (slice_is(word, "no-transaction") && rest.length == 0)
		file->no_transaction = true;
	else if (slice_is(word, "requires-extension") && rest.length > 0)
		file->requires_extension = rest;
	else if (slice_is(word, "vars") && rest.length > 0)
		return parse_vars(rest, file, error);
	else if (slice_is(word, "allow"))
		return check_allowance(rest, error);
	else if (slice_is(word, "lock-timeout") || slice_is(word, "statement-timeout"))
	{
		if (!is_timeout(rest))
		{
			*error = "a timeout must be a number with one of the units us, ms, s, min, h and d";
			return false;
		}
		*(slice_is(word, "lock-timeout") ? &file->lock_timeout : &file->statement_timeout) = rest;
	}
	else
	{
		*error = "unknown directive in the comment at the head";
		return false;
	}
	return true;
}

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char) (c - 'A' + 'a') : c;
}

/*
 * Whether a line means a directive and isn't written as one: "--hh: revert", taken
 * for a comment, would make the revert part one with the change.
 */
static bool
is_misspelt_directive(TextSlice line)
{
	static const char *const words[] = {
		"repeatable",	"requires-extension", "vars", "revert", "verify", "no-transaction",
		"lock-timeout", "statement-timeout",  "allow"};
	TextSlice rest = trimmed(line);
	TextSlice word;

	if (rest.length < 2 || memcmp(rest.data, "--", 2) != 0)
		return false;
	rest = trimmed((TextSlice){rest.data + 2, rest.length - 2});
	if (rest.length < 2 || lower(rest.data[0]) != 'h' || lower(rest.data[1]) != 'h')
		return false;
	rest = trimmed((TextSlice){rest.data + 2, rest.length - 2});
	if (rest.length < 1 || rest.data[0] != ':')
		return false;
	rest = (TextSlice){rest.data + 1, rest.length - 1};
	word = next_word(&rest);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
	{
		if (slice_is(word, words[i]))
			return true;
	}
	return false;
}

static bool
is_directive(TextSlice line)
{
	return line.length >= strlen(DIRECTIVE_MARK) &&
		   memcmp(line.data, DIRECTIVE_MARK, strlen(DIRECTIVE_MARK)) == 0;
}

/* The part that the directive begins, or NULL. */
static TextSlice *
part_of_directive(TextSlice directive, MigrationFile *file)
{
	if (slice_is(directive, "revert"))
		return &file->revert;
	return slice_is(directive, "verify") ? &file->verify : NULL;
}

/*
 * Reads a line that is a directive.  *part: the part that it ends, and then the
 * one that it begins, if it begins one; rest: what stands below the line.
 */
static bool
parse_directive(TextSlice line, TextSlice rest, bool in_head, TextSlice **part, MigrationFile *file,
				const char **error)
{
	size_t mark = strlen(DIRECTIVE_MARK);
	TextSlice directive = trimmed((TextSlice){line.data + mark, line.length - mark});
	TextSlice *next = part_of_directive(directive, file);

	if (next == NULL && !in_head)
	{
		*error = "a directive stands below the comment at the head";
		return false;
	}
	if (next == NULL)
		return parse_head_directive(directive, file, error);
	if (next->data != NULL)
	{
		*error = "a part stands twice";
		return false;
	}
	(*part)->length = (size_t) (line.data - (*part)->data);
	*part = next;
	next->data = rest.data;
	return true;
}

bool
migration_file_parse(const char *file_name, const char *text, size_t length, MigrationFile *file,
					 const char **error)
{
	TextSlice rest = {text, length};
	TextSlice *part = &file->change;
	bool in_head = true;

	memset(file, 0, sizeof(*file));
	if (!migration_file_parse_name(file_name, file))
	{
		*error = "the name is not of the form NNNN_name.sql";
		return false;
	}

	part->data = text;
	for (int number = 1; rest.length > 0; number++)
	{
		TextSlice line = next_line(&rest);

		file->error_line = number;
		if (is_directive(line))
		{
			if (!parse_directive(line, rest, in_head, &part, file, error))
				return false;
			in_head = in_head && part == &file->change;
		}
		else if (is_misspelt_directive(line))
		{
			*error = "a directive begins with \"-- hh: \" at the beginning of its line";
			return false;
		}
		else if (trimmed(line).length > 0 && !(line.length >= 2 && memcmp(line.data, "--", 2) == 0))
			in_head = false;
		if (in_head)
			file->head = (TextSlice){text, (size_t) (rest.data - text)};
	}
	part->length = (size_t) (text + length - part->data);
	return true;
}

bool
migration_file_declares(const MigrationFile *file, const char *name, size_t length)
{
	TextSlice rest = file->vars;
	TextSlice declared;

	while (migration_file_next_variable(&rest, &declared))
	{
		if (declared.length == length && memcmp(declared.data, name, length) == 0)
			return true;
	}
	return false;
}

bool
migration_file_next_allowance(TextSlice *rest, Allowance *allowance)
{
	while (rest->length > 0)
	{
		TextSlice line = next_line(rest);
		size_t mark = strlen(DIRECTIVE_MARK);

		if (!is_directive(line))
			continue;
		line = (TextSlice){line.data + mark, line.length - mark};
		if (!slice_is(next_word(&line), "allow"))
			continue;
		allowance->rule = next_word(&line);
		allowance->reason = line;
		return true;
	}
	return false;
}

/* Takes the number at its beginning, and the dot behind it, off *version. */
static unsigned long
next_number(TextSlice *version)
{
	unsigned long number = 0;

	while (version->length > 0 && version->data[0] >= '0' && version->data[0] <= '9')
	{
		number = number * 10 + (unsigned long) (version->data[0] - '0');
		version->data++;
		version->length--;
	}
	if (version->length > 0)
	{
		version->data++;
		version->length--;
	}
	return number;
}

int
version_compare(TextSlice a, TextSlice b)
{
	while (a.length > 0 || b.length > 0)
	{
		unsigned long left = next_number(&a);
		unsigned long right = next_number(&b);

		if (left != right)
			return left < right ? -1 : 1;
	}
	return 0;
}
