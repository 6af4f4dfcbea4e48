/*
 * policy_image.c
 *		The policy's image in the database.
 */
#include "postgres_fe.h"

#include "policy_image.h"
#include "policy_json.h"
#include "queries.h"

/* One of the three tables that a policy's rows are in. */
typedef struct ImageTable
{
	void (*make_rows)(const Policy *policy, TextPool *rows);
	const char *read;
	const char *add;
	const char *empty;
} ImageTable;

/* ONLY: a child table would be somebody else's. */
static const ImageTable image_tables[] = {
	{policy_json_roles, query_policy_roles, query_policy_add_roles,
	 "DELETE FROM ONLY hh.policy_role"},
	{policy_json_entries, query_policy_entries, query_policy_add_entries,
	 "DELETE FROM ONLY hh.policy"},
	{policy_json_services, query_policy_services, query_policy_add_services,
	 "DELETE FROM ONLY hh.service"},
};

static int
compare_texts(const void *a, const void *b)
{
	return strcmp(*(const char *const *) a, *(const char *const *) b);
}

/* Whether the rows are these, in whatever order, which is then another. */
static bool
rows_are(const Result *rows, TextPool *wanted)
{
	int count = result_rows(rows);
	const char **found;
	bool same = count == wanted->count;

	if (!same || count == 0)
		return same;
	found = pg_malloc(sizeof(char *) * (size_t) count);
	for (int i = 0; i < count; i++)
		found[i] = result_value(rows, i, 0);
	qsort(found, (size_t) count, sizeof(char *), compare_texts);
	qsort(wanted->items, (size_t) count, sizeof(char *), compare_texts);
	for (int i = 0; i < count && same; i++)
		same = strcmp(found[i], wanted->items[i]) == 0;
	pg_free(found);
	return same;
}

static bool
is_same_table(const ImageTable *table, const Result *rows, const Policy *policy)
{
	TextPool wanted = {0};
	bool same;

	table->make_rows(policy, &wanted);
	same = rows_are(rows, &wanted);
	text_pool_free(&wanted);
	return same;
}

bool
policy_image_look(const Session *session, const Policy *policy, PolicyImage *image)
{
	SessionQuery queries[1 + lengthof(image_tables)] = {{query_policy_source, 2}};
	Result *results[lengthof(queries)];

	memset(image, 0, sizeof(*image));
	image->has_tables = session->mode != SESSION_READER && session->has_policy_tables;
	if (!image->has_tables)
		return true;
	for (size_t i = 0; i < lengthof(image_tables); i++)
		queries[i + 1] = (SessionQuery){image_tables[i].read, 1};
	if (!session_query_each(session, queries, results, lengthof(results)))
		return false;
	if (result_rows(results[0]) > 0)
	{
		image->checksum = result_value_copy(results[0], 0, 0);
		image->profile = result_value_copy(results[0], 0, 1);
	}
	for (size_t i = 0; i < lengthof(image_tables) && image->checksum != NULL; i++)
		image->is_altered |= !is_same_table(&image_tables[i], results[i + 1], policy);
	for (size_t i = 0; i < lengthof(results); i++)
		result_free(results[i]);
	return true;
}

void
policy_image_free(PolicyImage *image)
{
	pg_free(image->checksum);
	pg_free(image->profile);
	memset(image, 0, sizeof(*image));
}

static bool
run(const Session *session, const char *sql, int count, const char *const *values)
{
	Result *result = session_query(session, sql, 0, count, values);

	result_free(result);
	return result != NULL;
}

static bool
refill_table(const Session *session, const Policy *policy, const ImageTable *table)
{
	TextPool rows = {0};
	char *array;
	bool filled;

	table->make_rows(policy, &rows);
	array = policy_json_array(&rows);
	filled = run(session, table->empty, NO_PARAMS) && run(session, table->add, PARAMS(array));
	pg_free(array);
	text_pool_free(&rows);
	return filled;
}

bool
policy_image_write(const Session *session, const Policy *policy, const char *origin)
{
	bool written =
		run(session, "DELETE FROM ONLY hh.policy_source", NO_PARAMS) &&
		run(session, query_policy_add_source, PARAMS(policy->checksum, policy->profile, origin));

	for (size_t i = 0; i < lengthof(image_tables) && written; i++)
		written = refill_table(session, policy, &image_tables[i]);
	return written;
}

/* By what it says itself. */
static bool
is_said_to_be_of(const PolicyImage *image, const Policy *policy)
{
	return image->checksum != NULL && strcmp(image->checksum, policy->checksum) == 0 &&
		   image->profile != NULL && strcmp(image->profile, policy->profile) == 0;
}

bool
policy_image_is_of(const PolicyImage *image, const Policy *policy)
{
	return is_said_to_be_of(image, policy) && !image->is_altered;
}

bool
policy_image_is_altered(const PolicyImage *image, const Policy *policy)
{
	return is_said_to_be_of(image, policy) && image->is_altered;
}

bool
policy_image_replace(const Session *session, const Policy *policy, const char *origin)
{
	bool replaced = session_begin(session, "BEGIN") &&
					policy_image_write(session, policy, origin) &&
					database_command(session->database, "COMMIT");

	database_rollback(session->database);
	return replaced;
}
