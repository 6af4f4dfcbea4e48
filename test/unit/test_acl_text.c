/*
 * test_acl_text.c
 *		Who may create in a schema, by its ACL's text: never a creator missed.
 */
#include "postgres_fe.h"

#include "acl_text.h"
#include "tap.h"

static void
check(bool expected, const char *acl, const char *name)
{
	ok(acl_text_may_have_creators(acl, "hh_owner") == expected, name);
}

int
main(void)
{
	check(false, "{}", "an empty ACL");
	check(false, "{hh_owner=UC/hh_owner}", "the owner alone");
	check(false, "{hh_owner=U*C*/hh_owner}", "the owner, with grant options");
	check(false, "{hh_owner=UC/hh_owner,hh_app=U/hh_owner,=U/hh_owner}", "others with USAGE");
	check(false, "{CREATOR=U/hh_owner}", "a C in a name is no privilege");
	check(false, "{hh_app=U/C}", "nor in the grantor's");
	check(true, "{hh_owner=UC/hh_owner,hh_app=UC/hh_owner}", "another role with CREATE");
	check(true, "{hh_app=C/hh_owner}", "the only item");
	check(true, "{hh_app=U/hh_owner,hh_app=C/postgres}", "by another grantor");
	check(true, "{hh_app=C*/hh_owner}", "with its grant option");
	check(true, "{=UC/hh_owner}", "PUBLIC");
	check(true, "{hh_owne=C/hh_owner}", "a name that the owner's begins with");
	check(true, "{hh_owner2=C/hh_owner}", "a name that begins with the owner's");
	check(true, "{16385=UC/hh_owner}", "a role that is gone");
	check(true, "{\"\\\"a=U/b\\\"=UC/hh_owner\"}", "a quoted name");
	check(true, "[0:0]={hh_owner=UC/hh_owner}", "other bounds");
	check(true, "{hh_owner=UC}", "what is no item");
	check(true, "{garbage}", "nor that");
	return tap_done();
}
