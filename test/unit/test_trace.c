/* From catalogs to effects, and from effects to findings. */
#include "postgres_fe.h"

#include "tap.h"
#include "trace_effect.h"
#include "trace_finding.h"

#define TABLE	 100
#define OTHER	 200
#define WHOLE	 300
#define PART_ONE 301
#define PART_TWO 302
#define VIEW	 400
#define MADE	 900

#define MOST 12

/* Room for a catalog, whose arrays are ordered. */
typedef struct Room
{
	CatalogRelation relations[MOST];
	CatalogColumn columns[MOST];
	CatalogIndex indexes[MOST];
	CatalogConstraint constraints[MOST];
	TraceCatalog catalog;
} Room;

/* Before a migration, before its second statement, and after that. */
static Room beginning;
static Room before;
static Room after;
static MigrationSet migrations;
static Trace trace;
static TraceFindingList findings;

static void
link_room(Room *room)
{
	room->catalog.relations = room->relations;
	room->catalog.columns = room->columns;
	room->catalog.indexes = room->indexes;
	room->catalog.constraints = room->constraints;
}

static void
copy_room(Room *to, const Room *from)
{
	*to = *from;
	link_room(to);
}

static CatalogRelation *
relation(Room *room, Oid oid)
{
	return unconstify(CatalogRelation *, catalog_relation(&room->catalog, oid));
}

static CatalogColumn *
column(Room *room, Oid oid, int number)
{
	return unconstify(CatalogColumn *, catalog_column(&room->catalog, oid, number));
}

static void
add_relation(Room *room, Oid oid, char kind, const char *name, Oid root)
{
	room->relations[room->catalog.relation_count++] =
		(CatalogRelation){.oid = oid,
						  .kind = kind,
						  .name = name,
						  .filenode = kind == 'r' ? oid : InvalidOid,
						  .root = root};
}

static void
add_column(Room *room, Oid oid, int number, const char *name)
{
	room->columns[room->catalog.column_count++] =
		(CatalogColumn){.relation = oid, .number = number, .name = name, .type = "integer"};
}

static void
add_index(Room *room, Oid oid, Oid table, const char *name, Oid filenode)
{
	room->indexes[room->catalog.index_count++] =
		(CatalogIndex){.oid = oid,
					   .relation = table,
					   .filenode = filenode,
					   .name = name,
					   .definition = "CREATE INDEX CONCURRENTLY i ON s.t (a)",
					   .constraint = ""};
}

static CatalogConstraint *
add_constraint(Room *room, Oid table, char type, bool validated)
{
	CatalogConstraint *constraint = &room->constraints[room->catalog.constraint_count++];

	*constraint = (CatalogConstraint){.relation = table,
									  .type = type,
									  .name = "x",
									  .validated = validated,
									  .definition = "CHECK (a > 0)",
									  .columns = "a"};
	return constraint;
}

/* Two tables, a partitioned one, and a view; statements one and two of a file. */
static void
start(const char *text)
{
	BundledMigration files[] = {{"1000_a.sql", text, strlen(text)}, {0}};

	memset(&beginning, 0, sizeof(beginning));
	link_room(&beginning);
	add_relation(&beginning, TABLE, 'r', "s.t", TABLE);
	add_relation(&beginning, OTHER, 'r', "s.other", OTHER);
	add_relation(&beginning, WHOLE, 'p', "s.whole", WHOLE);
	add_relation(&beginning, PART_ONE, 'r', "s.one", WHOLE);
	add_relation(&beginning, PART_TWO, 'r', "s.two", WHOLE);
	add_relation(&beginning, VIEW, 'v', "s.v", VIEW);
	add_column(&beginning, TABLE, 1, "a");
	add_column(&beginning, TABLE, 2, "\"B\"");
	add_column(&beginning, VIEW, 1, "a");
	add_index(&beginning, 150, TABLE, "s.old_idx", 150);
	copy_room(&before, &beginning);
	copy_room(&after, &beginning);

	trace_findings_free(&findings);
	trace_free(&trace);
	migration_set_free(&migrations);
	if (!migration_set_read(&migrations, files) || !migration_set_split(&migrations))
		abort();
	trace_add_migration(&trace, &migrations.items[0], true);
}

