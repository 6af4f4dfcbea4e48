/*
 * secret.c
 *		A role's password: whether it is fit for one, how one is made, how it is forgotten.
 */
#include "postgres_fe.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <sys/prctl.h>

#include "common/logging.h"
#include "mb/pg_wchar.h"

#include "secret.h"

#define GENERATED_BYTES 32

/* A shorter role name turns up in random secrets by chance. */
#define SHORTEST_TELLING_NAME 6

char *
secret_make(void)
{
	return pg_malloc0(SECRET_SIZE);
}

void
secret_free(char *secret)
{
	if (secret == NULL)
		return;
	OPENSSL_cleanse(secret, SECRET_SIZE);
	pg_free(secret);
}

char *
secret_generate(void)
{
	unsigned char bytes[GENERATED_BYTES];
	char *secret;

	if (RAND_bytes(bytes, sizeof(bytes)) != 1)
	{
		pg_log_error("could not get random bytes for a password");
		return NULL;
	}
	secret = secret_make();
	EVP_EncodeBlock((unsigned char *) secret, bytes, sizeof(bytes));
	OPENSSL_cleanse(bytes, sizeof(bytes));
	return secret;
}

size_t
secret_trim(char *text, size_t length)
{
	if (length > 0 && text[length - 1] == '\n')
		text[--length] = '\0';
	if (length > 0 && text[length - 1] == '\r')
		text[--length] = '\0';
	return length;
}

static bool
is_empty(const char *text, size_t length, const char *role)
{
	(void) text;
	(void) role;
	return length == 0;
}

/* A zero byte is no text either: libpq would stop there. */
static bool
is_no_text(const char *text, size_t length, const char *role)
{
	(void) role;
	return pg_encoding_verifymbstr(PG_UTF8, text, (int) length) != (int) length;
}

static bool
has_byte_order_mark(const char *text, size_t length, const char *role)
{
	(void) length;
	(void) role;
	return strncmp(text, "\xEF\xBB\xBF", 3) == 0;
}

static bool
has_control_character(const char *text, size_t length, const char *role)
{
	(void) role;
	for (size_t i = 0; i < length; i++)
	{
		if ((unsigned char) text[i] < ' ' || text[i] == 0x7F)
			return true;
	}
	return false;
}

static bool
has_outer_blank(const char *text, size_t length, const char *role)
{
	(void) role;
	return text[0] == ' ' || text[length - 1] == ' ';
}

/* Lower-case letters and digits alone, so that CHANGE_ME and "change me" are one word. */
static char *
bare_word(const char *text)
{
	char *word = secret_make();
	size_t used = 0;

	for (; *text && used < SECRET_SIZE - 1; text++)
	{
		if (isascii((unsigned char) *text) && isalnum((unsigned char) *text))
			word[used++] = (char) pg_tolower((unsigned char) *text);
	}
	return word;
}

/* Whether a word is another one with nothing but digits behind it. */
static bool
is_word(const char *word, const char *other)
{
	size_t length = strlen(other);

	return length > 0 && strncmp(word, other, length) == 0 &&
		   strspn(word + length, "0123456789") == strlen(word + length);
}

static bool
has_placeholder_word(const char *word)
{
	static const char *const whole[] = {
		"password", "passwd",	"passphrase", "secret",	 "todo",	  "tbd",   "fixme",
		"none",		"null",		"undefined",  "default", "example",	  "dummy", "test",
		"admin",	"postgres", "letmein",	  "qwerty",	 "qwertyuiop"};
	static const char *const anywhere[] = {"changeme",	   "changethis",  "placeholder",
										   "replaceme",	   "replacethis", "replacewith",
										   "yourpassword", "yoursecret",  "passwordhere"};

	for (size_t i = 0; i < lengthof(whole); i++)
	{
		if (is_word(word, whole[i]))
			return true;
	}
	for (size_t i = 0; i < lengthof(anywhere); i++)
	{
		if (strstr(word, anywhere[i]))
			return true;
	}
	return false;
}

/* What a template's engine should have put something in the place of. */
static bool
is_unfilled_template(const char *text, size_t length)
{
	static const char *const marks[][2] = {
		{"<", ">"}, {"[", "]"}, {"${", "}"}, {"$(", ")"}, {"{{", "}}"}, {"%", "%"}, {"__", "__"},
	};

	for (size_t i = 0; i < lengthof(marks); i++)
	{
		size_t begin = strlen(marks[i][0]);
		size_t end = strlen(marks[i][1]);

		if (length >= begin + end && strncmp(text, marks[i][0], begin) == 0 &&
			strcmp(text + length - end, marks[i][1]) == 0)
			return true;
	}
	return false;
}

static bool
is_placeholder(const char *text, size_t length, const char *role)
{
	char one[2] = {text[0], '\0'};
	char *word = bare_word(text);
	bool is = strspn(text, one) == length || is_unfilled_template(text, length) ||
			  has_placeholder_word(word);

	(void) role;
	secret_free(word);
	return is;
}

static bool
tells_role(const char *text, size_t length, const char *role)
{
	char *word = bare_word(text);
	char *name = bare_word(role);
	bool does = is_word(word, name) ||
				(strlen(role) >= SHORTEST_TELLING_NAME && strcasestr(text, role) != NULL);

	(void) length;
	secret_free(name);
	secret_free(word);
	return does;
}

static bool
is_short(const char *text, size_t length, const char *role)
{
	size_t characters = 0;

	(void) role;
	for (size_t i = 0; i < length; i++)
		characters += (text[i] & 0xC0) != 0x80;
	return characters < SHORTEST_SECRET;
}

static bool
is_long(const char *text, size_t length, const char *role)
{
	(void) text;
	(void) role;
	return length > LONGEST_SECRET;
}

/* The first that applies is told, and the later ones rely on the earlier. */
static const struct
{
	bool (*applies)(const char *text, size_t length, const char *role);
	SecretFault fault;
} checks[] = {
	{is_empty, {"is empty", "Put a password there, or have one made with --rotate."}},
	{is_long, {"is longer than 1024 bytes", "It must be the password alone, on one line."}},
	{is_no_text, {"is not UTF-8", "A password of random bytes has to be written in base64."}},
	{has_byte_order_mark,
	 {"begins with a byte order mark", "Save the file as UTF-8 without a byte order mark."}},
	{has_control_character,
	 {"holds a line feed or another control character",
	  "It must be the password alone, on one line."}},
	{has_outer_blank,
	 {"begins or ends with a blank", "Take the blank away; one line feed at the end is ignored."}},
	{is_placeholder,
	 {"is a placeholder", "Nobody has put the password in its place. --rotate has one made."}},
	{tells_role,
	 {"has the role's own name in it", "Choose another one, or have one made with --rotate."}},
	{is_short,
	 {"has fewer than 12 characters", "Choose a longer one, or have one made with --rotate."}},
};

const SecretFault *
secret_fault(const char *text, size_t length, const char *role)
{
	for (size_t i = 0; i < lengthof(checks); i++)
	{
		if (checks[i].applies(text, length, role))
			return &checks[i].fault;
	}
	return NULL;
}

void
secret_protect_process(void)
{
	/* main() has forbidden core files, which does not stop a kernel that pipes them to a program. */
	prctl(PR_SET_DUMPABLE, 0);
}
