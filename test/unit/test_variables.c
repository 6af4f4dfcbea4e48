/* Values of variables: where they come from, and how they are recorded. */
#include "postgres_fe.h"

#include "common/logging.h"

#include "tap.h"
#include "variables.h"

static MigrationSet migrations;

static void
append_file(const char *name, const char *text)
{
	ok(migration_set_append(&migrations, name, text, strlen(text)), name);
}

static void
check_assignments(void)
{
	static const char *const bad[] = {
		"a",		  "=b",	  "1=b",  "a-b=c", "a b=c",
		"\xC3\xA7=1", " a=b", "a =b", "",	   "embedding_dimensions=5"};
	VariableList list = {0};

	ok(variables_set_assignment(&list, "a=b=c d"), "a value may hold anything");
	is_text(variables_find(&list, "a"), "b=c d", "... and begins behind the first =");
	ok(variables_set_assignment(&list, "_A9="), "an empty value");
	is_text(variables_find(&list, "_A9"), "", "... is one");
	ok(variables_set_assignment(&list, "a=z") && list.count == 2, "a variable that is set twice");
	is_text(variables_find(&list, "a"), "z", "... has the later value");
	is_text(variables_find(&list, "_a9"), NULL, "capitals count");
	for (size_t i = 0; i < lengthof(bad); i++)
	{
		char what[64];

		snprintf(what, sizeof(what), "\"%s\" is refused", bad[i]);
		ok(!variables_set_assignment(&list, bad[i]), what);
	}
	variables_free(&list);
}

static bool
gather(VariableList *values, const char *assignment)
{
	VariableList settings = {0};
	bool gathered;

	if (assignment != NULL)
		variables_set_assignment(&settings, assignment);
	variables_free(values);
	gathered = variables_gather(values, &settings, &migrations);
	variables_free(&settings);
	return gathered;
}

static void
check_gathering(void)
{
	VariableList values = {0};

	append_file("1000_a.sql", "-- hh: vars region  tenant\nSELECT :'tenant';\n");
	append_file("1001_b.sql", "-- hh: vars tenant\n");
	setenv("HH_VAR_region", "sul", 1);
	setenv("HH_VAR_other", "x", 1);
	ok(gather(&values, NULL) && values.count == 1, "the environment gives what is declared alone");
	is_text(variables_find(&values, "region"), "sul", "... its value");
	ok(gather(&values, "region=norte"), "--set");
	is_text(variables_find(&values, "region"), "norte", "... goes before the environment");
	ok(!gather(&values, "other=1"), "a variable that no migration declares");
	ok(!gather(&values, "tenant=\xFF"), "a value that is not UTF-8");
	ok(gather(&values, "tenant=t"), "a declared one");

	{
		VariableList own = variables_of(&migrations.items[1], &values);

		ok(own.count == 1 && strcmp(own.items[0].name, "tenant") == 0, "a migration has its own");
		variables_free(&own);
	}
	variables_free(&values);
}

static void
check_recording(void)
{
	VariableList list = {0};
	char *json = variables_as_json(&list);

	is_text(json, "{}", "no variables");
	pg_free(json);
	variables_set(&list, "a", 1, "it's \"x\"\\\n\xC3\xA7");
	variables_set(&list, "none", 4, NULL);
	variables_set(&list, "b", 1, "");
	json = variables_as_json(&list);
	is_text(json, "{\"a\": \"it's \\\"x\\\"\\\\\\n\xC3\xA7\", \"b\": \"\"}", "values are escaped");
	pg_free(json);
	variables_free(&list);

	ok(variables_decode(&list, NULL) && list.count == 0, "nothing to decode");
	ok(variables_decode(&list, "a=31c3a7 b= c_1=0a") && list.count == 3, "three to decode");
	is_text(variables_find(&list, "a"), "1\xC3\xA7", "... the first");
	is_text(variables_find(&list, "b"), "", "... an empty one");
	is_text(variables_find(&list, "c_1"), "\n", "... the last");
	ok(!variables_decode(&list, "a") && !variables_decode(&list, "a=3") &&
		   !variables_decode(&list, "a=3x") && !variables_decode(&list, "=31") &&
		   !variables_decode(&list, "a b=31"),
	   "what the query doesn't write");
	variables_free(&list);
}

int
main(void)
{
	pg_logging_init("test_variables");
	check_assignments();
	check_gathering();
	check_recording();
	migration_set_free(&migrations);
	return tap_done();
}
