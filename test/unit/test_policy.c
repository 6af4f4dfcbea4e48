/* The language of a policy's file. */
#include "postgres_fe.h"

#include "policy_file.h"
#include "tap.h"

/* What a file begins with here: two lines a role. */
#define ROLES                                                                                      \
	"-- owner\nCREATE ROLE o;\n-- reader\nCREATE ROLE r LOGIN NOINHERIT;\n"                        \
	"-- other\nCREATE ROLE other;\n"
#define WHY "-- why\n"

static bool
read_text(Policy *policy, const char *text, const char *profile, PolicyError *error)
{
	memset(policy, 0, sizeof(*policy));
	memset(error, 0, sizeof(*error));
	return policy_read(policy, text, strlen(text), profile, error);
}

/* The whole message: line, column, message and hint. */
static void
refuses(const char *text, const char *expected)
{
	Policy policy;
	PolicyError error;
	char what[256];
	char message[512] = "(accepted)";

	if (!read_text(&policy, text, NULL, &error))
		snprintf(message, sizeof(message), "%d:%d %s%s%s", error.line, error.column, error.message,
				 error.hint ? " | " : "", error.hint ? error.hint : "");
	snprintf(what, sizeof(what), "refused: %.200s", text);
	for (char *c = what; *c; c++)
	{
		if (*c == '\n' || *c == '#')
			*c = ' ';
	}
	is_text(message, expected, what);
	policy_error_free(&error);
	policy_free(&policy);
}

static Policy
accepts(const char *text, const char *profile, const char *what)
{
	Policy policy;
	PolicyError error;

	if (!ok(read_text(&policy, text, profile, &error), what))
		printf("# %d:%d %s\n", error.line, error.column, error.message);
	policy_error_free(&error);
	return policy;
}

/* An entry, as one line. */
static char *
entry_line(const PolicyEntry *entry)
{
	return psprintf("%s %s %s %s.%s(%s) %s%s%s%s by %s: %s, %d", policy_rule_name(entry->rule),
					entry->role ? entry->role : "PUBLIC", policy_object_name(entry->object_type),
					entry->schema ? entry->schema : "-", entry->object ? entry->object : "*",
					entry->column_name ? entry->column_name : "", entry->privilege,
					entry->grantable ? " grantable" : "", entry->inherit_option ? " inherit" : "",
					entry->set_option ? " set" : "", entry->creator ? entry->creator : "-",
					entry->place.reason, entry->place.line);
}

static void
has_entries(const char *statement, const char *const *expected, const char *what)
{
	char *text = psprintf(ROLES "-- two\n-- lines\n%s", statement);
	Policy policy = accepts(text, NULL, what);
	int count = 0;

	while (expected[count] != NULL)
		count++;
	is_int(policy.entry_count, count, "... as many entries");
	for (int i = 0; i < count && i < policy.entry_count; i++)
	{
		char *line = entry_line(&policy.entries[i]);

		is_text(line, expected[i], "... entry");
		pg_free(line);
	}
	policy_free(&policy);
	pg_free(text);
}

#define HAS(statement, ...)                                                                        \
	has_entries(statement, (const char *const[]){__VA_ARGS__, NULL}, statement)

