/*
 * doctor_ledger.c
 *		What the ledger says against the files: pure, without a database.
 */
#include "postgres_fe.h"

#include "doctor_ledger.h"
#include "plan.h"

/* Takes over detail. */
static void
observe(Examination *examination, DoctorCheckId check, const char *object, char *detail,
		const char *remedy)
{
	examination_observe(
		examination,
		(Observation){.check = check, .object = object, .detail = detail, .remedy = remedy});
	pg_free(detail);
}

static void
observe_unfinished(Examination *examination, const Migration *migration, const LedgerRow *row)
{
	/* A transaction left nothing behind; statement by statement, something may stand. */
	bool is_whole = row->state == LEDGER_FAILED && row->statements_done == 0;
	char *remedy = is_whole ? NULL : psprintf("hh-migrate repair %s", migration->version);
	char *detail = row->error ? psprintf("it failed: %s", row->error)
							  : psprintf("it is recorded as %s", ledger_state_name(row->state));

	observe(examination, CHECK_MIGRATIONS, migration->label, detail, remedy);
	pg_free(remedy);
}

/* One line for all that are pending, for one command applies them all. */
static void
observe_pending(Examination *examination, const Migration *first, int count)
{
	char *detail = count > 1 ? psprintf("%d are pending", count) : pg_strdup("it is pending");

	observe(examination, CHECK_MIGRATIONS, first->label, detail, NULL);
}

/*
 * The schemas are there, and the ledger is not: "up" can't know what made them.  With a team's
 * directory, all of it is taken for applied: where it is not, baseline says what is missing.
 */
static void
observe_lost_ledger(Examination *examination, const MigrationSet *migrations)
{
	const char *last = migrations->directory && migrations->count > 0
						   ? migrations->items[migrations->count - 1].version
						   : migration_set_last_own(migrations);
	char *remedy = psprintf("hh-migrate baseline %s", last);

	observe(examination, CHECK_MIGRATIONS, "0000_ledger",
			pg_strdup("the table hh.migration is gone, and the schemas are there"), remedy);
	pg_free(remedy);
}

static void
look_at_migration(Examination *examination, const Migration *migration, const LedgerRow *row,
				  MigrationState state)
{
	switch (state)
	{
		case MIGRATION_FAILED:
		case MIGRATION_RUNNING:
			observe_unfinished(examination, migration, row);
			break;
		case MIGRATION_CHANGED:
			if (migration->file.repeatable)
				observe(examination, CHECK_MIGRATIONS, migration->label,
						pg_strdup("its text has changed, and it is to be applied again"), NULL);
			else
				observe(examination, CHECK_LEDGER, migration->label,
						psprintf("it was applied with checksum %.12s, and the file's is %.12s: put "
								 "the file back",
								 row->checksum, migration->checksum),
						"hh-migrate verify");
			break;
		case MIGRATION_UNVERIFIED:
			observe(examination, CHECK_LEDGER, migration->label,
					pg_strdup("what it made is no longer there, or not as it was"), NULL);
			break;
		default:
			break;
	}
}

void
doctor_look_at_ledger(Examination *examination, const Survey *survey)
{
	const Migration *first = NULL;
	int pending = 0;

	examination_done(examination, CHECK_MIGRATIONS);
	examination_done(examination, CHECK_LEDGER);
	for (int i = 0; i < survey->migrations.count; i++)
	{
		const Migration *migration = &survey->migrations.items[i];
		const LedgerRow *row = ledger_find(&survey->ledger, migration->version);
		MigrationState state = migration_state(migration, row, survey->verified[i]);

		if (state == MIGRATION_PENDING || state == MIGRATION_REVERTED)
		{
			first = first ? first : migration;
			pending++;
		}
		look_at_migration(examination, migration, row, state);
	}
	if (deployment_has_lost_ledger(&survey->deployment))
		observe_lost_ledger(examination, &survey->migrations);
	else if (pending > 0)
		observe_pending(examination, first, pending);
	for (int i = 0; i < survey->ledger.count; i++)
	{
		const LedgerRow *row = &survey->ledger.rows[i];

		if (migration_set_find(&survey->migrations, row->version) == NULL &&
			ledger_row_is_out_of_place(&survey->migrations, row))
			observe(examination, CHECK_LEDGER, row->version,
					psprintf("this hh-migrate has no such migration; it was applied by %s",
							 row->tool ? row->tool : "another tool"),
					"hh-migrate status");
	}
}

int
doctor_recorded_dimensions(const Survey *survey)
{
	for (int i = 0; i < survey->ledger.count; i++)
	{
		if (survey->ledger.rows[i].dimensions > 0)
			return survey->ledger.rows[i].dimensions;
	}
	return 0;
}
