/* What in the catalogs is the doing of some migrations. */
#include "postgres_fe.h"

#include "pqexpbuffer.h"

#include "catalog_scope.h"
#include "tap.h"

#define CATALOG(...)                                                                               \
	(Catalog)                                                                                      \
	{                                                                                              \
		.facts = (CatalogFact[]){__VA_ARGS__},                                                     \
		.count = (int) (sizeof((CatalogFact[]){__VA_ARGS__}) / sizeof(CatalogFact))                \
	}
#define EXISTS(kind, object, whole)                                                                \
	{                                                                                              \
		kind, object, "exists", whole                                                              \
	}

static CatalogScope scope;
static Catalog made;

/* What one step of migrations does; the steps of a test are one scope. */
static void
migrate(Catalog before, Catalog after)
{
	catalog_sort(&before);
	catalog_sort(&after);
	catalog_scope_add(&scope, &before, &after);
	made = after;
}

static void
cuts(Catalog catalog, const char *expected, const char *what)
{
	PQExpBuffer got = createPQExpBuffer();
	Catalog part;

	catalog_sort(&catalog);
	part = catalog_scope_cut(&scope, &made, &catalog);
	for (int i = 0; i < part.count; i++)
		appendPQExpBuffer(got, "%s%s %s", i > 0 ? "; " : "", part.facts[i].object,
						  part.facts[i].property);
	is_text(got->data, expected, what);
	catalog_free(&part);
	destroyPQExpBuffer(got);
}

int
main(void)
{
	Catalog old = CATALOG(EXISTS("table", "old", ""), {"table", "old", "options", "a"},
						  {"table", "old", "comment", "c"}, EXISTS("column", "old.x", "table old"));
	Catalog new = CATALOG(EXISTS("table", "old", ""), {"table", "old", "options", "b"},
						  {"table", "old", "comment", "c"}, EXISTS("table", "new", ""),
						  EXISTS("column", "new.c", "table new"));
	Catalog empty = {0};

	migrate(old, new);
	cuts(new, "new.c exists; new exists; old exists; old options",
		 "what came and what changed, and that the changed object is there");
	cuts(old, "old.x exists; old exists; old options", "what went is in it, where it still is");
	cuts(empty, "", "nothing of nothing");
	cuts(CATALOG(EXISTS("table", "other", ""), EXISTS("column", "other.c", "table other")), "",
		 "what is nobody's doing is left out");
	cuts(CATALOG(EXISTS("index", "i", "table new"), {"index", "i", "definition", "d"}), "i exists",
		 "what is part of an object that was made counts");
	cuts(CATALOG(EXISTS("index", "i", "table old")), "", "what is part of a changed one doesn't");
	cuts(CATALOG({"table", "new", "comment", "d"}, {"table", "old", "replica identity", "full"}),
		 "new comment", "any property of a made object counts, of a changed one the changed");

	/* Two steps, between which somebody else's work lies. */
	catalog_scope_free(&scope);
	migrate(CATALOG(EXISTS("table", "a", "")),
			CATALOG(EXISTS("table", "a", ""), EXISTS("view", "v", "")));
	migrate(CATALOG(EXISTS("table", "a", ""), EXISTS("view", "v", ""), EXISTS("view", "r", "")),
			CATALOG(EXISTS("table", "a", ""), EXISTS("view", "r", ""), EXISTS("table", "b", "")));
	cuts(CATALOG(EXISTS("table", "a", ""), EXISTS("view", "v", ""), EXISTS("view", "r", ""),
				 EXISTS("table", "b", "")),
		 "b exists; v exists", "what each step did, and not what lies between them");
	catalog_scope_free(&scope);
	return tap_done();
}
