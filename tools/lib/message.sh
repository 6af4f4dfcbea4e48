# What the tools say.  Results go to stdout; progress, warnings and errors to stderr.

note() {
    printf '%s\n' "$*" >&2
}

warn() {
    printf 'warning: %s\n' "$*" >&2
}

# fail MESSAGE [HINT]: the only way out of a tool that could not do its work.
fail() {
    printf 'error: %s\n' "$1" >&2
    [ $# -lt 2 ] || printf 'hint: %s\n' "$2" >&2
    exit 1
}

# log_tail FILE LINES: the end of a log, indented so that it reads as a quotation.
log_tail() {
    [ -s "$1" ] || return 0
    printf '%s\n' "--- the last lines of ${1##*/}:" >&2
    tail -n "$2" "$1" | sed 's/^/    /' >&2
}

now() {
    date +%s.%N
}

# since START: seconds gone by, with one decimal.
since() {
    awk -v from="$1" -v to="$(date +%s.%N)" 'BEGIN { printf "%.1f", to - from }'
}
