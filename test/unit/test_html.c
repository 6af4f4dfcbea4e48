/* HTML with texts from elsewhere in it. */
#include "postgres_fe.h"

#include "html.h"
#include "tap.h"

#define REPLACED "\xEF\xBF\xBD"

static void
check(const char *text, const char *expected, const char *what)
{
	PQExpBuffer html = createPQExpBuffer();

	html_append_text(html, text);
	is_text(html->data, expected, what);
	destroyPQExpBuffer(html);
}

int
main(void)
{
	PQExpBuffer html = createPQExpBuffer();

	check("", "", "an empty text");
	check("a/b = c;\n\td", "a/b = c;\n\td", "plain text, line feed and tab stay");
	check("<a href=\"b\" c='d'>&", "&lt;a href=&quot;b&quot; c=&#39;d&#39;&gt;&amp;",
		  "what HTML gives a meaning is escaped");
	check("programa\xC3\xA7\xC3\xA3o \xF0\x9F\x98\x80",
		  "programa\xC3\xA7\xC3\xA3o \xF0\x9F\x98\x80", "UTF-8 stays");
	check("\x01\r\x1f\x7f", REPLACED REPLACED REPLACED REPLACED, "control characters are replaced");
	check("\xC2\x85\xC2\xA0", REPLACED "\xC2\xA0",
		  "... those of two bytes too, but for what is none");
	check("a\xE2\x80\xAE"
		  "b\xE2\x81\xA6"
		  "c\xE2\x80\x93",
		  "a" REPLACED "b" REPLACED "c\xE2\x80\x93", "what turns the direction is replaced");
	check("a\xFF\xC0\xAF", "a" REPLACED REPLACED REPLACED, "what is no UTF-8 is replaced");
	check("a\xF0\x9F", "a" REPLACED REPLACED, "a sequence cut short is not read beyond");

	html_append(html, "<b class=\"%s\">%d of %s</b>%s", "\"x\"", -3, "<i>", (const char *) NULL);
	is_text(html->data, "<b class=\"&quot;x&quot;\">-3 of &lt;i&gt;</b>", "values in markup");
	resetPQExpBuffer(html);
	html_append_markup(html, "<p>100%s</p>");
	is_text(html->data, "<p>100%s</p>", "markup alone has no values");
	destroyPQExpBuffer(html);
	return tap_done();
}
