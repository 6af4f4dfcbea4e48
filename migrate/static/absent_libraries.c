/*
 * absent_libraries.c
 *		Kerberos and LDAP, for a program that is linked without them.
 *
 * libpq.a, as distributions build it, calls the GSSAPI for a server that asks for Kerberos, and LDAP
 * for a service file that refers to it.  Both come as shared libraries alone: they are twenty of the
 * two dozen that a program with libpq loads at each start.  What stands in their place says that there
 * is none; libpq does without (gssencmode=prefer), or says why it can't connect.
 *
 * The functions are known to the linker by name alone, and what libpq passes to them is looked at only
 * where it is declared.
 */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* As gssapi/gssapi.h, which is in a package of its own, has them. */
#define GSS_FAILURE	 (13u << 16)
#define GSS_COMPLETE 0

typedef struct GssBuffer
{
	size_t length;
	void *value;
} GssBuffer;

extern void *GSS_C_NT_HOSTBASED_SERVICE;
void *GSS_C_NT_HOSTBASED_SERVICE = NULL;

#define RETURNS(type, name, value)                                                                 \
	extern type name(void);                                                                        \
	type name(void)                                                                                \
	{                                                                                              \
		return value;                                                                              \
	}

RETURNS(uint32_t, gss_acquire_cred, GSS_FAILURE)
RETURNS(uint32_t, gss_import_name, GSS_FAILURE)
RETURNS(uint32_t, gss_init_sec_context, GSS_FAILURE)
RETURNS(uint32_t, gss_unwrap, GSS_FAILURE)
RETURNS(uint32_t, gss_wrap, GSS_FAILURE)
RETURNS(uint32_t, gss_wrap_size_limit, GSS_FAILURE)
RETURNS(uint32_t, gss_delete_sec_context, GSS_COMPLETE)
RETURNS(uint32_t, gss_release_buffer, GSS_COMPLETE)
RETURNS(uint32_t, gss_release_cred, GSS_COMPLETE)
RETURNS(uint32_t, gss_release_name, GSS_COMPLETE)

extern uint32_t gss_display_status(uint32_t *minor, uint32_t status, int type, void *mechanism,
								   uint32_t *message_context, GssBuffer *text);

uint32_t
gss_display_status(uint32_t *minor, uint32_t status, int type, void *mechanism,
				   uint32_t *message_context, GssBuffer *text)
{
	static char absent[] = "this program is linked without Kerberos";

	(void) status;
	(void) type;
	(void) mechanism;
	*minor = 0;
	*message_context = 0;
	*text = (GssBuffer){strlen(absent), absent};
	return GSS_COMPLETE;
}

/* The first one called is ldap_init(), and without a connection none of the others is. */
RETURNS(void *, ldap_init, NULL)
RETURNS(void *, ldap_first_entry, NULL)
RETURNS(void *, ldap_get_values_len, NULL)
RETURNS(void *, ldap_err2string, NULL)
RETURNS(int, ldap_count_entries, 0)
RETURNS(int, ldap_msgfree, 0)
RETURNS(int, ldap_result, 0)
RETURNS(int, ldap_search_st, 0)
RETURNS(int, ldap_set_option, 0)
RETURNS(int, ldap_simple_bind, 0)
RETURNS(int, ldap_unbind, 0)
RETURNS(void *, ldap_value_free_len, NULL)
