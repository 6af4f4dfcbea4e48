/* Checksums, and what does not change them. */
#include "postgres_fe.h"

#include "checksum.h"
#include "tap.h"

/* The checksum of a text as it comes from a file. */
static const char *
checksum_of(const char *text, size_t length)
{
	static char checksum[CHECKSUM_SIZE];
	size_t normal_length;
	char *normal = checksum_normalise(text, length, &normal_length);

	checksum[0] = '\0';
	checksum_compute(normal, normal_length, checksum);
	pg_free(normal);
	return checksum;
}

#define OF(text) checksum_of(text, sizeof(text) - 1)

int
main(void)
{
	/* From sha256sum. */
	const char *abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
	const char *lines = "911169ddaaf146aff539f58c26c489af3b892dff0fe283c1c264c65ae5aa59a2";

	is_text(OF("abc"), abc, "SHA-256 in lower-case hexadecimal");
	is_text(OF(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
			"of nothing");
	is_text(OF("\xEF\xBB\xBF"
			   "abc"),
			abc, "a byte order mark doesn't count");
	is_text(OF("a\nb\n"), lines, "of two lines");
	is_text(OF("a\r\nb\r\n"), lines, "CRLF is LF");
	ok(strcmp(OF("a\rb\n"), lines) != 0, "a lone CR is content");
	ok(strcmp(OF("a\nb"), lines) != 0, "a missing last line feed is content");
	ok(strcmp(OF("a\nb\n\xEF\xBB\xBF"), lines) != 0, "a mark elsewhere is content");
	is_text(OF("a\r"), "961a57df036f6c4f44ca8a054271c45e823f469bcc439f0255c40974c3e3d131",
			"a CR at the very end is content");
	return tap_done();
}