/* Takes the statement that leads from before to after; the next begins there. */
static void
step(void)
{
	TracedMigration *migration = &trace.migrations[0];

	trace_add_statement(migration)->in_transaction = true;
	effects_find(migration, &beginning.catalog, &before.catalog, &after.catalog);
	copy_room(&before, &after);
}

/* Expected: "RULE@STATEMENT ..." */
static void
finds(const char *expected, const char *what)
{
	char got[512] = "";

	effects_conclude(&trace.migrations[0], 0, &beginning.catalog, &after.catalog);
	trace_findings_free(&findings);
	trace_findings_make(&findings, &trace);
	for (int i = 0; i < findings.count; i++)
	{
		size_t used = strlen(got);

		snprintf(got + used, sizeof(got) - used, "%s%s@%d", i ? " " : "",
				 rule_name(findings.items[i].rule->id), findings.items[i].statement + 1);
	}
	is_text(got, expected, what);
}

static void
check_locks(void)
{
	start("SELECT 1; SELECT 2; SELECT 3;");
	relation(&after, TABLE)->lock = LOCK_ROW_EXCLUSIVE;
	step();
	relation(&after, TABLE)->lock = LOCK_ACCESS_EXCLUSIVE;
	relation(&after, OTHER)->lock = LOCK_SHARE;
	step();
	step();
	finds("", "locks alone are no finding");
	trace.migrations[0].statements[0].milliseconds = 1;
	trace.migrations[0].statements[1].milliseconds = 20;
	trace.migrations[0].statements[2].milliseconds = 300;
	is_int(trace.migrations[0].statements[0].effect_count, 1, "the lock of a statement");
	is_int(trace.migrations[0].statements[1].effect_count, 2, "two, one of them stronger");
	is_int(trace.migrations[0].statements[2].effect_count, 0, "what is held is not taken again");
	is_text(traced_strongest_lock(&trace.migrations[0])->relation, "s.t", "the strongest lock");
	is_int(
		traced_milliseconds_held(&trace.migrations[0], traced_strongest_lock(&trace.migrations[0])),
		320, "... is held to the end of the transaction");
	trace.migrations[0].is_one_transaction = false;
	is_int(
		traced_milliseconds_held(&trace.migrations[0], traced_strongest_lock(&trace.migrations[0])),
		20, "... or of the statement");
}

static void
check_new_table(void)
{
	start("SELECT 1; SELECT 2;");
	add_relation(&after, MADE, 'r', "s.made", MADE);
	add_column(&after, MADE, 1, "a");
	step();
	relation(&after, MADE)->lock = LOCK_ACCESS_EXCLUSIVE;
	relation(&after, MADE)->scans = 1;
	relation(&after, MADE)->filenode = 901;
	column(&after, MADE, 1)->not_null = true;
	column(&after, MADE, 1)->name = "z";
	add_index(&after, 950, MADE, "s.i", 950);
	add_constraint(&after, MADE, 'f', true)->lacks_index = true;
	step();
	is_int(trace.migrations[0].statements[1].effect_count, 0, "a table of the same migration");
	finds("", "... makes no finding");
}

