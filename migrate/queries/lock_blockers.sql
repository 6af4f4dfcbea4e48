-- Who is in the way of backend $1, in words.  A prepared transaction has no pid.  Sent on a
-- connection whose search_path is not pinned, so that every operator is qualified too.
SELECT CASE
    WHEN blocker.pid OPERATOR(pg_catalog.=) 0 THEN 'a prepared transaction'
    WHEN a.pid IS NULL THEN pg_catalog.format('pid %s', blocker.pid)
    ELSE pg_catalog.format('pid %s (user %s, application "%s", %s)',
        a.pid, coalesce(a.usename, 'unknown'), coalesce(a.application_name, ''),
        CASE
            WHEN a.query_start IS NULL THEN 'its query is hidden from this role'
            WHEN a.state OPERATOR(pg_catalog.=) 'active' THEN pg_catalog.format(
                'its query running for %s s', age.seconds)
            ELSE pg_catalog.format('%s, its last query begun %s s ago', a.state, age.seconds)
        END)
    END
FROM pg_catalog.pg_stat_activity AS waiter
CROSS JOIN LATERAL (
    SELECT DISTINCT p.pid
    FROM pg_catalog.unnest(pg_catalog.pg_blocking_pids(waiter.pid)) AS p (pid)
) AS blocker
LEFT JOIN pg_catalog.pg_stat_activity AS a ON a.pid OPERATOR(pg_catalog.=) blocker.pid
LEFT JOIN LATERAL (
    SELECT pg_catalog.floor(EXTRACT(epoch FROM
        pg_catalog.clock_timestamp() OPERATOR(pg_catalog.-) a.query_start)) AS seconds
) AS age ON true
WHERE waiter.pid OPERATOR(pg_catalog.=) $1::pg_catalog.int4
  AND waiter.wait_event_type OPERATOR(pg_catalog.=) 'Lock'
ORDER BY blocker.pid;
