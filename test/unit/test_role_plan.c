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

/* The statements, with " | " between them. */
static void
plans(const RoleCatalog *catalog, bool additive, const char *expected, const char *what)
{
	Policy policy = {0};
	PolicyError error = {0};
	RoleChangeList changes = {0};
	PQExpBuffer text = createPQExpBuffer();

	if (!policy_read(&policy, POLICY, strlen(POLICY), NULL, &error))
		printf("# %d: %s\n", error.line, error.message);
	role_plan(&policy, catalog, additive, &changes);
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

	plans(&catalog, false,
		  "CREATE ROLE own NOLOGIN | CREATE ROLE app LOGIN CONNECTION LIMIT 5 | "
		  "CREATE ROLE \"ad min\" LOGIN NOINHERIT | "
		  "GRANT own TO \"ad min\" WITH ADMIN FALSE, INHERIT FALSE, SET TRUE | "
		  "GRANT own TO boss WITH ADMIN FALSE, INHERIT TRUE, SET TRUE | "
		  "GRANT CREATE ON DATABASE \"D b\" TO own | "
		  "ALTER ROLE app IN DATABASE \"D b\" SET hh.x TO E'it''s \\\\'",
		  "from nothing, from 16 on");
	catalog.has_member_options = false;
	catalog.user = "super";
	plans(&catalog, true,
		  "CREATE ROLE own NOLOGIN | CREATE ROLE app LOGIN CONNECTION LIMIT 5 | "
		  "CREATE ROLE \"ad min\" LOGIN NOINHERIT | GRANT own TO \"ad min\" | "
		  "GRANT CREATE ON DATABASE \"D b\" TO own | "
		  "ALTER ROLE app IN DATABASE \"D b\" SET hh.x TO E'it''s \\\\'",
		  "from nothing, before, as a superuser");
}

static void
check_attributes(void)
{
	RoleCatalog catalog = whole_catalog();
	FoundRole changed[lengthof(roles)];

	plans(&catalog, false, "", "nothing to do");
	memcpy(changed, roles, sizeof(roles));
	catalog.roles = changed;
	changed[1] = (FoundRole){.name = "app",
							 .is_superuser = true,
							 .create_db = true,
							 .bypass_rls = true,
							 .replication = true,
							 .create_role = true,
							 .connection_limit = -1};
	plans(&catalog, false,
		  "ALTER ROLE app NOSUPERUSER LOGIN INHERIT NOCREATEDB NOCREATEROLE NOREPLICATION "
		  "NOBYPASSRLS CONNECTION LIMIT 5",
		  "attributes");
	plans(&catalog, true, "ALTER ROLE app LOGIN INHERIT", "... that give something");
	changed[1].connection_limit = 3;
	plans(&catalog, true, "ALTER ROLE app LOGIN INHERIT CONNECTION LIMIT 5",
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
		&catalog, false,
		"REVOKE ADMIN OPTION FOR own FROM \"ad min\" GRANTED BY boss CASCADE | "
		"REVOKE INHERIT OPTION FOR own FROM \"ad min\" GRANTED BY boss | "
		"REVOKE own FROM app GRANTED BY \"a b\" | REVOKE own FROM other GRANTED BY boss CASCADE | "
		"REVOKE pg_x FROM app GRANTED BY boss | "
		"GRANT own TO \"ad min\" WITH ADMIN FALSE, INHERIT FALSE, SET TRUE",
		"memberships from 16 on");
	plans(&catalog, true, "GRANT own TO \"ad min\" WITH ADMIN FALSE, INHERIT FALSE, SET TRUE",
		  "... that give something");
	catalog.has_member_options = false;
	plans(&catalog, false,
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
	plans(&catalog, false, "", "what one grantor gives and another doesn't is given");
	catalog.member_count = 1;
	plans(&catalog, false, "GRANT own TO \"ad min\" WITH ADMIN FALSE, INHERIT FALSE, SET TRUE",
		  "a membership without the option lacks it");
}

static void
check_settings(void)
{
	RoleCatalog catalog = whole_catalog();
	FoundSetting found[] = {{"app", "HH.x", "other"}, {"own", "a.\"b", "1"}};

	catalog.settings = found;
	catalog.setting_count = lengthof(found);
	plans(&catalog, false,
		  "ALTER ROLE app IN DATABASE \"D b\" SET hh.x TO E'it''s \\\\' | "
		  "ALTER ROLE own IN DATABASE \"D b\" RESET a.\"\"\"b\"",
		  "settings");
	plans(&catalog, true, "", "... of which nothing gives something");
}

int
main(void)
{
	check_empty_cluster();
	check_attributes();
	check_members();
	check_grantors();
	check_settings();
	return tap_done();
}
