/*
 * acl_text.c
 *		An ACL as PostgreSQL writes it, looked through without the server.
 */
#include "postgres_fe.h"

#include "acl_text.h"

/* An item is grantee=privileges/grantor. */
static bool
may_be_creator(const char *item, size_t length, const char *owner)
{
	const char *equals = memchr(item, '=', length);
	const char *slash = equals ? memchr(equals, '/', (size_t) (item + length - equals)) : NULL;
	size_t grantee = equals ? (size_t) (equals - item) : 0;

	if (slash == NULL)
		return true;
	return memchr(equals, 'C', (size_t) (slash - equals)) != NULL &&
		   (grantee != strlen(owner) || memcmp(item, owner, grantee) != 0);
}

bool
acl_text_may_have_creators(const char *acl, const char *owner)
{
	if (acl[0] != '{' || strpbrk(acl, "\"\\") != NULL)
		return true;
	for (const char *item = acl + 1; *item != '}' && *item != '\0';)
	{
		size_t length = strcspn(item, ",}");

		if (may_be_creator(item, length, owner))
			return true;
		item += length;
		if (*item == ',')
			item++;
	}
	return false;
}
