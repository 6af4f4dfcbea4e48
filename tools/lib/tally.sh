# What a check adds up: tests passed and failed, and what each step took.

passed=0
failed=0
timings=

# ok COUNT TEXT, not_ok COUNT TEXT: COUNT tests, of which TEXT speaks.
ok() {
    passed=$((passed + $1))
    printf 'ok     %s\n' "$2"
}

not_ok() {
    failed=$((failed + $1))
    printf 'not ok %s\n' "$2"
}

# verdict STATUS TEXT [LOG]: one test, by a command's exit status; its log is shown if it failed.
verdict() {
    if [ "$1" -eq 0 ]; then
        ok 1 "$2"
    else
        not_ok 1 "$2"
        [ $# -lt 3 ] || quote "$3"
    fi
}

# quote LOG: a failed test's log belongs to the results, so it goes to stdout.
quote() {
    [ -s "$1" ] || return 0
    tail -n "${quote_lines:-60}" "$1" | sed 's/^/    # /'
}

tally_step() {
    step_started=$(now)
    printf '\n== %s\n' "$1"
}

tally_step_end() {
    took=$(since "$step_started")
    timings="$timings$(printf '%8s s  %s' "$took" "$1")
"
    printf '== %s took %s s\n' "$1" "$took"
}

tally_end() {
    printf '\n%s\n%s passed, %s failed\n' "$timings" "$passed" "$failed"
}
