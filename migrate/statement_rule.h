/*
 * statement_rule.h
 *		What a migration must not say, and what to say instead.
 */
#ifndef HH_STATEMENT_RULE_H
#define HH_STATEMENT_RULE_H

#include <stdbool.h>

/* Where the text goes on behind blanks and comments. */
extern const char *statement_skip_space(const char *at, const char *end);

/*
 * Whether a statement, which begins with a token, can't be run in a migration.
 * Message and hint are constants.
 */
extern bool statement_is_refused(const char *at, const char *end, const char **message,
								 const char **hint);

/*
 * What is wrong with psql's meta-command that begins with this backslash.  The
 * caller frees the message; the hint is a constant.
 */
extern char *meta_command_message(const char *backslash, const char *end, const char **hint);

#endif /* HH_STATEMENT_RULE_H */
