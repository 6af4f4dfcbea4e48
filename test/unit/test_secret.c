/* What is no secret, what is made as one, and where one is looked for. */
#include "postgres_fe.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "secret_source.h"
#include "tap.h"

/* What is wrong with so many bytes as a role's secret; NULL: nothing. */
static const char *
fault_of(const char *bytes, size_t length, const char *role)
{
	char *text = secret_make();
	const SecretFault *fault;

	memcpy(text, bytes, length);
	fault = secret_fault(text, secret_trim(text, length), role);
	secret_free(text);
	return fault ? fault->what : NULL;
}

static void
refuses(const char *text, const char *expected)
{
	is_text(fault_of(text, strlen(text), "hh_app"), expected, text[0] ? text : "(nothing)");
}

static void
test_faults(void)
{
	char longest[LONGEST_SECRET + 2];
	size_t i;

	refuses("", "is empty");
	refuses("\n", "is empty");
	refuses("\r\n", "is empty");
	refuses("\xEF\xBB\xBF"
			"correct horse",
			"begins with a byte order mark");
	refuses("correct\nhorse battery", "holds a line feed or another control character");
	refuses("correct horse battery\n\n", "holds a line feed or another control character");
	refuses("correct\thorse battery", "holds a line feed or another control character");
	refuses("correct horse battery\x7F", "holds a line feed or another control character");
	refuses("correct horse battery ", "begins or ends with a blank");
	refuses(" correct horse battery", "begins or ends with a blank");
	refuses("gr\xFC\xDF"
			"e aus dem norden",
			"is not UTF-8");
	refuses("correct horse b\xC3", "is not UTF-8");
	is_text(fault_of("correct\0horse battery", 21, "hh_app"), "is not UTF-8", "a zero byte");
	is_text(fault_of("\xFF\xFE"
					 "c\0o\0r\0r\0",
					 10, "hh_app"),
			"is not UTF-8", "UTF-16");
	refuses("x1?", "has fewer than 12 characters");
	refuses("elevenchars", "has fewer than 12 characters");
	refuses("\xC3\xA4\xC3\xB6\xC3\xBC\xC3\xA4\xC3\xB6\xC3\xBC", "has fewer than 12 characters");
	for (i = 0; i < LONGEST_SECRET + 1; i++)
		longest[i] = (char) ('a' + i % 26);
	longest[i] = '\0';
	refuses(longest, "is longer than 1024 bytes");
	longest[LONGEST_SECRET] = '\0';
	refuses(longest, NULL);
}

static void
test_placeholders(void)
{
	static const char *const placeholders[] = {
		"changeme",
		"CHANGE_ME",
		"change-me-please",
		"changeme123456",
		"placeholder",
		"PLACEHOLDER_PASSWORD_FOR_APP",
		"REPLACE_ME",
		"replace-with-real-password",
		"password",
		"Password1234567",
		"PASSWORD",
		"passwd",
		"secret",
		"todo",
		"TODO",
		"ToDo!!!",
		"FIXME",
		"tbd",
		"xxx",
		"XXXXXXXXXXXXXXXXXXXX",
		"000000000000000",
		"****************",
		"............",
		"none",
		"null",
		"undefined",
		"default",
		"example",
		"your-password-here",
		"<password here>",
		"${HH_APP_PASSWORD}",
		"$(cat secret)",
		"{{ app_password }}",
		"%APP_PASSWORD_HERE%",
		"__APP_SECRET_VALUE__",
		"[to be filled in]",
		"letmein123456",
		"qwertyuiop123",
		"postgres",
	};
	static const char *const secrets[] = {
		"correct horse battery", "aToDo/list9+password", "xxxxxxxxxxxxxxxxy",  "a<b and c>d or e",
		"$ecret${unfinished",	 "My password is Xy7?",	 "testing 1 2 3 four",
	};

	for (size_t i = 0; i < lengthof(placeholders); i++)
		refuses(placeholders[i], "is a placeholder");
	for (size_t i = 0; i < lengthof(secrets); i++)
		refuses(secrets[i], NULL);
}

static void
test_names(void)
{
	static const char *const own = "has the role's own name in it";

	refuses("hh_app", own);
	refuses("hh-app", own);
	refuses("HH_APP_2024", own);
	refuses("the one of HH_APP here", own);
	refuses("the one of hh-app here", NULL);
	is_text(fault_of("the app of the day", 18, "app"), NULL, "a short name is there by chance");
	is_text(fault_of("App12345678901", 14, "app"), own, "a short name with digits alone");
	is_text(fault_of("correct horse battery", 21, "\xC3\xA4\xC3\xB6"), NULL,
			"a name of other letters than we know");
}

