/*
 * doctor_visit.c
 *		The roles of all services looked at side by side, each in a process of its own.
 */
#include "postgres_fe.h"

#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "doctor_login.h"
#include "doctor_transfer.h"
#include "doctor_visit.h"
#include "secret_source.h"

/* On top of the time to connect: statements have timeouts that end them sooner. */
#define STATEMENTS_WITHIN_MS 10000

typedef struct DoctorVisit
{
	char *role;
	pid_t process; /* 0: there is none */
	int pipe;	   /* -1: it is at its end */
	PQExpBuffer text;
} DoctorVisit;

static bool
has_visit(const DoctorVisits *visits, const char *role)
{
	for (int i = 0; i < visits->count; i++)
	{
		if (strcmp(visits->items[i].role, role) == 0)
			return true;
	}
	return false;
}

/* Logs in as the role and looks around. */
static void
examine(Examination *examination, const ConnectionOptions *options, const SecretDirectory *secrets,
		const DoctorExpectation *expected)
{
	LoginAttempt attempt = {.role = examination->role,
							.address = expected->address,
							.secrets_dir = secrets->path,
							.timeout = database_try_timeout(options, DOCTOR_CONNECT_TIMEOUT_MS)};
	char *dbname = database_options_dbname(options);
	Secret secret = {0};
	Login login = {0};
	Database *database = NULL;

	attempt.dbname = dbname;
	secret_find(secrets, examination->role, &secret);
	attempt.secret_problem = secret.fault;
	attempt.secret_is_given = secret.text != NULL;
	if (secret.fault != NULL)
		doctor_login_without_secret(examination, &attempt);
	else if ((database = database_try(options, examination->role, secret.text, attempt.timeout,
									  &login)) == NULL)
		doctor_login_failed(examination, &attempt, &login);
	else
	{
		doctor_login_passed(examination);
		doctor_examine_role(examination, database, expected);
	}
	database_close(database);
	login_free(&login);
	secret_forget(&secret);
	pg_free(dbname);
}

/* The child's part. */
static void
visit(const char *role, int output, const ConnectionOptions *options,
	  const SecretDirectory *secrets, const DoctorExpectation *expected)
{
	Examination examination = {.role = pg_strdup(role)};
	PQExpBuffer text = createPQExpBuffer();
	size_t sent = 0;
	ssize_t written = 0;

	examine(&examination, options, secrets, expected);
	doctor_transfer_write(text, &examination);
	while (sent < text->len && written >= 0)
	{
		written = write(output, text->data + sent, text->len - sent);
		sent += written > 0 ? (size_t) written : 0;
	}
	/* Nothing of the parent's is ended, its connection least of all. */
	_exit(0);
}

static void
begin_visit(DoctorVisits *visits, const char *role, const ConnectionOptions *options,
			const SecretDirectory *secrets, const DoctorExpectation *expected)
{
	DoctorVisit *begun;
	int ends[2];

	visits->items = pg_realloc(visits->items, sizeof(DoctorVisit) * (size_t) (visits->count + 1));
	begun = &visits->items[visits->count++];
	*begun = (DoctorVisit){.role = pg_strdup(role), .pipe = -1, .text = createPQExpBuffer()};
	if (pipe(ends) != 0)
		return;
	begun->process = fork();
	if (begun->process == 0)
	{
		close(ends[0]);
		visit(role, ends[1], options, secrets, expected);
	}
	close(ends[1]);
	if (begun->process > 0)
		begun->pipe = ends[0];
	else
		close(ends[0]);
}

void
doctor_visits_begin(DoctorVisits *visits, const ConnectionOptions *options,
					const SecretDirectory *secrets, const DoctorExpectation *expected)
{
	visits->timeout = database_try_timeout(options, DOCTOR_CONNECT_TIMEOUT_MS);
	/* What is buffered would be written twice. */
	fflush(NULL);
	for (int i = 0; i < expected->services->count; i++)
	{
		const char *role = expected->services->items[i].role;

		if (role != NULL && !has_visit(visits, role))
			begin_visit(visits, role, options, secrets, expected);
	}
}

/* Takes what a visit has sent; its pipe is closed at the end of it. */
static void
take(DoctorVisit *visit)
{
	char bytes[4096];
	ssize_t got = read(visit->pipe, bytes, sizeof(bytes));

	if (got > 0)
		appendBinaryPQExpBuffer(visit->text, bytes, (size_t) got);
	else if (got == 0 || errno != EINTR)
	{
		close(visit->pipe);
		visit->pipe = -1;
	}
}

/* Takes what comes from any of them; false where all have ended. */
static bool
take_some(DoctorVisits *visits, int64 deadline)
{
	struct pollfd *pipes = pg_malloc0(sizeof(struct pollfd) * (size_t) Max(visits->count, 1));
	bool is_open = false;

	for (int i = 0; i < visits->count; i++)
	{
		pipes[i] = (struct pollfd){.fd = visits->items[i].pipe, .events = POLLIN};
		is_open |= pipes[i].fd >= 0;
	}
	if (is_open)
		poll(pipes, (nfds_t) visits->count, (int) Max(deadline - clock_ms(), 0));
	for (int i = 0; i < visits->count; i++)
	{
		if (pipes[i].fd >= 0 && pipes[i].revents != 0)
			take(&visits->items[i]);
	}
	pg_free(pipes);
	return is_open;
}

static void
end_visit(DoctorVisit *visit, Examination *examination)
{
	if (visit->pipe >= 0)
	{
		kill(visit->process, SIGKILL);
		close(visit->pipe);
	}
	if (visit->process > 0)
		waitpid(visit->process, NULL, 0);
	examination->role = visit->role;
	if (visit->pipe >= 0 || !doctor_transfer_read(visit->text->data, visit->text->len, examination))
		examination_observe(examination,
							(Observation){.check = CHECK_SERVER,
										  .object = "that role",
										  .detail = "the doctor's own process came to no end"});
	destroyPQExpBuffer(visit->text);
}

void
doctor_visits_end(DoctorVisits *visits, Examination *examinations)
{
	int64 deadline = clock_ms() + visits->timeout + STATEMENTS_WITHIN_MS;

	while (clock_ms() < deadline && take_some(visits, deadline))
		;
	for (int i = 0; i < visits->count; i++)
		end_visit(&visits->items[i], &examinations[i]);
	pg_free(visits->items);
	memset(visits, 0, sizeof(*visits));
}
