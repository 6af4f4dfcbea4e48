/*
 * convergence.c
 *		Brings roles and privileges to what the policy says.
 */
#include "postgres_fe.h"

#include "common/logging.h"

#include "audit_call.h"
#include "convergence.h"
#include "policy_image.h"
#include "refusal.h"
#include "remedy.h"
#include "role_plan.h"
#include "setback.h"
#include "sql_line.h"

#define MOST_TRIES	   10
#define FIRST_PAUSE_MS 50

/* A remedy may uncover the next: what a role was granted by another path. */
#define MOST_ROUNDS 4

bool
convergence_look(const Session *session, bool *can_audit)
{
	*can_audit = false;
	return session->mode == SESSION_READER || !session->has_policy_tables ||
		   audit_look(session->database, can_audit);
}

static void
add_role_changes(ChangeList *changes, const RoleChangeList *list)
{
	for (int i = 0; i < list->count; i++)
	{
		Change change = {.part = "roles",
						 .kind = unconstify(char *, role_change_name(list->items[i].kind)),
						 .role = unconstify(char *, list->items[i].role),
						 .statement = list->items[i].statement,
						 .reason = list->items[i].reason};

		change_list_add(changes, &change);
	}
}

/* The policy's own reason; where it has none, that it says nothing of it. */
static char *
remedy_reason(const Remedy *remedy, const Policy *policy)
{
	const PolicyEntry *entry = remedy_entry(remedy, policy);

	if (entry != NULL)
		return pg_strdup(entry->place.reason);
	return psprintf("The policy does not give %s to %s: %s.", remedy->privilege,
					remedy->role ? remedy->role : "PUBLIC", remedy->path ? remedy->path : "");
}

static void
add_remedy(ChangeList *changes, const Remedy *remedy, const Policy *policy)
{
	char *object = remedy_object_in_words(remedy);
	char *reason = remedy_reason(remedy, policy);
	Change change = {.part = "privileges",
					 .kind = unconstify(char *, remedy->verdict),
					 .role = unconstify(char *, remedy->role),
					 .object = object,
					 .statement = unconstify(char *, remedy->statement),
					 .reason = reason};

	change_list_add(changes, &change);
	pg_free(reason);
	pg_free(object);
}

/*
 * In the transaction that is open.  Anew in any case: the checksum says what was recorded,
 * not what has become of the rows, and by one that is gone privileges would be taken away.
 */
static bool
bring_image(const Convergence *convergence)
{
	return convergence->origin == NULL ||
		   policy_image_write(convergence->session, convergence->policy, convergence->origin);
}

/* Which part of what there is to do about roles. */
typedef enum RolePart
{
	ROLES_OF_POLICY,
	ROLES_OF_FORMER
} RolePart;

static bool
leaves(const Convergence *convergence, RolePart part)
{
	return part == ROLES_OF_POLICY ? convergence->leaves_roles
								   : convergence->leaves_former || convergence->additive;
}

static bool
plan_roles(const Convergence *convergence, RolePart part, RoleChangeList *changes)
{
	RoleCatalog catalog = {0};
	bool read;

	if (leaves(convergence, part))
		return true;
	read = role_catalog_read(convergence->database, convergence->policy, &catalog);
	if (read && part == ROLES_OF_POLICY)
		role_plan(convergence->policy, &catalog, convergence->additive, changes);
	else if (read)
		role_plan_former(convergence->policy, &catalog, changes);
	/* What a change borrows is the catalog's: only who it is about. */
	for (int i = 0; i < changes->count; i++)
	{
		const PolicyRole *role = policy_find_role(convergence->policy, changes->items[i].role);

		changes->items[i].role = role ? role->name : NULL;
	}
	role_catalog_free(&catalog);
	return read;
}

static bool
plan_privileges(const Convergence *convergence, ChangeList *changes)
{
	RemedyList remedies = {0};
	bool planned = session_begin(convergence->session, "BEGIN") && bring_image(convergence) &&
				   remedies_read(convergence->session, convergence->additive, &remedies);

	for (int i = 0; i < remedies.count && planned; i++)
	{
		if (remedies.items[i].statement != NULL)
			add_remedy(changes, &remedies.items[i], convergence->policy);
	}
	database_rollback(convergence->database);
	remedies_free(&remedies);
	return planned;
}

static bool
plan_role_part(const Convergence *convergence, RolePart part, ChangeList *changes)
{
	RoleChangeList roles = {0};
	bool planned = plan_roles(convergence, part, &roles);

	if (planned)
		add_role_changes(changes, &roles);
	role_changes_free(&roles);
	return planned;
}

