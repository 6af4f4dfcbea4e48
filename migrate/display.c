/*
 * display.c
 *		Shows on standard error what is being done while it takes its time.
 */
#include "postgres_fe.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include "common/logging.h"

#include "clock.h"
#include "display.h"
#include "one_line.h"
#include "progress.h"

#define LINE_EVERY_MS	10000
#define DRAW_EVERY_MS	100
#define DEFAULT_COLUMNS 80

/* Back to the line's beginning, and what stands behind it is erased: ECMA-48, and so every TERM. */
#define ERASE_LINE "\r\033[K"

typedef enum DisplayMode
{
	DISPLAY_NONE,
	DISPLAY_LIVE, /* a terminal */
	DISPLAY_LINES
} DisplayMode;

static struct
{
	DisplayMode mode;
	bool is_drawn; /* something stands on the terminal's line */
	int64 drawn_at;
	int64 told_at;
	int64 began_at; /* the statement, or the task */
	char *label;	/* NULL where nothing is being done */
	Progress progress;
} display;

static bool
is_terminal(void)
{
	const char *term = getenv("TERM");

	return isatty(STDERR_FILENO) && term && term[0] && strcmp(term, "dumb") != 0;
}

void
display_start(bool quiet)
{
	if (quiet)
		display.mode = DISPLAY_NONE;
	else
		display.mode = is_terminal() ? DISPLAY_LIVE : DISPLAY_LINES;
	if (display.mode == DISPLAY_LIVE)
		pg_logging_set_pre_callback(display_clear);
}

/* The "^C" that a terminal shows where it is typed must not begin another line. */
#define ROOM_FOR_KEYS 3

static int
usable_columns(void)
{
	struct winsize size;

	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
		return DEFAULT_COLUMNS - ROOM_FOR_KEYS;
	return Max(size.ws_col - ROOM_FOR_KEYS, 1);
}

/* In one write, so that no half of it is seen.  The line fits. */
static void
draw(const char *line)
{
	char *drawn = psprintf(ERASE_LINE "%s", line);

	fflush(stdout);
	fputs(drawn, stderr);
	fflush(stderr);
	pg_free(drawn);
	display.is_drawn = true;
	display.drawn_at = clock_ms();
}

void
display_clear(void)
{
	if (!display.is_drawn)
		return;
	display.is_drawn = false;
	fflush(stdout);
	fputs(ERASE_LINE, stderr);
	fflush(stderr);
}

bool
display_is_live(void)
{
	return display.mode == DISPLAY_LIVE;
}

void
display_line(const char *text)
{
	char *line;

	if (!display_is_live())
		return;
	line = one_line(text, usable_columns());
	draw(line);
	pg_free(line);
}

/* What is being done, and has been for so long. */
static char *
current_line(int64 now, int columns)
{
	display.progress.label = display.label;
	display.progress.seconds = (int) ((now - display.began_at) / 1000);
	return progress_line(&display.progress, columns);
}

static void
show(const Activity *activity)
{
	int64 now = clock_ms();
	char *line = NULL;

	if (display.label == NULL)
		return;
	display.progress.activity = activity;
	if (display.mode == DISPLAY_LIVE)
	{
		line = current_line(now, usable_columns());
		draw(line);
	}
	else if (display.mode == DISPLAY_LINES && now - display.told_at >= LINE_EVERY_MS)
	{
		line = current_line(now, -1);
		pg_log_info("%s", line);
		display.told_at = now;
	}
	pg_free(line);
	display.progress.activity = NULL;
}

/* What goes by in a moment is not drawn each time: nobody could read it. */
static void
begin(void)
{
	display.began_at = clock_ms();
	if (!display_is_live() || display.began_at - display.drawn_at >= DRAW_EVERY_MS)
		show(NULL);
}

void
display_migration(int number, int count, const char *label)
{
	char *copy = pg_strdup(label);

	pg_free(display.label);
	display.label = copy;
	display.progress = (Progress){.number = number, .count = count};
	display.told_at = clock_ms();
	begin();
}

void
display_task(const char *label)
{
	display_migration(0, 0, label);
}

void
display_statement(int number, int count)
{
	display.progress.statement = number;
	display.progress.statement_count = count;
	begin();
}

void
display_activity(const Activity *activity)
{
	show(activity);
}

void
display_end(void)
{
	display_clear();
	pg_free(display.label);
	display.label = NULL;
}