static void
check_indexes(void)
{
	start("SELECT 1;");
	relation(&after, TABLE)->lock = LOCK_SHARE;
	relation(&after, TABLE)->scans = 1;
	add_index(&after, 151, TABLE, "s.i", 151);
	step();
	finds("blocking-index-build@1", "an index, built under SHARE");
	is_text(findings.items[0].instead,
			"in a migration with \"-- hh: no-transaction\": CREATE INDEX CONCURRENTLY i ON s.t "
			"(a);",
			"... what to write instead");
	is_text(findings.items[0].found, "built index s.i on s.t under SHARE", "... what it did");

	start("SELECT 1;");
	add_index(&after, 151, TABLE, "s.i", 151);
	trace_add_statement(&trace.migrations[0]);
	effects_find(&trace.migrations[0], &beginning.catalog, &before.catalog, &after.catalog);
	finds("", "one that was built concurrently");
	is_text(lock_name(trace.migrations[0].statements[0].effects[0].lock), "SHARE UPDATE EXCLUSIVE",
			"... under which lock");

	start("SELECT 1;");
	relation(&after, TABLE)->lock = LOCK_ACCESS_EXCLUSIVE;
	after.indexes[0].oid = 151;
	step();
	finds("", "one that was kept, with another oid");
	after.indexes[0].filenode = 151;
	step();
	finds("blocking-index-build@2 long-work-under-exclusive-lock@2", "one that was built anew");

	start("SELECT 1;");
	relation(&after, TABLE)->lock = LOCK_ACCESS_EXCLUSIVE;
	add_index(&after, 151, TABLE, "s.i", 151);
	after.indexes[1].constraint = "ADD CONSTRAINT i UNIQUE USING INDEX i";
	step();
	finds("blocking-index-build@1", "a unique constraint");
	ok(strstr(findings.items[0].instead, "ALTER TABLE s.t ADD CONSTRAINT i UNIQUE USING INDEX i;"),
	   "... is made of an index");
}

static void
check_partitions(void)
{
	start("SELECT 1;");
	relation(&after, WHOLE)->lock = LOCK_SHARE;
	relation(&after, PART_ONE)->lock = LOCK_SHARE;
	relation(&after, PART_TWO)->lock = LOCK_SHARE;
	relation(&after, PART_ONE)->scans = 1;
	relation(&after, PART_TWO)->scans = 1;
	add_index(&after, 350, WHOLE, "s.i", InvalidOid);
	add_index(&after, 351, PART_ONE, "s.i", 351);
	add_index(&after, 352, PART_TWO, "s.i", 352);
	step();
	is_int(trace.migrations[0].statements[0].effect_count, 3, "partitions go with their table");
	is_int(trace.migrations[0].statements[0].effects[1].partitions, 1, "... and are counted");
	finds("blocking-index-build@1", "... in one finding");
	is_text(findings.items[0].effect->relation, "s.whole", "... of the table");

	start("SELECT 1;");
	relation(&after, PART_ONE)->lock = LOCK_ACCESS_EXCLUSIVE;
	relation(&after, PART_ONE)->scans = 1;
	step();
	finds("scan-under-lock@1", "a partition on its own");
	is_text(findings.items[0].effect->relation, "s.one", "... is named");
}

static void
check_constraints(void)
{
	start("SELECT 1; SELECT 2;");
	relation(&after, TABLE)->lock = LOCK_ACCESS_EXCLUSIVE;
	relation(&after, TABLE)->scans = 1;
	add_constraint(&after, TABLE, 'c', true);
	step();
	finds("constraint-not-valid-missing@1", "a constraint, checked at once");
	ok(strstr(findings.items[0].instead, "ADD CONSTRAINT x CHECK (a > 0) NOT VALID;") != NULL,
	   "... what to write instead");

	start("SELECT 1;");
	relation(&after, TABLE)->lock = LOCK_ACCESS_EXCLUSIVE;
	add_constraint(&after, TABLE, 'c', true);
	step();
	finds("", "one that needs no look at the rows");

	start("SELECT 1;");
	relation(&after, TABLE)->lock = LOCK_ACCESS_EXCLUSIVE;
	add_constraint(&after, TABLE, 'c', false);
	step();
	finds("", "one that is NOT VALID");
	copy_room(&beginning, &after);
	relation(&after, TABLE)->scans = 1;
	relation(&beginning, TABLE)->lock = LOCK_SHARE_UPDATE_EXCLUSIVE;
	relation(&before, TABLE)->lock = relation(&after, TABLE)->lock = LOCK_SHARE_UPDATE_EXCLUSIVE;
	after.constraints[0].validated = true;
	trace_drop_statements(&trace.migrations[0], 0);
	step();
	finds("", "one that is validated in a migration of its own");

	start("SELECT 1; SELECT 2;");
	relation(&after, TABLE)->lock = LOCK_SHARE_ROW_EXCLUSIVE;
	relation(&after, TABLE)->index_scans = 1;
	add_constraint(&after, TABLE, 'f', true)->lacks_index = true;
	step();
	finds("constraint-not-valid-missing@1 foreign-key-without-index@1", "a foreign key");
	trace_drop_statements(&trace.migrations[0], 0);
	copy_room(&before, &beginning);
	after.constraints[0].lacks_index = false;
	after.constraints[0].validated = false;
	step();
	finds("", "one that is NOT VALID, with an index in the end");
}