static void
check_entries(void)
{
	HAS("GRANT SELECT, UPDATE (b, \"C\") ON TABLE s.t, s.u TO r, PUBLIC;",
		"privilege r table s.t() SELECT by -: two lines, 9",
		"privilege PUBLIC table s.t() SELECT by -: two lines, 9",
		"privilege r table s.u() SELECT by -: two lines, 9",
		"privilege PUBLIC table s.u() SELECT by -: two lines, 9",
		"privilege r table s.t(b) UPDATE by -: two lines, 9",
		"privilege r table s.t(C) UPDATE by -: two lines, 9",
		"privilege PUBLIC table s.t(b) UPDATE by -: two lines, 9",
		"privilege PUBLIC table s.t(C) UPDATE by -: two lines, 9",
		"privilege r table s.u(b) UPDATE by -: two lines, 9",
		"privilege r table s.u(C) UPDATE by -: two lines, 9",
		"privilege PUBLIC table s.u(b) UPDATE by -: two lines, 9",
		"privilege PUBLIC table s.u(C) UPDATE by -: two lines, 9");
	HAS("grant temp on database current to r with grant option;",
		"privilege r database -.*() TEMPORARY grantable by -: two lines, 9");
	HAS("GRANT USAGE ON SCHEMA a, B, \"B\" TO r;",
		"privilege r schema -.a() USAGE by -: two lines, 9",
		"privilege r schema -.b() USAGE by -: two lines, 9",
		"privilege r schema -.B() USAGE by -: two lines, 9");
	HAS("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA a, b TO r;",
		"privilege r sequence a.*() USAGE by -: two lines, 9",
		"privilege r sequence b.*() USAGE by -: two lines, 9",
		"privilege r sequence a.*() SELECT by -: two lines, 9",
		"privilege r sequence b.*() SELECT by -: two lines, 9");
	HAS("GRANT EXECUTE ON FUNCTION a.f(), a.\"G h\"(int, public.vector, timestamptz[], double "
		"precision, \"X\") TO r;",
		"privilege r function a.f()() EXECUTE by -: two lines, 9",
		"privilege r function a.\"G h\"(integer,public.vector,timestamp with time "
		"zone[],double precision,\"X\")() EXECUTE by -: two lines, 9");
	HAS("GRANT USAGE ON TYPE a.t TO r;", "privilege r type a.t() USAGE by -: two lines, 9");
	HAS("ALTER SCHEMA a, b OWNER TO o;", "owner o schema -.a() OWNER by -: two lines, 9",
		"owner o schema -.b() OWNER by -: two lines, 9");
	HAS("ALTER ALL FUNCTIONS IN SCHEMA a OWNER TO o;",
		"owner o function a.*() OWNER by -: two lines, 9");
	HAS("ALTER TABLE a.t OWNER TO o;", "owner o table a.t() OWNER by -: two lines, 9");
	HAS("ALTER DEFAULT PRIVILEGES FOR ROLE o IN SCHEMA a, b GRANT SELECT ON TABLES TO r;",
		"default r table a.*() SELECT by o: two lines, 9",
		"default r table b.*() SELECT by o: two lines, 9");
	HAS("ALTER DEFAULT PRIVILEGES FOR ROLE o GRANT USAGE ON SCHEMAS TO PUBLIC;",
		"default PUBLIC schema -.*() USAGE by o: two lines, 9");
	HAS("GRANT o TO r;", "member r role -.o() MEMBER set by -: two lines, 9");
	HAS("GRANT o TO other;", "member other role -.o() MEMBER inherit set by -: two lines, 9");
	HAS("GRANT o, other TO r WITH ADMIN OPTION, INHERIT TRUE, SET FALSE;",
		"member r role -.o() MEMBER grantable inherit by -: two lines, 9",
		"member r role -.other() MEMBER grantable inherit by -: two lines, 9");
}

static void
check_roles(void)
{
	Policy policy = accepts(
		"\xEF\xBB\xBF-- all of it\r\nCREATE ROLE \"Odd \"\"one\"\"\" WITH LOGIN NOINHERIT CREATEDB "
		"CREATEROLE\r\n  REPLICATION BYPASSRLS CONNECTION LIMIT 3 NOSUPERUSER;\r\n"
		"-- limit\r\nALTER ROLE \"Odd \"\"one\"\"\" IN DATABASE CURRENT SET hh.x TO 'it''s';\r\n"
		"-- svc\r\nCREATE SERVICE \"a-b\" ROLE \"Odd \"\"one\"\"\" MODE \"auto-migrate\";\r\n"
		"-- idle\r\nCREATE SERVICE idle MODE NONE;",
		NULL, "a role with everything, CRLF and a byte order mark");
	const PolicyRole *role = policy.roles;
	Policy same = accepts(
		"-- all of it\nCREATE ROLE \"Odd \"\"one\"\"\" WITH LOGIN NOINHERIT CREATEDB "
		"CREATEROLE\n  REPLICATION BYPASSRLS CONNECTION LIMIT 3 NOSUPERUSER;\n"
		"-- limit\nALTER ROLE \"Odd \"\"one\"\"\" IN DATABASE CURRENT SET hh.x TO 'it''s';\n"
		"-- svc\nCREATE SERVICE \"a-b\" ROLE \"Odd \"\"one\"\"\" MODE \"auto-migrate\";\n"
		"-- idle\nCREATE SERVICE idle MODE NONE;",
		NULL, "the same without them");

	is_text(same.checksum, policy.checksum, "... has the same checksum");
	policy_free(&same);
	is_int(policy.role_count, 1, "one role");
	is_text(role->name, "Odd \"one\"", "its name");
	ok(role->can_login && !role->inherit && role->create_db && role->create_role &&
		   role->replication && role->bypass_rls && role->connection_limit == 3,
	   "its attributes");
	is_text(role->place.reason, "all of it", "its reason");
	is_text(policy.settings[0].name, "hh.x", "a setting");
	is_text(policy.settings[0].value, "it's", "... its value");
	is_text(policy.services[0].mode, "auto-migrate", "a service's mode");
	is_text(policy.services[1].role, NULL, "a service without a role");
	is_text(policy.profile, "strict", "without CREATE PROFILE there is one profile");
	policy_free(&policy);
}

