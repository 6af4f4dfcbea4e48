/*
 * trace_finding.c
 *		From what migrations did to what will hurt.
 */
#include "postgres_fe.h"

#include "pqexpbuffer.h"

#include "trace_catalog.h"
#include "trace_finding.h"

/* The name with a suffix, within its quotes where it has some. */
static void
append_suffixed(PQExpBuffer text, const char *name, const char *suffix, size_t suffix_length)
{
	size_t length = strlen(name);
	bool quoted = length > 0 && name[length - 1] == '"';

	appendBinaryPQExpBuffer(text, name, quoted ? length - 1 : length);
	appendBinaryPQExpBuffer(text, suffix, suffix_length);
	if (quoted)
		appendPQExpBufferChar(text, '"');
}

static const char *
placeholder_value(const Effect *effect, const char *name, size_t length)
{
	const struct
	{
		const char *name;
		const char *value;
	} placeholders[] = {{"relation", effect->relation},
						{"object", effect->object},
						{"detail", effect->detail},
						{"constraint", effect->for_constraint},
						{"lock", effect->lock ? lock_name(effect->lock) : "a lock"}};

	for (size_t i = 0; i < lengthof(placeholders); i++)
	{
		if (strlen(placeholders[i].name) == length &&
			memcmp(placeholders[i].name, name, length) == 0)
			return placeholders[i].value ? placeholders[i].value : "";
	}
	return NULL;
}

/* What stands between braces, which is a placeholder: the rules' texts are our own. */
static void
append_placeholder(PQExpBuffer text, const Effect *effect, const char *name, size_t length)
{
	static const char suffixed[] = "object_";
	const char *value = placeholder_value(effect, name, length);
	size_t kept = sizeof(suffixed) - 2;

	if (value != NULL)
		appendPQExpBufferStr(text, value);
	else if (length == strlen("statement") && memcmp(name, "statement", length) == 0)
		appendPQExpBuffer(text, "%d", effect->statement + 1);
	else if (length > kept && memcmp(name, suffixed, kept + 1) == 0 && effect->object)
		append_suffixed(text, effect->object, name + kept, length - kept);
}

/* A rule's text, filled in; the caller frees it. */
static char *
fill_in(const char *pattern, const Effect *effect)
{
	PQExpBuffer text = createPQExpBuffer();
	const char *brace;
	char *filled;

	while ((brace = strchr(pattern, '{')) != NULL)
	{
		const char *end = strchr(brace, '}');

		appendBinaryPQExpBuffer(text, pattern, (size_t) (brace - pattern));
		append_placeholder(text, effect, brace + 1, (size_t) (end - brace - 1));
		pattern = end + 1;
	}
	appendPQExpBufferStr(text, pattern);
	filled = pg_strdup(text->data);
	destroyPQExpBuffer(text);
	return filled;
}

/* The reason that the file gives for breaking the rule, or NULL. */
static char *
reason_to_allow(const MigrationFile *file, RuleId rule)
{
	TextSlice rest = file->head;
	Allowance allowance;
	const char *name = rule_name(rule);

	while (migration_file_next_allowance(&rest, &allowance))
	{
		if (allowance.rule.length == strlen(name) &&
			memcmp(allowance.rule.data, name, allowance.rule.length) == 0)
			return pnstrdup(allowance.reason.data, allowance.reason.length);
	}
	return NULL;
}

static void
add_finding(TraceFindingList *findings, const TraceRule *rule, const TracedMigration *migration,
			int place, const Effect *effect)
{
	TraceFinding finding = {.rule = rule,
							.migration = migration,
							.statement = place,
							.effect = effect,
							.found = fill_in(rule->found, effect),
							.instead = fill_in(rule->instead, effect),
							.allowed = reason_to_allow(&migration->migration->file, rule->id)};

	if (finding.allowed)
		findings->allowed_count++;
	findings->items =
		pg_realloc(findings->items, sizeof(TraceFinding) * (size_t) (findings->count + 1));
	findings->items[findings->count++] = finding;
}

static void
look_for(TraceFindingList *findings, const TraceRule *rule, const TracedMigration *migration)
{
	for (int i = 0; i < migration->statement_count; i++)
	{
		const TracedStatement *statement = &migration->statements[i];

		for (int j = 0; j < statement->effect_count; j++)
		{
			const Effect *effect = &statement->effects[j];
			int place = i;

			if (effect->kind == rule->kind &&
				(rule->applies == NULL || rule->applies(migration, effect, &place)))
				add_finding(findings, rule, migration, place, effect);
		}
	}
}

/* By statement, and in one statement by rule: an order that has no equals but of one kind. */
static int
compare_findings(const void *a, const void *b)
{
	const TraceFinding *left = a;
	const TraceFinding *right = b;

	if (left->migration != right->migration)
		return left->migration < right->migration ? -1 : 1;
	if (left->statement != right->statement)
		return left->statement < right->statement ? -1 : 1;
	if (left->rule != right->rule)
		return left->rule < right->rule ? -1 : 1;
	return left->effect < right->effect ? -1 : left->effect > right->effect;
}

void
trace_findings_make(TraceFindingList *findings, const Trace *trace)
{
	memset(findings, 0, sizeof(*findings));
	for (int i = 0; i < trace->migration_count; i++)
	{
		for (int j = 0; j < trace_rule_count; j++)
			look_for(findings, &trace_rules[j], &trace->migrations[i]);
	}
	if (findings->count > 1)
		qsort(findings->items, (size_t) findings->count, sizeof(TraceFinding), compare_findings);
}

void
trace_findings_free(TraceFindingList *findings)
{
	for (int i = 0; i < findings->count; i++)
	{
		pg_free(findings->items[i].found);
		pg_free(findings->items[i].instead);
		pg_free(findings->items[i].allowed);
	}
	pg_free(findings->items);
	memset(findings, 0, sizeof(*findings));
}
