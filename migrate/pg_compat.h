/*
 * pg_compat.h
 *		What differs between the PostgreSQL versions that this program is built
 *		with or talks to.
 */
#ifndef HH_PG_COMPAT_H
#define HH_PG_COMPAT_H

#if PG_VERSION_NUM < 150000
#error "hh-migrate needs PostgreSQL 15 or newer to build"
#endif

#define OLDEST_SERVER_VERSION 150000

/* From here on, a server has the setting transaction_timeout. */
#define TRANSACTION_TIMEOUT_VERSION 170000

/*
 * The word of pg_has_role() for "may SET ROLE to it".  Before 16 every member
 * could; from 16 a membership is granted with or without SET.
 */
#define SET_ROLE_PRIVILEGE(server_version) ((server_version) >= 160000 ? "SET" : "MEMBER")

/*
 * From 16, CREATEROLE reaches only roles on which one has ADMIN; before, all but superusers
 * and replication roles.
 */
#define CREATEROLE_NEEDS_ADMIN(server_version) ((server_version) >= 160000)

/* From here on, a membership is granted with INHERIT and SET or without, once a grantor. */
#define MEMBER_OPTIONS_VERSION 160000

/* Before 16 a server has no setting scram_iterations, and always takes this many. */
#define DEFAULT_SCRAM_ITERATIONS "4096"

/* From 16, libpgcommon's function takes the hash too; from 18, salt is of another type. */
#if PG_VERSION_NUM >= 160000
#define SCRAM_BUILD_SECRET(salt, length, iterations, password, error)                              \
	scram_build_secret(PG_SHA256, SCRAM_SHA_256_KEY_LEN, (const void *) (salt), length,            \
					   iterations, password, error)
#else
#define SCRAM_BUILD_SECRET(salt, length, iterations, password, error)                              \
	scram_build_secret((const void *) (salt), length, iterations, password, error)
#endif

/*
 * For the setting require_auth: no request for the password as such or for its MD5 is answered.
 * Before 16, libpq has no such setting, and lets it pass where it is NULL.
 */
#if PG_VERSION_NUM >= 160000
#define REQUIRE_AUTH "!password,!md5"
#else
#define REQUIRE_AUTH NULL
#endif

#endif /* HH_PG_COMPAT_H */