#define PROFILES                                                                                   \
	"-- a\nCREATE PROFILE one DEFAULT;\n-- b\nCREATE PROFILE \"two\";\n" ROLES                     \
	"BEGIN PROFILE two;\n-- x\nCREATE ROLE x;\n-- gx\nGRANT x TO r;\nEND PROFILE;\n"               \
	"BEGIN PROFILE one;\n-- go\nGRANT o TO r;\nEND PROFILE;\n"

static void
check_profiles(void)
{
	Policy policy = accepts(PROFILES, NULL, "profiles");
	PolicyError error;

	is_text(policy.profile, "one", "the default one");
	ok(policy_find_role(&policy, "x") == NULL, "... has no role of the other");
	is_text(policy.entries[0].object, "o", "... and its own grant");
	is_int(policy.entry_count, 1, "... alone");
	policy_free(&policy);
	policy = accepts(PROFILES, "two", "the other one");
	ok(policy_find_role(&policy, "x") != NULL, "... has its role");
	is_text(policy.entries[0].object, "x", "... and its grant");
	policy_free(&policy);
	ok(!read_text(&policy, PROFILES, "three", &error), "one that is not there");
	is_text(error.message, "the policy has no profile \"three\"", "... message");
	is_text(error.hint, "It has: one, two.", "... hint");
	policy_error_free(&error);
	policy_free(&policy);
	refuses(PROFILES WHY "GRANT x TO r;", "22:1 role \"x\" is not declared | CREATE ROLE declares "
										  "it, in the same profile or in all.");
	refuses(PROFILES WHY "GRANT o TO r;", "22:1 line 19 says the same already");
	refuses("-- a\nCREATE PROFILE one;", "2:1 no profile is the default | CREATE PROFILE name "
										 "DEFAULT says which one is.");
	refuses("BEGIN PROFILE one;",
			"1:15 there is no profile \"one\" above | CREATE PROFILE makes one.");
	refuses("END PROFILE;", "1:5 no profile has begun");
	refuses("-- a\nCREATE PROFILE one DEFAULT;\nBEGIN PROFILE one;\n",
			"4:1 found the end of the file, expected END PROFILE");
}

