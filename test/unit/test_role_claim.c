/* What databases claim in the comment of a role. */
#include "postgres_fe.h"

#include "pqexpbuffer.h"

#include "role_claim.h"
#include "tap.h"

/* A comment's lines as they were understood, with " | " between them. */
static void
check(const char *comment, const char *expected, const char *what)
{
	PQExpBuffer text = createPQExpBuffer();
	RoleClaim claim;

	while (role_claim_next(&comment, &claim))
	{
		ClaimedAttributes is = role_claim_attributes(&claim);
		const char *words = claim.words;
		ClaimedMember member;

		appendPQExpBuffer(text, "%s%.*s", text->len > 0 ? " | " : "", (int) claim.length,
						  claim.line);
		if (claim.database[0] == '\0')
			continue;
		appendPQExpBuffer(text, " = %s: %d%d%d%d%d%d %d", claim.database, is.can_login, is.inherit,
						  is.create_db, is.create_role, is.replication, is.bypass_rls,
						  is.connection_limit);
		while (role_claim_next_member(&claim, &words, &member))
			appendPQExpBuffer(text, ", %s %d%d%d", member.name, member.admin, member.inherit,
							  member.set);
	}
	is_text(text->data, expected, what);
	destroyPQExpBuffer(text);
}

static void
check_members(void)
{
	const char *comment = "hh-migrate \"d\" MEMBER \"a\" ADMIN MEMBER \"b\" MEMBER \"a\" SET";
	ClaimedMember found = {.inherit = true};
	RoleClaim claim;

	role_claim_next(&comment, &claim);
	ok(!role_claim_has_member(&claim, "c", &found), "no such member");
	ok(role_claim_has_member(&claim, "b", &found) && !found.admin && found.inherit,
	   "a member without options");
	ok(role_claim_has_member(&claim, "a", &found) && found.admin && found.inherit && found.set,
	   "a member that is there twice, and what was found before");
}

static void
check_sums(void)
{
	ClaimedAttributes sum = {.can_login = true, .connection_limit = 5};

	claimed_attributes_add(&sum, &(ClaimedAttributes){.create_db = true, .connection_limit = 3});
	ok(sum.can_login && sum.create_db && !sum.inherit && sum.connection_limit == 5,
	   "the sum of attributes, and the higher limit");
	claimed_attributes_add(&sum, &(ClaimedAttributes){.connection_limit = -1});
	ok(sum.connection_limit == -1, "no limit is more than any");
}

int
main(void)
{
	check("", "", "no comment");
	check("For reports.\nhh-migrate is great", "For reports. | hh-migrate is great",
		  "people's own lines");
	check("hh-migrate \"main\"", "hh-migrate \"main\" = main: 000000 -1", "nothing");
	check("x\nhh-migrate \"a b\" LOGIN INHERIT CREATEDB LIMIT 7\n\nhh-migrate \"c\" BYPASSRLS",
		  "x | hh-migrate \"a b\" LOGIN INHERIT CREATEDB LIMIT 7 = a b: 111000 7 |  | "
		  "hh-migrate \"c\" BYPASSRLS = c: 000001 -1",
		  "attributes");
	check("hh-migrate \"d\" LOGIN MEMBER \"r 1\" ADMIN SET MEMBER \"MEMBER\" INHERIT MEMBER \"x\"",
		  "hh-migrate \"d\" LOGIN MEMBER \"r 1\" ADMIN SET MEMBER \"MEMBER\" INHERIT MEMBER \"x\" "
		  "= d: 100000 -1, r 1 101, MEMBER 010, x 000",
		  "members, whose options are no attributes");
	check("hh-migrate \"q\\\"\\\\\\n\" MEMBER \"\\\" LOGIN\"",
		  "hh-migrate \"q\\\"\\\\\\n\" MEMBER \"\\\" LOGIN\" = q\"\\\n: 000000 -1, \" LOGIN 000",
		  "names with quote, backslash and line feed");
	check("hh-migrate \"d\" MEMBER LOGIN", "hh-migrate \"d\" MEMBER LOGIN = d: 000000 -1",
		  "a member that is no name");
	check("hh-migrate \"d\" MEMBER", "hh-migrate \"d\" MEMBER = d: 000000 -1", "no member");
	check("hh-migrate \"d", "hh-migrate \"d = d: 000000 -1", "a name without end");
	check("hh-migrate \"1234567890123456789012345678901234567890123456789012345678901234567\"",
		  "hh-migrate \"1234567890123456789012345678901234567890123456789012345678901234567\" = "
		  "123456789012345678901234567890123456789012345678901234567890123: 000000 -1",
		  "a name that is too long");
	check_members();
	check_sums();
	return tap_done();
}
