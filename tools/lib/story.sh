# How tools/demo tells its story: commands as typed, with their real output, held to what is claimed.

if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then
    title=$(printf '\033[1;36m') typed=$(printf '\033[1m') plain=$(printf '\033[0m')
else
    title='' typed='' plain=''
fi
shown=$WORK/shown

chapter() {
    printf '\n%s== %s%s\n' "$title" "$1" "$plain"
}

say() {
    printf '%s\n' "$1"
}

broken() {
    printf '\nnot as told: %s\n' "$1"
    exit 1
}

# shown_run COMMAND: prints it as typed, then what it prints.  Returns its status.
shown_run() {
    printf '%s$ %s%s\n' "$typed" "$1" "$plain"
    sh -c "$1" >"$shown" 2>&1
    outcome=$?
    cat "$shown"
    return "$outcome"
}

run() {
    shown_run "$1" || broken "this command succeeds"
    ! grep -q 'ERROR:' "$shown" || broken "this command meets no error"
}

refused() {
    shown_run "$1"
    grep -q 'ERROR:' "$shown" || broken "this command is refused"
}

# Ran, and found problems: exit code 2.
found() {
    shown_run "$1"
    [ "$outcome" -eq 2 ] || broken "this command finds problems"
}

# told PATTERN CLAIM: the last command's output has a line like that.
told() {
    grep -qE "$1" "$shown" || broken "$2"
}

not_told() {
    ! grep -qE "$1" "$shown" || broken "$2"
}
