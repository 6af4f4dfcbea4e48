/*
 * audit.c
 *		hh.audit(): the policy's image held against the catalogs, one row a difference.
 */
#include "postgres.h"

#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/tuplestore.h"

#include "audit_finding.h"
#include "compat.h"
#include "owner_context.h"

#define RESULT_COLUMNS 11

static const char *const verdict_names[] = {
	[VERDICT_MISSING] = "missing",
	[VERDICT_EXCESS] = "excess",
	[VERDICT_WRONG_OWNER] = "wrong owner",
	[VERDICT_WRONG_DEFAULT] = "wrong default",
	[VERDICT_WRONG_ATTRIBUTE] = "wrong attribute",
	[VERDICT_WRONG_MEMBERSHIP] = "wrong membership",
	[VERDICT_UNKNOWN_ROLE] = "unknown role",
};

static const char *const severity_names[] = {
	[SEVERITY_ERROR] = "error",
	[SEVERITY_WARNING] = "warning",
	[SEVERITY_NOTE] = "note",
};

void
AddFinding(Audit *audit, const Finding *finding)
{
	if (audit->count == audit->capacity)
	{
		audit->capacity = Max(64, audit->capacity * 2);
		audit->findings = audit->findings == NULL
							  ? palloc(audit->capacity * sizeof(Finding))
							  : repalloc_huge(audit->findings, audit->capacity * sizeof(Finding));
	}
	audit->findings[audit->count++] = *finding;
}

static void
PutText(Datum *values, bool *nulls, int column, const char *text)
{
	nulls[column] = text == NULL;
	values[column] = text != NULL ? CStringGetTextDatum(text) : (Datum) 0;
}

static void
PutName(Datum *values, bool *nulls, int column, const char *name)
{
	nulls[column] = name == NULL;
	values[column] = name != NULL ? DirectFunctionCall1(namein, CStringGetDatum(name)) : (Datum) 0;
}

static void
ReportFinding(ReturnSetInfo *result, const Audit *audit, const Finding *finding)
{
	Datum values[RESULT_COLUMNS];
	bool nulls[RESULT_COLUMNS];

	PutText(values, nulls, 0, verdict_names[finding->verdict]);
	PutText(values, nulls, 1, severity_names[finding->severity]);
	PutName(values, nulls, 2,
			finding->role == ACL_ID_PUBLIC ? NULL : RoleName(&audit->policy, finding->role));
	PutText(values, nulls, 3, ObjectKindName(finding->object_type));
	PutName(values, nulls, 4, finding->object_schema);
	PutText(values, nulls, 5, finding->object_name);
	PutName(values, nulls, 6, finding->column_name);
	PutText(values, nulls, 7, finding->privilege);
	PutText(values, nulls, 8, finding->path);
	PutText(values, nulls, 9, finding->remedy);
	nulls[10] = finding->line == 0;
	values[10] = Int32GetDatum(finding->line);
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

/* In the order in which the remedies can be run; within a phase, as they were found. */
static void
ReportFindings(ReturnSetInfo *result, const Audit *audit, Oid only_role)
{
	MemoryContext row_context =
		AllocSetContextCreate(CurrentMemoryContext, "audit finding", ALLOCSET_DEFAULT_SIZES);
	MemoryContext previous = MemoryContextSwitchTo(row_context);

	for (int phase = 0; phase < PHASE_COUNT; phase++)
	{
		for (int i = 0; i < audit->count; i++)
		{
			const Finding *finding = &audit->findings[i];

			if (finding->phase != (Phase) phase ||
				(OidIsValid(only_role) && finding->role != only_role &&
				 finding->other_role != only_role))
				continue;
			CHECK_FOR_INTERRUPTS();
			MemoryContextReset(row_context);
			ReportFinding(result, audit, finding);
		}
	}
	MemoryContextSwitchTo(previous);
	MemoryContextDelete(row_context);
}

PG_FUNCTION_INFO_V1(hh_audit);
Datum
hh_audit(PG_FUNCTION_ARGS)
{
	Oid only_role = PG_ARGISNULL(0) ? InvalidOid : PG_GETARG_OID(0);
	Audit audit = {0};
	int level;

	InitMaterializedSRF(fcinfo, 0);
	Assert(((ReturnSetInfo *) fcinfo->resultinfo)->setDesc->natts == RESULT_COLUMNS);

	/* How types and functions are written depends on search_path. */
	level = PinSettings();
	audit.policy = ReadPolicyImage();
	AuditRoles(&audit);
	AuditMembers(&audit);
	AuditObjects(&audit);
	AuditDefaults(&audit);
	ReportFindings((ReturnSetInfo *) fcinfo->resultinfo, &audit, only_role);
	AtEOXact_GUC(false, level);
	return (Datum) 0;
}
