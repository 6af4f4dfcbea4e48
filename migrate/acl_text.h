/*
 * acl_text.h
 *		An ACL as PostgreSQL writes it, looked through without the server.
 */
#ifndef HH_ACL_TEXT_H
#define HH_ACL_TEXT_H

#include <stdbool.h>

/*
 * Whether a schema's ACL, such as {owner=UC/owner,app=U/owner}, may give CREATE to somebody besides the
 * owner.  True in doubt, as where a name is quoted: the server is then to say who.
 */
extern bool acl_text_may_have_creators(const char *acl, const char *owner);

#endif /* HH_ACL_TEXT_H */