bool
convergence_plan(const Convergence *convergence, ChangeList *changes)
{
	return plan_role_part(convergence, ROLES_OF_POLICY, changes) &&
		   (convergence->session == NULL || plan_privileges(convergence, changes)) &&
		   plan_role_part(convergence, ROLES_OF_FORMER, changes);
}

/* What to do about an error. */
typedef enum Attempted
{
	ATTEMPTED,
	ATTEMPT_AGAIN,
	ATTEMPT_FAILED
} Attempted;

/* One statement, for the change of that number. */
static Attempted
run_role_statement(const Convergence *convergence, const RoleChangeList *roles, int number,
				   const char *statement, Setback *setback)
{
	ServerError error = {0};
	Result *result = database_run(convergence->database, statement, NO_PARAMS, &error);
	bool is_done = result != NULL;
	bool passing = !is_done && setback_is_passing(setback, statement, &error);

	if (passing)
		setback_note(setback, statement, &error);
	else if (!is_done)
		refusal_log_role(convergence->database, roles, number, &error);
	server_error_free(&error);
	result_free(result);
	return is_done ? ATTEMPTED : passing ? ATTEMPT_AGAIN : ATTEMPT_FAILED;
}

static Attempted
run_role_changes(const Convergence *convergence, const RoleChangeList *roles, Setback *setback)
{
	Attempted outcome = ATTEMPTED;

	for (int i = 0; i < roles->count && outcome == ATTEMPTED; i++)
		outcome = run_role_statement(convergence, roles, i, roles->items[i].statement, setback);
	return outcome;
}

static Attempted
lock_roles(const Convergence *convergence, const RoleChangeList *roles, Setback *setback)
{
	Attempted outcome = ATTEMPTED;

	for (int i = 0; i < roles->count && outcome == ATTEMPTED; i++)
	{
		const char *lock = roles->items[i].lock;

		for (int before = 0; before < i && lock != NULL; before++)
		{
			if (roles->items[before].lock != NULL && strcmp(roles->items[before].lock, lock) == 0)
				lock = NULL;
		}
		if (lock != NULL)
			outcome = run_role_statement(convergence, roles, i, lock, setback);
	}
	return outcome;
}

/*
 * Plans, and plans anew under locks: between a look at what another database claims and a
 * statement that goes by it, that database must not claim more.
 */
static Attempted
plan_locked(const Convergence *convergence, RolePart part, RoleChangeList *roles, Setback *setback)
{
	Attempted outcome = plan_roles(convergence, part, roles) ? ATTEMPTED : ATTEMPT_FAILED;

	if (outcome == ATTEMPTED)
		outcome = lock_roles(convergence, roles, setback);
	if (outcome != ATTEMPTED || roles->count == 0)
		return outcome;
	role_changes_free(roles);
	return plan_roles(convergence, part, roles) ? ATTEMPTED : ATTEMPT_FAILED;
}

/* In rounds: what went with a CASCADE comes again. */
static Attempted
attempt_roles(const Convergence *convergence, RolePart part, ChangeList *changes, Setback *setback)
{
	Attempted outcome = ATTEMPTED;
	bool is_done = false;

	for (int round = 0; round < MOST_ROUNDS && !is_done && outcome == ATTEMPTED; round++)
	{
		RoleChangeList roles = {0};

		outcome = plan_locked(convergence, part, &roles, setback);
		if (outcome == ATTEMPTED)
			outcome = run_role_changes(convergence, &roles, setback);
		is_done = roles.count == 0;
		if (outcome == ATTEMPTED)
			add_role_changes(changes, &roles);
		role_changes_free(&roles);
	}
	return outcome;
}

/* One remedy, whose failure leaves the others as they are. */
static bool
run_remedy(const Convergence *convergence, Remedy *remedy)
{
	Database *database = convergence->database;
	ServerError error = {0};
	Result *result;

	if (!remedy_is_asked_for(remedy, convergence->policy))
		return false;
	if (!database_command(database, "SAVEPOINT remedy"))
		return false;
	result = database_run(database, remedy->statement, NO_PARAMS, &error);
	if (result == NULL)
	{
		remedy->refusal = pg_strdup(error.message);
		server_error_free(&error);
		database_command(database, "ROLLBACK TO SAVEPOINT remedy");
		return false;
	}
	result_free(result);
	return database_command(database, "RELEASE SAVEPOINT remedy");
}

/* Rows of one statement are mended together: by the first of them. */
static bool
is_repeated(const RemedyList *remedies, int number)
{
	const char *statement = remedies->items[number].statement;

	for (int i = 0; i < number && statement != NULL; i++)
	{
		if (remedies->items[i].statement != NULL &&
			strcmp(remedies->items[i].statement, statement) == 0)
			return true;
	}
	return false;
}

