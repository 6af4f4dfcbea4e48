/*
 * audit_claim.c
 *		What databases' policies say of a role, as far as an audit goes by it.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/indexing.h"
#include "catalog/pg_authid.h"
#include "catalog/pg_shdescription.h"
#include "commands/dbcommands.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/rel.h"

#include "audit_claim.h"

/* The role's comment, or "". */
static const char *
RoleComment(Oid role)
{
	Relation catalog = table_open(SharedDescriptionRelationId, AccessShareLock);
	const char *comment = "";
	ScanKeyData keys[2];
	SysScanDesc scan;
	HeapTuple tuple;

	ScanKeyInit(&keys[0], Anum_pg_shdescription_objoid, BTEqualStrategyNumber, F_OIDEQ,
				ObjectIdGetDatum(role));
	ScanKeyInit(&keys[1], Anum_pg_shdescription_classoid, BTEqualStrategyNumber, F_OIDEQ,
				ObjectIdGetDatum(AuthIdRelationId));
	scan = systable_beginscan(catalog, SharedDescriptionObjIndexId, true, NULL, 2, keys);
	if (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		bool is_null;
		Datum value = heap_getattr(tuple, Anum_pg_shdescription_description,
								   RelationGetDescr(catalog), &is_null);

		if (!is_null)
			comment = TextDatumGetCString(value);
	}
	systable_endscan(scan);
	table_close(catalog, AccessShareLock);
	return comment;
}

static bool
IsHere(const RoleClaim *claim)
{
	return strcmp(claim->database, get_database_name(MyDatabaseId)) == 0;
}

/* What a database that is gone has claimed, nobody wants any more. */
static bool
IsElsewhere(const RoleClaim *claim)
{
	return claim->database[0] != '\0' && !IsHere(claim) &&
		   OidIsValid(get_database_oid(claim->database, true));
}

void
AddClaimedAttributes(Oid role, ClaimedAttributes *sum)
{
	const char *comment = RoleComment(role);
	RoleClaim claim;

	while (role_claim_next(&comment, &claim))
	{
		ClaimedAttributes said = role_claim_attributes(&claim);

		if (IsElsewhere(&claim))
			claimed_attributes_add(sum, &said);
	}
}

bool
IsClaimedElsewhere(Oid group, Oid member, ClaimedMember *found)
{
	const char *comment = RoleComment(group);
	const char *name = GetUserNameFromId(member, true);
	RoleClaim claim;
	bool is_claimed = false;

	while (name != NULL && role_claim_next(&comment, &claim))
	{
		if (IsElsewhere(&claim))
			is_claimed |= role_claim_has_member(&claim, name, found);
	}
	return is_claimed;
}

bool
IsClaimedHere(Oid group, Oid member)
{
	const char *comment = RoleComment(group);
	const char *name = GetUserNameFromId(member, true);
	ClaimedMember found = {.admin = false};
	RoleClaim claim;
	bool is_claimed = false;

	while (name != NULL && role_claim_next(&comment, &claim))
	{
		if (IsHere(&claim))
			is_claimed |= role_claim_has_member(&claim, name, &found);
	}
	return is_claimed;
}
