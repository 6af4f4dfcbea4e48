/*
 * trace_rule_id.h
 *		The names of the rules that "hh-migrate trace" knows.
 *
 * A list without code, for the parser of migration files, which the extension is
 * built with too, and knows no other part of trace.
 */
#ifndef HH_TRACE_RULE_ID_H
#define HH_TRACE_RULE_ID_H

/* As reports and "-- hh: allow" write them, in the order in which they are looked for. */
#define TRACE_RULES(RULE)                                                                          \
	RULE(RULE_BLOCKING_INDEX_BUILD, "blocking-index-build")                                        \
	RULE(RULE_CONSTRAINT_NOT_VALID_MISSING, "constraint-not-valid-missing")                        \
	RULE(RULE_REWRITE_TYPE_CHANGE, "rewrite-type-change")                                          \
	RULE(RULE_REWRITE_VOLATILE_DEFAULT, "rewrite-volatile-default")                                \
	RULE(RULE_TRUNCATE, "truncate")                                                                \
	RULE(RULE_TABLE_REWRITE, "table-rewrite")                                                      \
	RULE(RULE_NOT_NULL_SCAN, "not-null-scan")                                                      \
	RULE(RULE_FOREIGN_KEY_WITHOUT_INDEX, "foreign-key-without-index")                              \
	RULE(RULE_RENAME_OR_DROP_IN_USE, "rename-or-drop-in-use")                                      \
	RULE(RULE_ENUM_VALUE_IN_SAME_TRANSACTION, "enum-value-in-same-transaction")                    \
	RULE(RULE_FULL_TABLE_UPDATE, "full-table-update")                                              \
	RULE(RULE_SCAN_UNDER_LOCK, "scan-under-lock")                                                  \
	RULE(RULE_LONG_WORK_UNDER_EXCLUSIVE_LOCK, "long-work-under-exclusive-lock")

#endif /* HH_TRACE_RULE_ID_H */
