/*
 * trace_rule.h
 *		What hurts about a migration, why, and what to write instead.
 */
#ifndef HH_TRACE_RULE_H
#define HH_TRACE_RULE_H

#include "trace.h"
#include "trace_rule_id.h"

#define RULE_ID(id, name) id,
typedef enum RuleId
{
	TRACE_RULES(RULE_ID)
} RuleId;
#undef RULE_ID

typedef enum Severity
{
	SEVERITY_ERROR, /* it blocks others, or breaks them */
	SEVERITY_WARNING
} Severity;

/*
 * A rule, or one of several ways to break it.  In the texts {relation}, {object},
 * {detail}, {constraint} and {lock} are the effect's, {statement} the number of its
 * statement; {object_new} is the object's name with more to it.
 */
typedef struct TraceRule
{
	RuleId id;
	Severity severity;
	EffectKind kind;

	/* Whether the effect breaks it; NULL: always.  *place: the statement to blame. */
	bool (*applies)(const TracedMigration *migration, const Effect *effect, int *place);
	const char *found;
	const char *why;
	const char *instead;
} TraceRule;

extern const TraceRule trace_rules[];
extern const int trace_rule_count;

extern const char *rule_name(RuleId rule);
extern const char *severity_name(Severity severity);

#endif /* HH_TRACE_RULE_H */
