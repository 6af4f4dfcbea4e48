#!/bin/sh
# tap_file.sh DIRECTORY VERBOSE FILE: runs one TAP test file, prints one line, and leaves
# FILE.log and FILE.counts ("passed failed") in the directory.
set -u
directory=$1
verbose=$2
file=$3
here=$(dirname -- "$0")
. "$here/message.sh"
. "$here/suites.sh"
. "$here/tally.sh"

name=$(basename "$file" .t)
log=$directory/$name.log
# PostgreSQL 15 asks for TESTDIR, later ones for the two others.
export TESTDIR="$directory/$name" TESTDATADIR="$directory/$name" TESTLOGDIR="$directory/$name/log"
mkdir -p "$TESTLOGDIR"

started=$(now)
timeout -k 20 "${PG_TEST_FILE_TIMEOUT:-600}" prove --verbose --merge "$file" >"$log" 2>&1
status=$?
count_tap "$log"
tap_failures "$log" >"$directory/$name.failures"
# A test that died says why in neither.
if [ "$status" -ne 0 ] && [ "$tap_failed" -eq 0 ]; then
    tail -n 20 "$log" "$TESTLOGDIR/regress_log_$name" >>"$directory/$name.failures" 2>/dev/null
fi
report_tap "$status" "$file ($(since "$started") s)" "$directory/$name.failures" >"$directory/$name.report"
printf '%s %s\n' "$tap_passed" "$tap_failed" >"$directory/$name.counts"
cat "$directory/$name.report"
[ "$verbose" = no ] || sed 's/^/    # /' "$log"
exit 0
