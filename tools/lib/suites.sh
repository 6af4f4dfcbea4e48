# The test suites: each runs a part of test/ against what was built, and counts what it finds.

# count_tap LOG: sets tap_passed and tap_failed from a TAP stream's top level.  A TODO may fail.
count_tap() {
    eval "$(awk '
        /^ok / { passed++ }
        /^not ok / { if (/# TODO/) passed++; else failed++ }
        END { printf "tap_passed=%d tap_failed=%d", passed, failed }' "$1")"
}

# tap_failures LOG: what a TAP log says of its failures, and how it ends.
tap_failures() {
    awk '/^(not )?ok / { show = /^not ok / && !/# TODO/ }
         show && !/^# running / { print }' "$1" | head -n 200
    printf '...\n'
    tail -n 12 "$1"
}

suite_unit() {
    log=$WORK/unit.log
    make -s -C "$WORK/src/migrate" check-unit PG_CONFIG="$PG_CONFIG" >"$log" 2>&1
    status=$?
    count_tap "$log"
    report_tap "$status" "unit tests of the client" "$log"
}

# report_tap STATUS TEXT LOG: a program that fails without a failed assertion failed all the same, and
# so did one that came to no assertion, unless it says that it was told to be left out.
report_tap() {
    left_out=$(sed -n 's/^test[^ ]* \.* *skipped: //p' "$3")
    if [ "$1" -eq 0 ] && [ -n "$left_out" ]; then
        printf 'skip   %s: %s\n' "$2" "$left_out"
        return
    fi
    if [ "$1" -ne 0 ] && [ "$tap_failed" -eq 0 ] || [ $((tap_passed + tap_failed)) -eq 0 ]; then
        tap_failed=$((tap_failed + 1))
    fi
    passed=$((passed + tap_passed))
    if [ "$tap_failed" -eq 0 ]; then
        ok 0 "$2: $tap_passed assertions"
    else
        not_ok "$tap_failed" "$2: $tap_failed failed, $tap_passed passed"
        quote_lines=200 quote "$3"
    fi
}

# regress_files LOG: one line a test file, "ok NAME" or "not_ok NAME"; before PostgreSQL 16 the
# driver wrote no TAP.
regress_files() {
    sed -n -e 's/^ok [0-9]* *[-+] \([^ ]*\).*/ok \1/p' \
        -e 's/^not ok [0-9]* *[-+] \([^ ]*\).*/not_ok \1/p' \
        -e 's/^\(test\)\{0,1\} *\([^ ]*\) *\.\.\. ok.*/ok \2/p' \
        -e 's/^\(test\)\{0,1\} *\([^ ]*\) *\.\.\. FAILED.*/not_ok \2/p' "$1"
}

# suite_regress NAME [MAKE-ARGUMENT...]: pg_regress and the isolation tester, a test file a count.
suite_regress() {
    name=$1
    shift
    log=$WORK/$name.log
    # An error in the first suite does not stop the second.
    make -C "$WORK/src" -i installcheck PG_CONFIG="$BIN/pg_config" TAP_TESTS= "$@" >"$log" 2>&1
    counted=0
    broken=0
    while read -r outcome file; do
        counted=$((counted + 1))
        [ "$outcome" = ok ] || broken=1
        "$outcome" 1 "$name: $file"
    done <<END
$(regress_files "$log")
END
    if [ "$broken" -eq 1 ]; then
        find "$WORK/src" -name regression.diffs -size +0 | while read -r diffs; do
            quote_lines=300 quote "$diffs"
        done
    elif [ "$counted" -eq 0 ] || grep -q '(ignored)$' "$log"; then
        not_ok 1 "$name: the test driver failed"
        quote "$log"
    fi
}

# suite_tap NAME FILE...: two files at a time, a TAP assertion a count.
suite_tap() {
    name=$1
    shift
    export PERL5LIB="$pkglibdir/pgxs/src/test/perl:$WORK/src/test/perl"
    export PG_REGRESS="$INSTALLATION$pkglibdir/pgxs/src/test/regress/pg_regress"
    export PG_TEST_PORT_DIR="$WORK/ports" PG_TEST_TIMEOUT_DEFAULT=90 PGVECTOR_VERSION
    mkdir -p "$WORK/$name" "$PG_TEST_PORT_DIR"
    cd "$WORK/src" || return 1
    if [ $# -eq 0 ]; then
        not_ok 1 "$name: there are no tests"
        return
    fi
    printf '%s\n' "$@" | xargs -P 2 -n 1 sh tools/lib/tap_file.sh "$WORK/$name" "${verbose:-no}"
    for file; do
        counts=$WORK/$name/$(basename "$file" .t).counts
        read -r tap_passed tap_failed <"$counts" || { tap_passed=0 tap_failed=1; }
        passed=$((passed + tap_passed))
        failed=$((failed + tap_failed))
    done
}

# suite_asan FILE...: TAP tests, with a client that watches its own memory.
suite_asan() {
    if ! make -C "$WORK/src/migrate" hh-migrate-asan PG_CONFIG="$PG_CONFIG" >"$WORK/asan.log" 2>&1
    then
        not_ok 1 "the client with sanitizers did not compile"
        quote "$WORK/asan.log"
        return
    fi
    mkdir -p "$WORK/sanitizer"
    export HH_MIGRATE="$WORK/src/migrate/hh-migrate-asan"
    export ASAN_OPTIONS="log_path=$WORK/sanitizer/asan:exitcode=66"
    export UBSAN_OPTIONS="log_path=$WORK/sanitizer/ubsan:print_stacktrace=1"
    suite_tap asan "$@"
    unset HH_MIGRATE ASAN_OPTIONS UBSAN_OPTIONS
    cat "$WORK"/sanitizer/* >"$WORK/sanitizer.log" 2>/dev/null
    ! [ -s "$WORK/sanitizer.log" ]
    verdict $? "the sanitizers found nothing in the client" "$WORK/sanitizer.log"
}

# The story tools/demo tells is a test too: it fails where something is not as it says.
suite_demo() {
    mkdir -p "$WORK/d/t" "$WORK/d/home"
    ln -sfn "$WORK/src" "$WORK/d/src"
    env -u PGHOST -u PGPORT -u PGUSER -u PGDATABASE WORK="$WORK/d" HOME="$WORK/d/home" \
        TMPDIR="$WORK/d/t" sh "$WORK/src/tools/demo" </dev/null >"$WORK/demo.log" 2>&1
    verdict $? "tools/demo does what it says" "$WORK/demo.log"
}
