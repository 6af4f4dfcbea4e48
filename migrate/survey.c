/*
 * survey.c
 *		Everything that the planner needs to know of a database, gathered.
 */
#include "postgres_fe.h"

#include "migration_directory.h"
#include "survey.h"
#include "verification.h"

bool
survey_list_files(Survey *survey, const char *directory)
{
	return migration_set_read(&survey->migrations, bundled_migrations) &&
		   (directory == NULL || migration_directory_read(&survey->migrations, directory));
}

bool
survey_read_files(Survey *survey, const char *directory)
{
	return survey_list_files(survey, directory) && migration_set_split(&survey->migrations);
}

/* What is applied as it stands is not run, but for the verify part of one that may run again. */
static bool
split_what_may_run(Survey *survey)
{
	for (int i = 0; i < survey->migrations.count; i++)
	{
		Migration *migration = &survey->migrations.items[i];
		const LedgerRow *row = ledger_find(&survey->ledger, migration->version);

		if (!ledger_has_applied(row, migration) || migration->file.repeatable)
		{
			if (!migration_split(migration))
				return false;
		}
	}
	return true;
}

/* A reader is shown the ledger alone. */
static bool
read_steps(Survey *survey, const Session *session)
{
	bool is_unfinished = false;

	for (int i = 0; i < survey->ledger.count; i++)
		is_unfinished |= survey->ledger.rows[i].state == LEDGER_RUNNING ||
						 survey->ledger.rows[i].state == LEDGER_FAILED;
	return session->mode == SESSION_READER || !is_unfinished ||
		   step_log_read(session, &survey->steps);
}

bool
survey_read_database(Survey *survey, Database *database, const OwnerWish *owner, bool for_writing,
					 Session *session)
{
	if (!deployment_read(database, &survey->deployment, !for_writing) ||
		!deployment_check_schema(database, &survey->deployment, for_writing) ||
		!deployment_decide_owner(database, &survey->deployment, owner))
		return false;
	*session = session_make(database, &survey->deployment);
	return ledger_read(session, &survey->deployment, &survey->ledger) &&
		   read_steps(survey, session);
}

bool
survey_take(Survey *survey, Database *database, const OwnerWish *owner, bool for_writing)
{
	Session session;

	survey->verified = pg_malloc0(sizeof(bool) * (size_t) Max(survey->migrations.count, 1));
	return survey_read_database(survey, database, owner, for_writing, &session) &&
		   split_what_may_run(survey) &&
		   verification_run(&session, &survey->deployment, &survey->migrations, &survey->ledger,
							survey->verified);
}

void
survey_free(Survey *survey)
{
	pg_free(survey->verified);
	step_log_free(&survey->steps);
	ledger_free(&survey->ledger);
	deployment_free(&survey->deployment);
	migration_set_free(&survey->migrations);
	memset(survey, 0, sizeof(*survey));
}
