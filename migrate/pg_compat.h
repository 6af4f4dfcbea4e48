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

#endif /* HH_PG_COMPAT_H */