static void
check_rewrites(void)
{
	start("SELECT 1;");
	relation(&after, TABLE)->lock = LOCK_ACCESS_EXCLUSIVE;
	relation(&after, TABLE)->filenode = 101;
	relation(&after, TABLE)->scans = 1;
	column(&after, TABLE, 2)->type = "bigint";
	after.indexes[0].filenode = 151;
	step();
	finds("rewrite-type-change@1", "a type that needs a rewrite");
	ok(strstr(findings.items[0].instead, "ADD COLUMN \"B_new\" bigint;") != NULL,
	   "a name that must be quoted");

	start("SELECT 1;");
	relation(&after, TABLE)->lock = LOCK_ACCESS_EXCLUSIVE;
	column(&after, TABLE, 2)->type = "bigint";
	step();
	finds("", "a type that needs none");
	after.indexes[0].filenode = 151;
	column(&after, TABLE, 2)->type = "text";
	step();
	finds("rewrite-type-change@2 long-work-under-exclusive-lock@2",
		  "one for which an index is built");

	start("SELECT 1;");
	relation(&after, OTHER)->lock = LOCK_ACCESS_EXCLUSIVE;
	relation(&after, OTHER)->filenode = 201;
	after.columns[3] = after.columns[2];
	after.columns[2] = (CatalogColumn){OTHER, 1, "n", "integer", true};
	after.catalog.column_count = 4;
	step();
	finds("rewrite-volatile-default@1", "a new column that needs a rewrite");

	start("/* A comment */ TRUNCATE s.t;");
	relation(&after, TABLE)->filenode = 101;
	step();
	finds("truncate@1", "TRUNCATE");
	start("VACUUM FULL s.t;");
	relation(&after, TABLE)->filenode = 101;
	step();
	finds("table-rewrite@1", "a rewrite for another reason");
}

static void
check_not_null(void)
{
	start("SELECT 1;");
	relation(&after, TABLE)->lock = LOCK_ACCESS_EXCLUSIVE;
	column(&after, TABLE, 1)->not_null = true;
	step();
	finds("", "NOT NULL that a constraint proves");
	trace_drop_statements(&trace.migrations[0], 0);
	copy_room(&before, &beginning);
	relation(&after, TABLE)->scans = 1;
	step();
	finds("not-null-scan@1", "NOT NULL that reads all rows");
}

static void
check_names(void)
{
	start("SELECT 1; SELECT 2;");
	column(&after, TABLE, 1)->name = "z";
	step();
	finds("rename-or-drop-in-use@1", "a column that is renamed");
	is_text(findings.items[0].found, "renamed column a of s.t to z", "... what it did");
	column(&after, TABLE, 1)->name = "a";
	trace.migrations[0].statements[0].effects[0].lasting = false;
	step();
	finds("", "... and back again");

	start("SELECT 1; SELECT 2;");
	column(&after, TABLE, 1)->name = "z";
	step();
	column(&after, TABLE, 1)->name = "y";
	step();
	finds("rename-or-drop-in-use@1", "... and once more");

	start("SELECT 1; SELECT 2; SELECT 3;");
	relation(&after, TABLE)->name = "s.t_old";
	step();
	finds("rename-or-drop-in-use@1", "a table that is renamed");
	trace.migrations[0].statements[0].effects[0].lasting = false;
	add_relation(&after, MADE, 'v', "s.t", MADE);
	add_column(&after, MADE, 1, "\"B\"");
	step();
	finds("rename-or-drop-in-use@1", "... and a view has its name, but not all columns");
	trace.migrations[0].statements[0].effects[0].lasting = false;
	add_column(&after, MADE, 2, "a");
	step();
	finds("", "... and a view has them all");

	start("SELECT 1;");
	after.catalog.relation_count--;
	after.catalog.column_count--;
	step();
	finds("rename-or-drop-in-use@1", "a view that is dropped");
	trace.migrations[0].statements[0].effects[0].lasting = false;
	add_relation(&after, MADE, 'v', "s.v", MADE);
	add_column(&after, MADE, 1, "a");
	step();
	finds("", "... and made anew");

	start("SELECT 1;");
	after.columns[0] = after.columns[1];
	after.columns[1] = after.columns[2];
	after.catalog.column_count = 2;
	step();
	finds("rename-or-drop-in-use@1", "a column that is dropped");
	is_text(findings.items[0].found, "dropped column a of s.t", "... which");
	start("SELECT 1;");
	relation(&after, TABLE)->oid = 99;
	step();
	finds("rename-or-drop-in-use@1", "a table in whose place there is another");
}

