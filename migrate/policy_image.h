/*
 * policy_image.h
 *		The policy's image in the database: hh.policy_source, hh.policy_role, hh.policy and
 *		hh.service.
 */
#ifndef HH_POLICY_IMAGE_H
#define HH_POLICY_IMAGE_H

#include "policy.h"
#include "session.h"

/* Strings are NULL where no image is recorded. */
typedef struct PolicyImage
{
	bool has_tables;
	char *checksum;
	char *profile;
	bool is_altered; /* its rows are not those of the policy that it was held against */
} PolicyImage;

/*
 * Reads which policy is recorded, and holds its rows against one: they are the owner's to
 * write, and what they ask for is not to be followed on their word.  Nothing is read where
 * the session can't act as the owner.  Logs and returns false on failure.
 */
extern bool policy_image_look(const Session *session, const Policy *policy, PolicyImage *image);
extern void policy_image_free(PolicyImage *image);

/* Replaces the image, whole, in a transaction.  Logs and returns false on failure. */
extern bool policy_image_replace(const Session *session, const Policy *policy, const char *origin);

/* The same in the transaction that is open. */
extern bool policy_image_write(const Session *session, const Policy *policy, const char *origin);

/* Whether it is of the policy and its profile, and unaltered. */
extern bool policy_image_is_of(const PolicyImage *image, const Policy *policy);

/* Whether it says that it is of the policy and its profile, and is not. */
extern bool policy_image_is_altered(const PolicyImage *image, const Policy *policy);

#endif /* HH_POLICY_IMAGE_H */
