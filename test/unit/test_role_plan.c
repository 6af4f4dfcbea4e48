/* From a policy's roles and those of a cluster to statements, for servers old and new. */
#include "postgres_fe.h"

#include "pqexpbuffer.h"

#include "role_plan.h"
#include "tap.h"

#define POLICY                                                                                     \
	"-- owner\nCREATE ROLE own;\n-- app\nCREATE ROLE app LOGIN CONNECTION LIMIT 5;\n"              \
	"-- admin\nCREATE ROLE \"ad min\" LOGIN NOINHERIT;\n"                                          \
	"-- member\nGRANT own TO \"ad min\" WITH SET TRUE;\n"                                          \
	"-- schema\nALTER SCHEMA hh OWNER TO own;\n"                                                   \
	"-- make\nGRANT CREATE ON DATABASE CURRENT TO own;\n"                                          \
	"-- setting\nALTER ROLE app IN DATABASE CURRENT SET hh.x TO 'it''s \\';\n"

/* What is recorded of it. */
#define OWN_CLAIMS                                                                                 \
	"COMMENT ON ROLE own IS 'hh-migrate \"D b\" INHERIT MEMBER \"ad min\" SET' | "                 \
	"COMMENT ON ROLE app IS 'hh-migrate \"D b\" LOGIN INHERIT LIMIT 5' | "                         \
	"COMMENT ON ROLE \"ad min\" IS 'hh-migrate \"D b\" LOGIN'"

/* What a cluster is after the policy was applied. */
static FoundRole roles[] = {
	{.name = "ad min", .can_login = true, .connection_limit = -1},
	{.name = "app", .can_login = true, .inherit = true, .connection_limit = 5},
	{.name = "own", .inherit = true, .connection_limit = -1},
	{.name = "boss",
	 .can_login = true,
	 .inherit = true,
	 .create_role = true,
	 .connection_limit = -1},
};
static FoundMember members[] = {
	{.role = "own",
	 .member = "ad min",
	 .grantor = "boss",
	 .set = true,
	 .member_is_ours = true,
	 .role_is_ours = true},
};
static FoundSetting settings[] = {{"app", "hh.x", "it's \\"}};

static RoleCatalog
whole_catalog(void)
{
	return (RoleCatalog){.roles = roles,
						 .role_count = lengthof(roles),
						 .members = members,
						 .member_count = lengthof(members),
						 .settings = settings,
						 .setting_count = lengthof(settings),
						 .user = "boss",
						 .database = "D b",
						 .has_member_options = true,
						 .may_deploy = true,
						 .owner_may_create = true};
}

typedef enum Plan
{
	WHOLE,
	ADDITIVE,
	FORMER
} Plan;

/* The statements, with " | " between them. */
static void
plans(const RoleCatalog *catalog, Plan plan, const char *expected, const char *what)
{
	Policy policy = {0};
	PolicyError error = {0};
	RoleChangeList changes = {0};
	PQExpBuffer text = createPQExpBuffer();

	if (!policy_read(&policy, POLICY, strlen(POLICY), NULL, &error))
		printf("# %d: %s\n", error.line, error.message);
	if (plan == FORMER)
		role_plan_former(&policy, catalog, &changes);
	else
		role_plan(&policy, catalog, plan == ADDITIVE, &changes);
	for (int i = 0; i < changes.count; i++)
		appendPQExpBuffer(text, "%s%s", i > 0 ? " | " : "", changes.items[i].statement);
	is_text(text->data, expected, what);
	destroyPQExpBuffer(text);
	role_changes_free(&changes);
	policy_error_free(&error);
	policy_free(&policy);
}

static void
check_empty_cluster(void)
{
	RoleCatalog catalog = {.roles = &roles[3],
						   .role_count = 1,
						   .user = "boss",
						   .database = "D b",
						   .has_member_options = true};

	plans(&catalog, WHOLE,
		  "CREATE ROLE own NOLOGIN | CREATE ROLE app LOGIN CONNECTION LIMIT 5 | "
		  "CREATE ROLE \"ad min\" LOGIN NOINHERIT | "
		  "GRANT own TO \"ad min\" WITH ADMIN FALSE, INHERIT FALSE, SET TRUE | "
		  "GRANT own TO boss WITH ADMIN FALSE, INHERIT TRUE, SET TRUE | "
		  "GRANT CREATE ON DATABASE \"D b\" TO own | "
		  "ALTER ROLE app IN DATABASE \"D b\" SET hh.x TO E'it''s \\\\' | " OWN_CLAIMS,
		  "from nothing, from 16 on");
	catalog.has_member_options = false;
	catalog.user = "super";
	plans(&catalog, ADDITIVE,
		  "CREATE ROLE own NOLOGIN | CREATE ROLE app LOGIN CONNECTION LIMIT 5 | "
		  "CREATE ROLE \"ad min\" LOGIN NOINHERIT | GRANT own TO \"ad min\" | "
		  "GRANT CREATE ON DATABASE \"D b\" TO own | "
		  "ALTER ROLE app IN DATABASE \"D b\" SET hh.x TO E'it''s \\\\' | " OWN_CLAIMS,
		  "from nothing, before, as a superuser");
}