static void
check_syntax(void)
{
	refuses(
		"GRANT",
		"1:1 the statement has no reason | Say why it is so in a comment right above it: -- ...");
	refuses("-- why\n\nCREATE ROLE o;", "3:1 the statement has no reason | Say why it is so in a "
										"comment right above it: -- ...");
	refuses(
		"-- why\nCREATE ROLE a; -- trailing\nCREATE ROLE b;",
		"3:1 the statement has no reason | Say why it is so in a comment right above it: -- ...");
	refuses("--   \nCREATE ROLE o;", "2:1 the statement has no reason | Say why it is so in a "
									 "comment right above it: -- ...");
	refuses(WHY "GRNAT x", "2:1 found \"GRNAT\", expected CREATE, ALTER, GRANT, BEGIN PROFILE or "
						   "END PROFILE");
	refuses(WHY "REVOKE x", "2:1 found \"REVOKE\", expected CREATE, ALTER or GRANT | A policy says "
							"what is to be; what it doesn't say is revoked.");
	refuses(WHY "CREATE TABLE t", "2:8 found \"TABLE\", expected ROLE, SERVICE or PROFILE");
	refuses(WHY "CREATE ROLE 'x'", "2:13 found \"'x'\", expected a role");
	refuses(WHY "CREATE ROLE x",
			"2:14 found the end of the file, expected LOGIN, NOLOGIN, INHERIT, "
			"NOINHERIT, CREATEDB, CREATEROLE, REPLICATION, BYPASSRLS, "
			"CONNECTION LIMIT or \";\"");
	refuses(WHY "CREATE ROLE \xC3\xA7\xC3\xA3o LOGIN LOGIN;",
			"2:23 the role's attribute is said twice");
	refuses(WHY "CREATE ROLE x LOGIN NOLOGIN;", "2:21 the role's attribute is said twice");
	refuses(WHY "CREATE ROLE x SUPERUSER;", "2:15 SUPERUSER is refused | No privilege has a "
											"meaning for a superuser: grant what the role needs.");
	refuses(WHY "CREATE ROLE x PASSWORD 'y';",
			"2:15 a password is refused | Passwords have no place in a file that is read by many: "
			"\"hh-migrate roles passwords\" sets them.");
	refuses(WHY "CREATE ROLE x CONNECTION LIMIT 1.5;",
			"2:32 found \"1.5\", expected a whole number from -1");
	refuses(WHY "CREATE ROLE pg_x;", "2:13 the role name \"pg_x\" is reserved");
	refuses(WHY "CREATE ROLE \"public\";", "2:13 the role name \"public\" is reserved");
	refuses(WHY "CREATE ROLE \"\";", "2:13 the name is empty");
	refuses(WHY "CREATE ROLE a234567890123456789012345678901234567890123456789012345678901234;",
			"2:13 the name has 64 bytes, and at most 63 are allowed");
	refuses(WHY "CREATE ROLE \"x", "2:13 the name that begins here has no closing quote");
	refuses(WHY "/* /* */ CREATE", "2:1 the comment that begins here has no end");
	refuses(WHY "CREATE SERVICE s ROLE r MODE NONE;",
			"2:30 a service of mode NONE has no role | Write ROLE name MODE VERIFY, or MODE NONE "
			"alone.");
	refuses(WHY "CREATE SERVICE s MODE often;",
			"2:23 found \"often\", expected VERIFY, \"auto-migrate\" or NONE");
	refuses("-- \xFF", "1:4 the file is not in UTF-8");
	refuses("-- \xC3", "1:4 the file is not in UTF-8");
}