static void
check_work(void)
{
	start("ALTER TABLE s.t ...; SELECT 2; SELECT 3; SELECT 4;");
	relation(&after, TABLE)->lock = LOCK_ACCESS_EXCLUSIVE;
	step();
	step();
	relation(&after, OTHER)->scans = 1;
	step();
	relation(&after, OTHER)->scans = 2;
	step();
	finds("long-work-under-exclusive-lock@3", "a scan under an earlier statement's lock, once");
	is_text(findings.items[0].found,
			"worked long while ACCESS EXCLUSIVE on s.t was held, since statement 1",
			"... which lock");
	trace.migrations[0].is_one_transaction = false;
	finds("", "no transaction holds it");

	start("ALTER TABLE s.t ...; SELECT 2;");
	relation(&after, TABLE)->lock = LOCK_ACCESS_EXCLUSIVE;
	step();
	step();
	trace.migrations[0].statements[1].milliseconds = 1000;
	finds("long-work-under-exclusive-lock@2", "work that takes long by itself");

	start("UPDATE s.t ...; SELECT 2; UPDATE s.t ...;");
	relation(&after, TABLE)->lock = LOCK_ROW_EXCLUSIVE;
	relation(&after, TABLE)->row_exclusive = true;
	relation(&after, TABLE)->scans = 1;
	step();
	relation(&after, TABLE)->scans = 2;
	step();
	relation(&after, TABLE)->scans = 3;
	step();
	finds("full-table-update@1 full-table-update@3", "what updates all rows, and what only reads");
	start("UPDATE s.t ...;");
	relation(&after, TABLE)->lock = LOCK_ROW_EXCLUSIVE;
	relation(&after, TABLE)->row_exclusive = true;
	relation(&after, TABLE)->index_scans = 1;
	step();
	finds("", "what finds its rows by an index");
}

static void
check_others(void)
{
	Effect effect = {.kind = EFFECT_UNSAFE_ENUM};

	start("-- hh: allow not-null-scan ten rows\nSELECT 1; SELECT 2;");
	relation(&after, TABLE)->lock = LOCK_ACCESS_EXCLUSIVE;
	relation(&after, TABLE)->scans = 1;
	column(&after, TABLE, 1)->not_null = true;
	step();
	effect.detail = pg_strdup("unsafe use");
	trace_add_effect(trace_add_statement(&trace.migrations[0]), effect);
	finds("not-null-scan@1 enum-value-in-same-transaction@2", "two, one of which is allowed");
	is_int(findings.allowed_count, 1, "... one");
	is_text(findings.items[0].allowed, "ten rows", "... for a reason");
	is_text(findings.items[1].allowed, NULL, "... the other is not");
	for (int i = 0; i < trace_rule_count; i++)
		ok(trace_rules[i].found && trace_rules[i].why && trace_rules[i].instead,
		   rule_name(trace_rules[i].id));
}

int
main(void)
{
	check_locks();
	check_new_table();
	check_indexes();
	check_partitions();
	check_constraints();
	check_rewrites();
	check_not_null();
	check_names();
	check_work();
	check_others();
	trace_findings_free(&findings);
	trace_free(&trace);
	migration_set_free(&migrations);
	return tap_done();
}