static void
check_attributes(void)
{
	RoleCatalog catalog = whole_catalog();
	FoundRole changed[lengthof(roles)];

	plans(&catalog, WHOLE, "", "nothing to do");
	memcpy(changed, roles, sizeof(roles));
	catalog.roles = changed;
	changed[1] = (FoundRole){.name = "app",
							 .is_superuser = true,
							 .create_db = true,
							 .bypass_rls = true,
							 .replication = true,
							 .create_role = true,
							 .connection_limit = -1};
	plans(&catalog, WHOLE,
		  "ALTER ROLE app NOSUPERUSER LOGIN INHERIT NOCREATEDB NOCREATEROLE NOREPLICATION "
		  "NOBYPASSRLS CONNECTION LIMIT 5",
		  "attributes");
	plans(&catalog, ADDITIVE, "ALTER ROLE app LOGIN INHERIT", "... that give something");
	changed[1].connection_limit = 3;
	plans(&catalog, ADDITIVE, "ALTER ROLE app LOGIN INHERIT CONNECTION LIMIT 5",
		  "... a higher limit, too");
}

static void
check_members(void)
{
	RoleCatalog catalog = whole_catalog();
	FoundMember found[] = {
		{.role = "own",
		 .member = "ad min",
		 .grantor = "boss",
		 .admin = true,
		 .inherit = true,
		 .member_is_ours = true,
		 .role_is_ours = true},
		{.role = "own",
		 .member = "app",
		 .grantor = "a b",
		 .set = true,
		 .member_is_ours = true,
		 .role_is_ours = true},
		{.role = "own",
		 .member = "boss",
		 .grantor = "super",
		 .admin = true,
		 .role_is_ours = true,
		 .member_is_administrator = true},
		{.role = "own", .member = "other", .grantor = "boss", .admin = true, .role_is_ours = true},
		{.role = "team", .member = "app", .grantor = "boss", .set = true, .member_is_ours = true},
		{.role = "pg_x",
		 .member = "app",
		 .grantor = "boss",
		 .set = true,
		 .member_is_ours = true,
		 .danger = "pg_x"},
	};

	catalog.members = found;
	catalog.member_count = lengthof(found);
	plans(
		&catalog, WHOLE,
		"REVOKE ADMIN OPTION FOR own FROM \"ad min\" GRANTED BY boss CASCADE | "
		"REVOKE INHERIT OPTION FOR own FROM \"ad min\" GRANTED BY boss | "
		"REVOKE own FROM app GRANTED BY \"a b\" | REVOKE own FROM other GRANTED BY boss CASCADE | "
		"REVOKE pg_x FROM app GRANTED BY boss | "
		"GRANT own TO \"ad min\" WITH ADMIN FALSE, INHERIT FALSE, SET TRUE",
		"memberships from 16 on");
	plans(&catalog, ADDITIVE, "GRANT own TO \"ad min\" WITH ADMIN FALSE, INHERIT FALSE, SET TRUE",
		  "... that give something");
	catalog.has_member_options = false;
	plans(&catalog, WHOLE,
		  "REVOKE ADMIN OPTION FOR own FROM \"ad min\" | REVOKE own FROM app | "
		  "REVOKE own FROM other | REVOKE pg_x FROM app",
		  "memberships before");
}

static void
check_grantors(void)
{
	RoleCatalog catalog = whole_catalog();
	FoundMember found[] = {members[0], members[0]};

	found[0].set = false;
	found[1].grantor = "other";
	catalog.members = found;
	catalog.member_count = lengthof(found);
	plans(&catalog, WHOLE, "", "what one grantor gives and another doesn't is given");
	catalog.member_count = 1;
	plans(&catalog, WHOLE, "GRANT own TO \"ad min\" WITH ADMIN FALSE, INHERIT FALSE, SET TRUE",
		  "a membership without the option lacks it");
}

static void
check_settings(void)
{
	RoleCatalog catalog = whole_catalog();
	FoundSetting found[] = {{"app", "HH.x", "other"}, {"own", "a.\"b", "1"}};

	catalog.settings = found;
	catalog.setting_count = lengthof(found);
	plans(&catalog, WHOLE,
		  "ALTER ROLE app IN DATABASE \"D b\" SET hh.x TO E'it''s \\\\' | "
		  "ALTER ROLE own IN DATABASE \"D b\" RESET a.\"\"\"b\"",
		  "settings");
	plans(&catalog, ADDITIVE, "", "... of which nothing gives something");
}

