# The workspace: one temporary directory for everything that a run makes, the unprivileged user who
# owns it and does all the work in it, and the end of both, whatever happens.
#
# The outer half (started by the user, perhaps root) installs packages, makes the workspace, copies
# the source tree into it and waits.  The inner half is the same tool, started from that copy, as
# the unprivileged user, in a session of its own and with a clean environment.

WORK=
workspace_kept=no
workspace_path=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

# Room for "/tmp/XXXXXXXXXX/.s.PGSQL.65535" below it: a socket's path has at most 107 bytes.
workspace_longest=60

workspace_fits() {
    [ "${#1}" -le "$workspace_longest" ] && [ -d "$1" ] && [ -w "$1" ] || return 1
    WORK=$(mktemp -d "$1/hh.XXXXXX") || return 1
    # A file system mounted noexec cannot hold an installation.
    cp /bin/true "$WORK/true" && "$WORK/true" 2>/dev/null && return 0
    rm -rf "$WORK"
    WORK=
    return 1
}

workspace_create() {
    trap workspace_trap EXIT
    trap 'exit 129' HUP
    trap 'exit 130' INT
    trap 'exit 141' PIPE
    trap 'exit 143' TERM
    for directory in "${TMPDIR:-/tmp}" /tmp /var/tmp; do
        if workspace_fits "$directory"; then break; fi
    done
    [ -n "$WORK" ] || fail "found no temporary directory that programs can be run from" \
        "Set TMPDIR to one with a path of at most $workspace_longest bytes."
    workspace_watch
}

# Should this shell be killed outright, its end of the pipe closes and the watcher cleans up.
workspace_watch() {
    mkfifo "$WORK/alive"
    setsid sh -c 'cd / && . "$2/message.sh" && . "$2/workspace.sh" && WORK=$1
        { read -r verdict || verdict=gone; } <"$WORK/alive"
        [ "$verdict" = over ] || workspace_remove' \
        watcher "$WORK" "$root/tools/lib" </dev/null >/dev/null 2>&1 &
    exec 9>"$WORK/alive"
}

# A tool that includes this defines workspace_last_words, called at the very end.
workspace_trap() {
    status=$?
    trap '' HUP INT PIPE TERM
    packages_unguard
    [ "$workspace_kept" = yes ] || workspace_remove
    { echo over >&9; } 2>/dev/null || :
    workspace_last_words
    exit "$status"
}

# The processes that run a program of the workspace, or run in it.
workspace_processes() {
    find /proc/[0-9]*/exe /proc/[0-9]*/cwd -maxdepth 0 \
        \( -lname "$WORK" -o -lname "$WORK/*" \) 2>/dev/null |
        sed 's|^/proc/\([0-9]*\)/.*|\1|' | sort -u | grep -vx "$$"
}

# Servers are told to stop at once, everything else to end; what has not gone after ten seconds is
# killed.  Asked again in each round, for what is starting while others end.
workspace_end_processes() {
    round=0
    while processes=$(workspace_processes) && [ "$round" -lt 120 ]; do
        for process in $processes; do
            case $(readlink "/proc/$process/exe") in
                */postgres* | */memcheck*) signal=QUIT ;;
                *) signal=TERM ;;
            esac
            [ "$round" -lt 100 ] || signal=KILL
            # Repeated every second only: a program interrupted while it cleans up starts over.
            [ $((round % 10)) -ne 0 ] || kill -s "$signal" "$process" 2>/dev/null
        done
        sleep 0.1
        round=$((round + 1))
    done
}

workspace_remove() {
    [ -n "$WORK" ] && [ -d "$WORK" ] || return 0
    workspace_end_processes
    rm -rf "$WORK"
}

# The user who runs servers and compilers: root's stand-in, or whoever we are.
workspace_user() {
    if [ "$(id -u)" -ne 0 ]; then
        id -un
    elif id -u postgres >/dev/null 2>&1; then
        echo postgres
    else
        echo nobody
    fi
}

# What outlives a run: compiled pgvector and builds, below a directory of the unprivileged user's.
cache_directory() {
    if [ "$(id -u)" = 0 ]; then
        printf '%s\n' /var/cache/headhunter
    else
        printf '%s\n' "${XDG_CACHE_HOME:-$HOME/.cache}/headhunter"
    fi
}

# The files of the source tree that are not built: by git's word, else by what a build leaves.
source_files() {
    if git -c safe.directory='*' -C "$root" rev-parse --git-dir >/dev/null 2>&1; then
        git -c safe.directory='*' -c core.quotePath=off -C "$root" \
            ls-files --cached --others --exclude-standard
    else
        (cd "$root" && find . \( -name .git -o -name node_modules \) -prune -o -type f ! -name '*.o' ! -name '*.so' \
            ! -name '*.bc' ! -name '*.d' ! -name 'hh-migrate' ! -name 'hh-migrate-*' -print |
            sed 's|^[.]/||')
    fi | while IFS= read -r file; do
        [ ! -e "$root/$file" ] || printf '%s\n' "$file"
    done
}

workspace_copy_source() {
    mkdir "$WORK/src"
    source_files >"$WORK/src/.copied"
    tar -C "$root" -cf - --no-recursion --verbatim-files-from -T "$WORK/src/.copied" |
        tar -C "$WORK/src" -xf - --no-same-owner
    touch "$WORK/src/.copied"
    [ -e "$WORK/src/tools/check" ] || fail "could not copy the source tree to $WORK"
}

# What steers the tests, as NAME=VALUE: switches and numbers.
workspace_switches() {
    env | grep -E '^(CI|NO_COLOR|HH_(NO_|VALGRIND|TRUTH_|CONVERGENCE_|DOCTOR_)[A-Z]*)=[a-z0-9]+$'
}

# workspace_run TOOL ARGUMENT...: the inner half.  Returns its exit status.
workspace_run() {
    workspace_copy_source
    user=$(workspace_user)
    CACHE=$(cache_directory)
    mkdir -p "$WORK/home" "$WORK/t" "$CACHE" || fail "could not create $CACHE"
    rm -f "$WORK/true"
    as_user=
    if [ "$(id -u)" = 0 ]; then
        chown "$user:" "$CACHE"
        chown -R "$user:" "$WORK"
        as_user="setpriv --reuid=$user --regid=$(id -gn "$user") --init-groups"
    fi
    tool=$1
    shift
    cd /
    # A background job ignores SIGINT, and so would all below it; tests need it as it is by default.
    # It stands in the workspace, as all below it does: so they are found when they must end.
    # shellcheck disable=SC2046,SC2086
    env -i --default-signal=INT,QUIT --chdir="$WORK" PATH="$workspace_path" \
        HOME="$WORK/home" TMPDIR="$WORK/t" LC_ALL=C.UTF-8 TZ=UTC TERM="${TERM:-dumb}" \
        $(workspace_switches) USER="$user" LOGNAME="$user" \
        HH_INSIDE=yes WORK="$WORK" CACHE="$CACHE" PGVECTOR="$PGVECTOR" \
        PG_CONFIG="$PG_CONFIG" PG_MAJOR="$PG_MAJOR" PG_VERSION="$PG_VERSION" \
        $as_user setsid sh "$WORK/src/$tool" "$@" </dev/null 9>&- &
    status=0
    wait $! || status=$?
    return "$status"
}
