# The regression suite on a server that runs under valgrind.  What counts is an error with a frame of
# ours in its stack: PostgreSQL's own noise is not ours to judge.

valgrind_start() {
    SOCKET=$WORK/v DATA=$WORK/vdata SERVER_LOG=$WORK/valgrind-server.log
    server_create
    mkdir -p "$WORK/valgrind"
    # jit code is not valgrind's to follow, and a query takes some fifty times as long.
    valgrind --quiet --trace-children=yes --leak-check=no --error-limit=no --num-callers=40 \
        --suppressions="$WORK/src/tools/valgrind.supp" --log-file="$WORK/valgrind/%p.log" \
        "$BIN/postgres" -D "$DATA" -c jit=off -c authentication_timeout=600s -c autovacuum=off \
        >"$SERVER_LOG" 2>&1 &
    valgrind_server=$!
    tries=0
    until pg_isready -q -t 5; do
        tries=$((tries + 1))
        [ "$tries" -lt 60 ] && kill -0 "$valgrind_server" 2>/dev/null || return 1
        sleep 1
    done
}

# Prints the reports of which a frame is ours, in a source file or the library, and nearer to the
# error than SQL that we had the server run.
valgrind_findings() {
    ours=$(cd "$WORK/src" && find extension migrate -name '*.c' | sed 's|.*/||' | paste -sd '|')
    cat "$WORK"/valgrind/*.log | sed 's/^==[0-9]*== \{0,1\}//' |
        awk -v ours="headhunter[.]so|[(]($ours):[0-9]" '
            BEGIN { RS = ""; FS = "\n" }
            {
                for (i = 1; i <= NF && $i !~ /SPI_|standard_ExecutorRun|standard_ProcessUtility/; i++)
                    if ($i ~ ours) { print $0 "\n"; next }
            }'
}

suite_valgrind() {
    if ! valgrind_start; then
        not_ok 1 "valgrind: the server did not start"
        cat "$WORK"/valgrind/*.log >>"$SERVER_LOG"
        quote "$SERVER_LOG"
        return
    fi
    # shellcheck disable=SC2046
    suite_regress valgrind $(valgrind_subset)
    kill -s INT "$valgrind_server"
    wait "$valgrind_server"
    valgrind_findings >"$WORK/findings.log"
    ! [ -s "$WORK/findings.log" ]
    verdict $? "valgrind finds nothing in the extension" "$WORK/findings.log"
}

# In a short run the tests of what is written in C; all of them with HH_VALGRIND=all.
valgrind_subset() {
    [ "${HH_VALGRIND:-short}" != all ] || return 0
    echo ISOLATION=
}
