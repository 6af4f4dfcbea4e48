/*
 * plan_policy.c
 *		Whether the policy's image is to be replaced: pure, without a database.
 */
#include "postgres_fe.h"

#include "plan_part.h"
#include "plan_policy.h"

/* The migration that makes the image's tables. */
#define POLICY_VERSION "0009"

static bool
brings_tables(const Plan *plan)
{
	for (int i = 0; i < plan->action_count; i++)
	{
		if (plan->actions[i].migration != NULL &&
			strcmp(plan->actions[i].version, POLICY_VERSION) == 0)
			return true;
	}
	return false;
}

/* Why, or NULL where the image is the policy's. */
static const char *
find_reason(const PlanInput *input)
{
	const PolicyMark *recorded = &input->recorded;

	if (recorded->checksum == NULL)
		return "not recorded before";
	if (strcmp(recorded->checksum, input->policy.checksum) != 0)
		return "its text changed";
	if (strcmp(recorded->profile, input->policy.profile) != 0)
		return "another profile";
	return input->image_is_altered ? "its rows were altered" : NULL;
}

void
plan_policy(Plan *plan, const PlanInput *input)
{
	const char *reason;

	if (input->policy.checksum == NULL || (reason = find_reason(input)) == NULL)
		return;
	if (input->has_policy_table || brings_tables(plan))
		plan_add_action(plan, (Action){.kind = ACTION_POLICY,
									   .object = input->policy.profile,
									   .version = input->policy.checksum,
									   .reason = reason});
	else if (input->only != 0 && !plan_has_part(input->only, PART_MIGRATIONS))
		plan_add_problem(plan, pg_strdup("there are no tables to record the policy in"),
						 pg_strdup("Migration " POLICY_VERSION " makes them, and --only leaves it "
								   "out."),
						 pg_strdup("Run \"hh-migrate up --only=code,migrations\" first."));
}

void
plan_check_convergence(Plan *plan, const PlanInput *input)
{
	if (input->converges || (input->only & (PART_ROLES | PART_PRIVILEGES)) == 0)
		return;
	plan_add_problem(
		plan,
		psprintf("roles and privileges are not to be changed here: the deployment "
				 "belongs to role \"%s\"",
				 input->deployment->owner),
		pg_strdup("The policy's owner of schema hh is another role, to which everything "
				  "would be given."),
		pg_strdup("Leave those parts out; or name the owner in a policy of your own."));
}

void
plan_roles(Plan *plan, const PlanInput *input)
{
	if (input->converges && input->role_changes != NULL && plan_has_part(input->only, PART_ROLES))
		plan_add_action(plan, (Action){.kind = ACTION_ROLES,
									   .object = input->policy.profile,
									   .reason = input->role_changes});
}

void
plan_privileges(Plan *plan, const PlanInput *input)
{
	if (!input->converges || !plan_has_part(input->only, PART_PRIVILEGES) ||
		!(input->has_policy_table || brings_tables(plan)) ||
		(input->privilege_changes == NULL && plan->action_count == 0))
		return;
	plan_add_action(plan, (Action){.kind = ACTION_PRIVILEGES,
								   .object = input->policy.profile,
								   .reason = plan->action_count > 0 ? "after the rest"
																	: input->privilege_changes});
}
