/*
 * snapshot.c
 *		hh.snapshot: the catalogs as the last deployment left them.
 */
#include "postgres_fe.h"

#include "common/logging.h"

#include "queries.h"
#include "snapshot.h"

#define SNAPSHOT_COLUMNS 4

/* Where nothing says which ledger it is of. */
static bool
look_for_rows(const Session *session, SnapshotState *state)
{
	Result *row = session_query(session, query_snapshot_is_there, 1, NO_PARAMS);
	bool looked = row != NULL;

	*state = looked && result_is_true(row, 0, 0) ? SNAPSHOT_BEHIND : SNAPSHOT_NONE;
	result_free(row);
	return looked;
}

static bool
is_mark(const Result *rows, const char *digest)
{
	const char *mark = result_value(rows, 0, 0);

	return mark != NULL && strcmp(mark, digest) == 0;
}

bool
snapshot_look(const Session *session, const Ledger *ledger, SnapshotState *state)
{
	char digest[CHECKSUM_SIZE];
	Result *rows;
	bool is_marked;

	*state = SNAPSHOT_NO_TABLE;
	if (!session->has_snapshot_table)
		return true;
	rows = session_query(session, query_snapshot_state, 1, NO_PARAMS);
	if (rows == NULL || !ledger_digest(ledger, digest))
	{
		result_free(rows);
		return false;
	}
	is_marked = result_rows(rows) > 0;
	if (is_marked)
		*state = is_mark(rows, digest) ? SNAPSHOT_CURRENT : SNAPSHOT_BEHIND;
	result_free(rows);
	return is_marked || look_for_rows(session, state);
}

bool
snapshot_compare(const Session *session, CatalogDifferenceList *differences)
{
	Result *rows = session_query(session, query_snapshot_rows, SNAPSHOT_COLUMNS, NO_PARAMS);
	Catalog stored = {0};
	Catalog found = {0};
	bool compared = false;

	if (rows == NULL)
		return false;
	catalog_take(&stored, rows);
	if (catalog_read(session, &found))
	{
		catalog_compare(&stored, &found, CATALOG_OF_SNAPSHOT, differences);
		compared = true;
	}
	catalog_free(&stored);
	catalog_free(&found);
	return compared;
}

void
snapshot_warn(const Session *session, const Ledger *ledger)
{
	CatalogDifferenceList differences = {0};
	SnapshotState state;

	/* What another program has made since is no news. */
	if (snapshot_look(session, ledger, &state) && state == SNAPSHOT_CURRENT &&
		snapshot_compare(session, &differences) && differences.count > 0)
	{
		pg_log_warning("the catalogs differ in %d point%s from what the last deployment left",
					   differences.count, differences.count == 1 ? "" : "s");
		pg_log_warning_detail("The first: %s: %s.", differences.items[0].object,
							  differences.items[0].detail);
		pg_log_warning_hint("Before the next deployment, \"hh-migrate verify\" lists them; from "
							"this one on they are as it should be.");
	}
	catalog_differences_free(&differences);
}

static bool
store(const Session *session)
{
	char *insert =
		psprintf("INSERT INTO hh.snapshot (kind, object, property, definition)\n%s", query_catalog);
	const char *const statements[] = {"DELETE FROM ONLY hh.snapshot", insert, query_snapshot_mark};
	bool stored = session_begin(session, "BEGIN");

	for (size_t i = 0; i < lengthof(statements) && stored; i++)
	{
		Result *result = session_query(session, statements[i], 0, NO_PARAMS);

		stored = result != NULL;
		result_free(result);
	}
	stored = stored && database_command(session->database, "COMMIT");
	database_rollback(session->database);
	pg_free(insert);
	return stored;
}

void
snapshot_log_not_kept(void)
{
	pg_log_warning("the snapshot of the catalogs was not stored");
	pg_log_warning_hint("The next \"hh-migrate up\" stores it.");
}

void
snapshot_store(const Session *session)
{
	if (session->has_snapshot_table && !store(session))
		snapshot_log_not_kept();
}

void
snapshot_keep(const Session *session, const Ledger *ledger)
{
	SnapshotState state;

	if (!snapshot_look(session, ledger, &state))
		snapshot_log_not_kept();
	else if (state != SNAPSHOT_CURRENT)
		snapshot_store(session);
}
