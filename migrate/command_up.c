/*
 * command_up.c
 *		"hh-migrate up": brings a database to what this program describes.
 */
#include "postgres_fe.h"

#include "common/logging.h"

#include "carry_out.h"
#include "command_up.h"
#include "connect.h"
#include "convergence.h"
#include "deploy_lock.h"
#include "plan.h"
#include "plan_part.h"
#include "policy_file.h"
#include "policy_image.h"
#include "survey.h"

/* What was read before a database was connected to. */
typedef struct Intent
{
	VariableList variables;
	Policy policy;
} Intent;

static bool
read_policy_image(Database *database, const Survey *survey, const Policy *policy,
				  PolicyImage *image)
{
	Session session = session_make(database, &survey->deployment);

	return policy_image_look(&session, policy, image);
}

/* What roles and privileges lack of the policy, in words; NULL where nothing. */
typedef struct Differences
{
	bool converges; /* they are to be the policy's */
	char *roles;
	char *privileges;
} Differences;

static char *
count_in_words(const ChangeList *changes)
{
	if (changes->count == 0)
		return NULL;
	return psprintf("%d statement%s", changes->count, changes->count == 1 ? "" : "s");
}

/* Takes the convergence's changes as the roles part or the privileges part of a run. */
static bool
count_changes(const Convergence *convergence, char **words)
{
	ChangeList changes = {0};
	bool counted = convergence_plan(convergence, &changes);

	if (counted)
		*words = count_in_words(&changes);
	change_list_free(&changes);
	return counted;
}

/* Whoever didn't ask for that may not know. */
static void
warn_of_other_owner(const char *owner, const char *wanted)
{
	pg_log_warning("this deployment will be role \"%s\"'s, without the policy's roles and "
				   "privileges",
				   owner);
	pg_log_warning_detail("The policy's owner is role \"%s\", for which the connected role can't "
						  "act.",
						  wanted);
	pg_log_warning_hint("A superuser, or a role with CREATEROLE, makes the first deployment for "
						"that role; --owner=%s says that this is meant.",
						owner);
}

/* Only as the policy's owner's is a deployment given to it: others keep what they have. */
static bool
find_differences(const Options *options, Database *database, Survey *survey, const Intent *intent,
				 const PolicyImage *image, Differences *differences)
{
	const char *owner = policy_owner(&intent->policy);
	Session session = session_make(database, &survey->deployment);
	Convergence convergence = {
		.database = database, .policy = &intent->policy, .leaves_former = true};
	bool can_audit = false;

	differences->converges = owner != NULL && strcmp(owner, survey->deployment.owner) == 0;
	if (!differences->converges)
	{
		if (owner != NULL && !survey->deployment.ledger_exists && options->owner == NULL &&
			plan_has_part(options->only, PART_ROLES))
			warn_of_other_owner(survey->deployment.owner, owner);
		return true;
	}
	if (plan_has_part(options->only, PART_ROLES))
	{
		if (!count_changes(&convergence, &differences->roles))
			return false;
		/* That is among them, where the policy says so. */
		survey->deployment.owner_may_create |= differences->roles != NULL;
	}
	/* Another policy is recorded first, and then there is something to do in any case. */
	if (!policy_image_is_of(image, &intent->policy) ||
		!plan_has_part(options->only, PART_PRIVILEGES))
		return true;
	convergence.session = &session;
	convergence.leaves_roles = true;
	convergence.leaves_former = false;
	return convergence_look(&session, &can_audit) &&
		   (!can_audit || count_changes(&convergence, &differences->privileges));
}

static bool
plan_and_carry_out(const Options *options, Database *database, Survey *survey, const Intent *intent)
{
	Plan plan = {0};
	PolicyImage image = {0};
	Differences differences = {0};
	OwnerWish owner = {.asked_for = options->owner};
	bool done = false;

	if (plan_has_part(options->only, PART_ROLES))
		owner.of_policy = policy_owner(&intent->policy);
	if (survey_take(survey, database, &owner, true) &&
		read_policy_image(database, survey, &intent->policy, &image) &&
		find_differences(options, database, survey, intent, &image, &differences))
	{
		PlanInput input = {.deployment = &survey->deployment,
						   .migrations = &survey->migrations,
						   .ledger = &survey->ledger,
						   .steps = &survey->steps,
						   .verified = survey->verified,
						   .variables = &intent->variables,
						   .dimensions = options->embedding_dimensions,
						   .dimensions_source = options->embedding_dimensions_source,
						   .to = options->to,
						   .only = options->only,
						   .allow_out_of_order = options->allow_out_of_order,
						   .acts_for_owner =
							   strcmp(database_user(database), survey->deployment.owner) != 0,
						   .policy = {intent->policy.checksum, intent->policy.profile},
						   .recorded = {image.checksum, image.profile},
						   .image_is_altered = image.is_altered,
						   .has_policy_table = image.has_tables,
						   .converges = differences.converges,
						   .role_changes = differences.roles,
						   .privilege_changes = differences.privileges};

		plan_make(&plan, &input);
		if (plan.problem_count > 0)
			carry_out_refuse(&plan);
		else
			done = carry_out(options, database, survey, &plan, &intent->policy);
	}
	plan_free(&plan);
	policy_image_free(&image);
	pg_free(differences.roles);
	pg_free(differences.privileges);
	return done;
}

static bool
connect_and_carry_out(const Options *options, Database **begun, Survey *survey,
					  const Intent *intent)
{
	Database *database = database_connect_begun(*begun, &options->connection);
	bool done = false;

	*begun = NULL;
	if (database == NULL)
		return false;
	if (options->dry_run)
		done = plan_and_carry_out(options, database, survey, intent);
	else if (deploy_lock_take(database, options->lock_wait, options->end_orphan))
	{
		done = plan_and_carry_out(options, database, survey, intent);
		deploy_lock_release(database);
	}
	database_close(database);
	return done;
}

/*
 * While a connection is being made, no more than must be: with the ledger it is known which files
 * matter.  Else nothing is to wait for a bad file.
 */
static bool
read_files(Survey *survey, const Options *options, bool is_connecting)
{
	return is_connecting ? survey_list_files(survey, options->directory)
						 : survey_read_files(survey, options->directory);
}

int
command_up(const Options *options)
{
	Survey survey = {0};
	Intent intent = {0};
	/* Nothing is asked of the server until all is read. */
	Database *begun = database_begin(&options->connection);
	bool done = read_files(&survey, options, begun != NULL) &&
				variables_gather(&intent.variables, &options->settings, &survey.migrations) &&
				policy_file_load(&intent.policy, options) &&
				connect_and_carry_out(options, &begun, &survey, &intent);

	database_close(begun);
	policy_free(&intent.policy);
	variables_free(&intent.variables);
	survey_free(&survey);
	return done ? EXIT_DONE : EXIT_COULD_NOT_RUN;
}
