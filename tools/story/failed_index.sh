# An index build that a short lock_timeout ends, for want of waiting for a transaction older than it.
psql -X -q -c "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1; SELECT pg_sleep(60)" >/dev/null 2>&1 &
old=$!
until [ "$(psql -X -A -t -c "SELECT count(*) FROM pg_stat_activity
    WHERE query LIKE 'BEGIN ISOLATION%' AND wait_event = 'PgSleep'")" = 1 ]; do sleep 0.1; done
psql -X -c "SET lock_timeout = '200ms'" \
    -c "CREATE INDEX CONCURRENTLY profiles_title_idx ON search.candidate_profiles (current_title)"
psql -X -q -A -t -c "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE query LIKE 'BEGIN ISOLATION%' AND pid <> pg_backend_pid()" >/dev/null
wait "$old" || :