/* Returns how many were run. */
static int
run_remedies(const Convergence *convergence, RemedyList *remedies, ChangeList *changes)
{
	int count = 0;

	for (int i = 0; i < remedies->count && database_is_connected(convergence->database); i++)
	{
		if (!is_repeated(remedies, i) && run_remedy(convergence, &remedies->items[i]))
		{
			add_remedy(changes, &remedies->items[i], convergence->policy);
			count++;
		}
	}
	return count;
}

/* Somebody has written into the image: only the policy itself is to be followed. */
static bool
mend_image(const Convergence *convergence, const RemedyList *remedies, bool *is_mended)
{
	bool is_ours = true;

	for (int i = 0; i < remedies->count; i++)
		is_ours &= remedies->items[i].statement == NULL ||
				   remedy_is_asked_for(&remedies->items[i], convergence->policy);
	*is_mended = !is_ours;
	return is_ours ||
		   policy_image_write(convergence->session, convergence->policy, convergence->origin);
}

/*
 * In rounds, until nothing is left, or nothing can be done about it; the last only looks.
 * What is left is logged.
 */
static bool
attempt_privileges(const Convergence *convergence, ChangeList *changes, bool *is_whole)
{
	bool read = bring_image(convergence);
	bool is_done = false;
	bool is_mended = false;

	for (int round = 0; round <= MOST_ROUNDS && read && !is_done; round++)
	{
		RemedyList remedies = {0};

		read = remedies_read(convergence->session, convergence->additive, &remedies);
		*is_whole = read && remedies.count == 0;
		if (read && round == 0)
			read = mend_image(convergence, &remedies, &is_mended);
		is_done = *is_whole || !read || round == MOST_ROUNDS;
		if (!is_done && !(is_mended && round == 0))
			is_done = run_remedies(convergence, &remedies, changes) == 0;
		if (is_done)
			refusal_log_remedies(&remedies, convergence->policy);
		remedies_free(&remedies);
	}
	return read;
}

static bool
begin(const Convergence *convergence)
{
	return convergence->session != NULL ? session_begin(convergence->session, "BEGIN")
										: database_command(convergence->database, "BEGIN");
}

/* One try, in a transaction. */
static Attempted
attempt(const Convergence *convergence, ChangeList *changes, bool *is_whole, Setback *setback)
{
	Database *database = convergence->database;
	Attempted outcome = begin(convergence)
							? attempt_roles(convergence, ROLES_OF_POLICY, changes, setback)
							: ATTEMPT_FAILED;

	if (outcome == ATTEMPTED && convergence->session != NULL &&
		!attempt_privileges(convergence, changes, is_whole))
		outcome = ATTEMPT_FAILED;
	if (outcome == ATTEMPTED)
		outcome = attempt_roles(convergence, ROLES_OF_FORMER, changes, setback);
	if (outcome == ATTEMPTED && !database_command(database, "COMMIT"))
		outcome = ATTEMPT_FAILED;
	database_rollback(database);
	return outcome;
}

/* What did not take effect, though no statement failed: a warning is all that a REVOKE gives. */
static bool
check_roles(const Convergence *convergence)
{
	RoleChangeList left = {0};
	bool checked = plan_roles(convergence, ROLES_OF_POLICY, &left) &&
				   plan_roles(convergence, ROLES_OF_FORMER, &left);

	for (int i = 0; i < left.count; i++)
	{
		char *sql = sql_line(left.items[i].statement);

		pg_log_error("did not take effect: %s", sql);
		pg_free(sql);
		checked = false;
	}
	role_changes_free(&left);
	return checked;
}

Converged
convergence_run(const Convergence *convergence, ChangeList *changes)
{
	Attempted outcome = ATTEMPT_AGAIN;
	Setback setback = {0};
	bool is_whole = true;
	int pause = FIRST_PAUSE_MS;

	for (int tries = 0; tries < MOST_TRIES && outcome == ATTEMPT_AGAIN; tries++)
	{
		if (tries > 0)
			pg_usleep((pause + (long) (random() % pause)) * 1000L);
		pause = Min(pause * 2, 2000);
		change_list_free(changes);
		outcome = attempt(convergence, changes, &is_whole, &setback);
	}
	if (outcome == ATTEMPT_AGAIN)
	{
		pg_log_error("another session keeps changing the same roles");
		refusal_log_statement(setback.statement, setback.error.message);
		pg_log_error_hint("Nothing was changed; try again.");
	}
	setback_clear(&setback);
	if (outcome != ATTEMPTED)
	{
		change_list_free(changes);
		return CONVERGED_NOT;
	}
	return check_roles(convergence) && is_whole ? CONVERGED : CONVERGED_PART;
}