static void
test_generated(void)
{
	char *one = secret_generate();
	char *other = secret_generate();

	is_int((long) strlen(one), 44, "a secret that is made has 44 characters");
	ok(strspn(one, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/") == 43 &&
		   one[43] == '=',
	   "... of base64");
	ok(strcmp(one, other) != 0, "... and two are not the same");
	ok(secret_fault(one, 44, "hh_app") == NULL, "... and nothing is wrong with it");
	secret_free(one);
	secret_free(other);
	secret_free(NULL);
}

/* A file of the directory, with this text and mode. */
static void
put(const char *path, const char *name, const char *text, mode_t mode)
{
	char *file = psprintf("%s/%s", path, name);
	int descriptor;

	unlink(file);
	descriptor = open(file, O_WRONLY | O_CREAT, 0600);
	ok(descriptor >= 0 && write(descriptor, text, strlen(text)) == (ssize_t) strlen(text) &&
		   fchmod(descriptor, mode) == 0 && close(descriptor) == 0,
	   "a file is put there");
	pg_free(file);
}

static void
finds(const SecretDirectory *directory, const char *role, const char *text, const char *fault,
	  const char *what)
{
	Secret secret;

	secret_find(directory, role, &secret);
	if (fault != NULL)
	{
		ok(secret.fault && strstr(secret.fault, fault) != NULL, what);
		if (!secret.fault || !strstr(secret.fault, fault))
			printf("# got: %s\n", secret.fault ? secret.fault : "(nothing)");
	}
	else
	{
		is_text(secret.fault, NULL, what);
		is_text(secret.text, text, what);
	}
	secret_forget(&secret);
}

static void
test_environment(void)
{
	SecretDirectory none;
	char *name = secret_environment_name("hh-app.2@example.com");
	char *value;

	is_text(name, "HH_PASSWORD_HH_APP_2_EXAMPLE_COM", "a variable's name");
	pg_free(name);
	secret_directory_open(&none, NULL);
	finds(&none, "hh_app", NULL, NULL, "neither directory nor environment");
	setenv("HH_PASSWORD_HH_APP", "correct horse battery\n", 1);
	value = getenv("HH_PASSWORD_HH_APP");
	finds(&none, "hh_app", "correct horse battery", NULL, "the environment");
	ok(getenv("HH_PASSWORD_HH_APP") == NULL, "... which has it no longer");
	ok(value[0] == '\0', "... nor its memory");
	setenv("HH_PASSWORD_HH_APP", "changeme", 1);
	finds(&none, "hh_app", NULL,
		  "the secret of role \"hh_app\" (environment HH_PASSWORD_HH_APP) is a placeholder",
		  "a placeholder in the environment");
	secret_directory_close(&none);
}

static void
test_directory(void)
{
	char path[] = "/tmp/test_secret_XXXXXX";
	char *command;
	SecretDirectory directory;

	ok(mkdtemp(path) != NULL && secret_directory_open(&directory, path), "a directory");
	finds(&directory, "hh_app", NULL, NULL, "nothing there");
	put(path, "hh_app", "correct horse battery\n", 0600);
	finds(&directory, "hh_app", "correct horse battery", NULL, "a file");
	put(path, "hh_app", "correct horse battery", 0400);
	finds(&directory, "hh_app", "correct horse battery", NULL, "a file to be read only");
	setenv("HH_PASSWORD_HH_APP", "correct horse battery", 1);
	finds(&directory, "hh_app", "correct horse battery", NULL, "the same in the environment");
	setenv("HH_PASSWORD_HH_APP", "correct horse", 1);
	finds(&directory, "hh_app", NULL, "is another one than that in the environment",
		  "another in the environment");
	for (mode_t bit = 1; bit < 0100; bit <<= 1)
	{
		put(path, "hh_app", "correct horse battery", 0600 | bit);
		finds(&directory, "hh_app", NULL, "is in a file that others can read or write",
			  "a file with a mode too much");
	}
	ok(secret_directory_write(&directory, "hh_app", "another one, then"), "it is written");
	finds(&directory, "hh_app", "another one, then", NULL, "... over the one that was there");
	ok(secret_directory_has(&directory, "hh_app") &&
		   secret_directory_remove(&directory, "hh_app") &&
		   !secret_directory_has(&directory, "hh_app") &&
		   secret_directory_remove(&directory, "hh_app"),
	   "... and taken away");
	setenv("HH_PASSWORD____ETC_PASSWD", "correct horse battery", 1);
	finds(&directory, "../etc/passwd", "correct horse battery", NULL,
		  "a name that is no file's is looked for in the environment alone");
	ok(secret_directory_name_fault("a/b") && secret_directory_name_fault(".a") &&
		   secret_directory_name_fault("a.previous") && !secret_directory_name_fault("a.b@c") &&
		   !secret_directory_name_fault("previous"),
	   "names that are files'");
	secret_directory_close(&directory);
	command = psprintf("rm -r %s", path);
	ok(system(command) == 0, "away with it");
	pg_free(command);
}

int
main(void)
{
	test_faults();
	test_placeholders();
	test_names();
	test_generated();
	test_environment();
	test_directory();
	return tap_done();
}