static void
check_grants(void)
{
	refuses(ROLES WHY "GRANT SELECT TABLE", "8:14 found \"TABLE\", expected ON or TO");
	refuses(ROLES WHY "GRANT ALL ON SCHEMA s TO r;",
			"8:7 ALL is refused | Name the privileges that are needed.");
	refuses(
		ROLES WHY "GRANT SELECT ON SCHEMA s TO r;",
		"8:7 found \"SELECT\", which is no privilege of a schema | A schema has: USAGE, CREATE.");
	refuses(
		ROLES WHY "GRANT SELECT, EXECUTE ON TABLE s.t TO r;",
		"8:15 found \"EXECUTE\", which is no privilege of a table | A table has: SELECT, INSERT, "
		"UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER, MAINTAIN.");
	refuses(ROLES WHY "GRANT DELETE (a) ON TABLE s.t TO r;",
			"8:7 privilege \"DELETE\" has no columns here");
	refuses(ROLES WHY "GRANT SELECT (a) ON SEQUENCE s.t TO r;",
			"8:7 privilege \"SELECT\" has no columns here");
	refuses(ROLES WHY "GRANT SELECT (a) ON ALL TABLES IN SCHEMA s TO r;",
			"8:7 columns of all tables of a schema can't be granted | Name the table.");
	refuses(ROLES WHY "GRANT SELECT ON TABLE t TO r;", "8:25 found \"TO\", expected \".\"");
	refuses(ROLES WHY "GRANT CONNECT ON DATABASE hh TO r;", "8:27 found \"hh\", expected CURRENT");
	refuses(ROLES WHY "GRANT SELECT ON TABLE s.t TO nobody;",
			"8:1 role \"nobody\" is not declared | CREATE ROLE declares it, in the same profile or "
			"in all.");
	refuses(ROLES WHY "GRANT SELECT ON TABLE s.t TO PUBLIC WITH GRANT OPTION;",
			"8:1 PUBLIC can't hold a privilege with grant option");
	refuses(ROLES WHY "GRANT SELECT ON TABLE s.t TO r, r;", "8:1 line 8 says the same already");
	refuses(ROLES WHY "GRANT EXECUTE ON FUNCTION s.f(int) TO r;\n" WHY
					  "GRANT EXECUTE ON FUNCTION s.f(integer) TO r;",
			"10:1 line 8 says the same already");
	refuses(ROLES WHY "ALTER TABLE s.t OWNER TO o;\n" WHY "ALTER TABLE s.t OWNER TO other;",
			"10:1 line 8 gives it to role \"o\" | An object has one owner.");
	refuses(ROLES WHY "GRANT o TO o;", "8:1 role \"o\" would be a member of itself");
	refuses(ROLES WHY "GRANT o TO r;\n" WHY "GRANT r TO other;\n" WHY "GRANT other TO o;",
			"8:1 role \"r\" would be a member of itself");
	refuses(ROLES WHY "GRANT o TO r WITH GRANT OPTION;",
			"8:19 found \"GRANT\", expected ADMIN, INHERIT or SET");
	refuses(ROLES WHY "GRANT o TO r GRANTED BY other;", "8:14 found \"GRANTED\", expected \";\"");
	refuses(ROLES WHY
			"ALTER DEFAULT PRIVILEGES FOR ROLE o IN SCHEMA s GRANT USAGE ON SCHEMAS TO r;",
			"8:64 found \"SCHEMAS\", expected TABLES, SEQUENCES, FUNCTIONS or TYPES");
	refuses(ROLES WHY "ALTER ROLE r SET a TO 1;", "8:14 found \"SET\", expected IN");
	refuses(ROLES WHY "ALTER ROLE r IN DATABASE CURRENT SET a TO 10s;",
			"8:43 a number ends in letters | Put a value with a unit between quotes: '10s'.");
	refuses(ROLES WHY "ALTER ROLE r IN DATABASE CURRENT SET search_path TO a;",
			"8:1 setting \"search_path\" is a list, which a policy does not take");
	refuses(ROLES WHY "CREATE ROLE r;", "8:1 line 4 declares role \"r\" already");
	refuses(ROLES WHY "CREATE SERVICE s ROLE o MODE VERIFY;",
			"8:1 role \"o\" of the service may not log in | Line 2 declares it NOLOGIN.");
}

/* The one that is shipped: what a reader of it counts on. */
static void
check_bundled(void)
{
	static const char *const profiles[] = {"strict", "auto-migrate"};

	for (size_t i = 0; i < lengthof(profiles); i++)
	{
		Policy policy = accepts(bundled_policy, profiles[i], profiles[i]);

		is_text(policy_owner(&policy), "hh_owner", "... the owner");
		is_int(policy.role_count, 5 + (int) i, "... its roles");
		is_int(policy.service_count, 8, "... all services");
		for (int entry = 0; entry < policy.entry_count; entry++)
		{
			if (policy.entries[entry].role == NULL &&
				strcmp(policy.entries[entry].privilege, "EXECUTE") != 0)
				ok(false, "PUBLIC may execute, and nothing else");
		}
		policy_free(&policy);
	}
}

static void
check_nul(void)
{
	Policy policy = {0};
	PolicyError error = {0};

	ok(!policy_read(&policy, "-- a\0b", 6, NULL, &error), "a NUL byte");
	is_text(error.message, "the file holds a NUL byte", "... message");
	policy_error_free(&error);
	policy_free(&policy);
}

int
main(void)
{
	check_roles();
	check_entries();
	check_profiles();
	check_syntax();
	check_grants();
	check_bundled();
	check_nul();
	return tap_done();
}