/* In the other database's policy, "own" has members "other" and "app", and "app" other attributes. */
static void
check_claims(void)
{
	static const char *databases[] = {"D b", "second"};
	RoleCatalog catalog = whole_catalog();
	FoundRole claimed[lengthof(roles)];
	FoundMember found[] = {
		members[0],
		{.role = "own",
		 .member = "other",
		 .grantor = "boss",
		 .inherit = true,
		 .role_is_ours = true},
		{.role = "own",
		 .member = "app",
		 .grantor = "boss",
		 .admin = true,
		 .set = true,
		 .member_is_ours = true,
		 .role_is_ours = true},
	};

	memcpy(claimed, roles, sizeof(roles));
	for (size_t i = 0; i < lengthof(roles); i++)
		claimed[i].may_comment = true;
	claimed[0].comment = "hh-migrate \"D b\" LOGIN";
	claimed[1].comment =
		"Ours.\nhh-migrate \"second\" CREATEDB LIMIT 9\nhh-migrate \"third\" LIMIT 10";
	claimed[1].connection_limit = 9;
	claimed[1].create_db = true;
	claimed[2].comment = "hh-migrate \"second\" MEMBER \"other\" INHERIT MEMBER \"app\" SET\n"
						 "hh-migrate \"D b\" INHERIT MEMBER \"ad min\" SET";
	catalog.roles = claimed;
	catalog.databases = databases;
	catalog.database_count = lengthof(databases);
	catalog.members = found;
	catalog.member_count = lengthof(found);
	plans(&catalog, WHOLE,
		  "REVOKE ADMIN OPTION FOR own FROM app GRANTED BY boss CASCADE | "
		  "COMMENT ON ROLE app IS 'Ours.\nhh-migrate \"second\" CREATEDB LIMIT 9\n"
		  "hh-migrate \"D b\" LOGIN INHERIT LIMIT 5'",
		  "what another database's policy gives is left, and no more");
	claimed[1].may_comment = false;
	plans(&catalog, ADDITIVE, "", "who may not write a comment leaves it");
	claimed[1].comment = "hh-migrate \"D b\" LOGIN INHERIT LIMIT 5";
	catalog.database_count = 1;
	plans(&catalog, WHOLE,
		  "ALTER ROLE app NOCREATEDB CONNECTION LIMIT 5 | REVOKE own FROM other GRANTED BY boss | "
		  "REVOKE own FROM app GRANTED BY boss CASCADE",
		  "what a database gave that is gone is taken away");
}

/* A role of another profile. */
static void
check_former(void)
{
	static const char *databases[] = {"D b", "second"};
	RoleCatalog catalog = whole_catalog();
	FoundRole former[] = {
		{.name = "team",
		 .may_comment = true,
		 .comment = "Mine.\nhh-migrate \"D b\" INHERIT MEMBER \"app\" INHERIT MEMBER \"own\" SET"},
		{.name = "unknown", .may_comment = true, .comment = "hh-migrate \"second\" LOGIN"},
	};
	FoundMember found[] = {
		{.role = "team",
		 .member = "app",
		 .grantor = "boss",
		 .inherit = true,
		 .member_is_ours = true},
		{.role = "team", .member = "other", .grantor = "boss", .inherit = true},
	};

	catalog.roles = former;
	catalog.role_count = lengthof(former);
	catalog.databases = databases;
	catalog.database_count = lengthof(databases);
	catalog.members = found;
	catalog.member_count = lengthof(found);
	plans(&catalog, FORMER,
		  "REVOKE team FROM app GRANTED BY boss | COMMENT ON ROLE team IS 'Mine.'",
		  "what a former policy gave is taken back");
	former[0].comment = "hh-migrate \"D b\" MEMBER \"app\"\nhh-migrate \"second\" MEMBER \"app\"";
	plans(&catalog, FORMER, "COMMENT ON ROLE team IS 'hh-migrate \"second\" MEMBER \"app\"'",
		  "... unless another database gives it too");
	former[0].may_comment = false;
	plans(&catalog, FORMER, "", "... and that is an administrator's to write");
	former[0].comment = "hh-migrate \"D b\" MEMBER \"app\"";
	plans(&catalog, FORMER, "REVOKE team FROM app GRANTED BY boss | COMMENT ON ROLE team IS NULL",
		  "... where something is to be done, it is shown whole");
}

int
main(void)
{
	check_empty_cluster();
	check_attributes();
	check_members();
	check_grantors();
	check_settings();
	check_claims();
	check_former();
	return tap_done();
}
