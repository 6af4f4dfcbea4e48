/*
 * snapshot.c
 *		hh.snapshot: the catalogs as the last deployment left them.
 */
#include "postgres_fe.h"

#include "common/logging.h"

#include "queries.h"
#include "snapshot.h"

#define SNAPSHOT_COLUMNS 4

bool
snapshot_look(const Session *session, SnapshotState *state)
{
	Result *row = session_query(session, query_snapshot_is_there, 1, NO_PARAMS);

	*state = SNAPSHOT_NO_TABLE;
	if (row == NULL || !result_is_true(row, 0, 0))
	{
		bool looked = row != NULL;

		result_free(row);
		return looked;
	}
	result_free(row);
	row = session_query(session, query_snapshot_state, 2, NO_PARAMS);
	if (row == NULL)
		return false;
	if (!result_is_true(row, 0, 0))
		*state = SNAPSHOT_NONE;
	else
		*state = result_is_true(row, 0, 1) ? SNAPSHOT_CURRENT : SNAPSHOT_BEHIND;
	result_free(row);
	return true;
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
snapshot_warn(const Session *session)
{
	CatalogDifferenceList differences = {0};
	SnapshotState state;

	/* What another program has made since is no news. */
	if (snapshot_look(session, &state) && state == SNAPSHOT_CURRENT &&
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
	bool stored = database_command(session->database, "BEGIN");

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
snapshot_keep(const Session *session, bool changed)
{
	SnapshotState state;
	bool kept = snapshot_look(session, &state);

	if (kept && (state == SNAPSHOT_NONE || state == SNAPSHOT_BEHIND ||
				 (changed && state == SNAPSHOT_CURRENT)))
		kept = store(session);
	if (!kept)
		snapshot_log_not_kept();
}
