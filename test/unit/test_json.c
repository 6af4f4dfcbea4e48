/* JSON strings. */
#include "postgres_fe.h"

#include "json.h"
#include "tap.h"

static void
check_appended(void (*append)(PQExpBuffer json, const char *text), const char *text,
			   const char *expected, const char *what)
{
	PQExpBuffer json = createPQExpBuffer();

	append(json, text);
	is_text(json->data, expected, what);
	destroyPQExpBuffer(json);
}

static void
check(const char *text, const char *expected, const char *what)
{
	check_appended(json_append_string, text, expected, what);
}

int
main(void)
{
	check("", "\"\"", "an empty string");
	check("a/b 'c'", "\"a/b 'c'\"", "plain text stays");
	check("\"\\", "\"\\\"\\\\\"", "quote and backslash");
	check("a\nb\r\tc", "\"a\\nb\\r\\tc\"", "line feed, carriage return, tab");
	check("\b\f", "\"\\b\\f\"", "backspace, form feed");
	check("\x01\x1f\x7f", "\"\\u0001\\u001f\\u007f\"", "other control characters");
	check_appended(json_append_as_server, "\x01\x1f\x7f\b\"", "\"\\u0001\\u001f\x7f\\b\\\"\"",
				   "as the server: all but delete");
	check("programa\xC3\xA7\xC3\xA3o", "\"programa\xC3\xA7\xC3\xA3o\"", "UTF-8 stays");
	check("\xF0\x9F\x98\x80", "\"\xF0\x9F\x98\x80\"", "four bytes of UTF-8 stay");
	check("a\xFF"
		  "b",
		  "\"a\xEF\xBF\xBD"
		  "b\"",
		  "an invalid byte is replaced");
	check("a\xC3", "\"a\xEF\xBF\xBD\"", "a sequence cut short is replaced, and not read beyond");
	check("\xC0\xAF", "\"\xEF\xBF\xBD\xEF\xBF\xBD\"", "an overlong form is replaced");
	check("\xED\xA0\x80", "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"", "a surrogate is replaced");
	return tap_done();
}
