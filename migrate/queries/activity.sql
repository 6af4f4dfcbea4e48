-- Who is in the way of backend $1, a row a session, and how far the index is that it builds, a row
-- with a phase.  A prepared transaction has pid 0; the rest of a session is NULL where this role
-- isn't shown it.  Sent on a connection whose search_path is not pinned, so that every operator is
-- qualified too.
SELECT blocker.pid, a.usename, a.application_name,
    CASE WHEN a.query_start IS NOT NULL THEN a.state END AS state,
    pg_catalog.floor(EXTRACT(epoch FROM
        pg_catalog.clock_timestamp() OPERATOR(pg_catalog.-) a.query_start)) AS seconds,
    pg_catalog."left"(a.query, 400) AS query,
    NULL::pg_catalog.text AS phase, NULL::pg_catalog.int8 AS done, NULL::pg_catalog.int8 AS total
FROM pg_catalog.pg_stat_activity AS waiter
CROSS JOIN LATERAL (
    SELECT DISTINCT p.pid
    FROM pg_catalog.unnest(pg_catalog.pg_blocking_pids(waiter.pid)) AS p (pid)
) AS blocker
LEFT JOIN pg_catalog.pg_stat_activity AS a ON a.pid OPERATOR(pg_catalog.=) blocker.pid
WHERE waiter.pid OPERATOR(pg_catalog.=) $1::pg_catalog.int4
  AND waiter.wait_event_type OPERATOR(pg_catalog.=) 'Lock'
UNION ALL
-- Blocks are counted while a table or index is read, and stay as they are at the end; tuples, in
-- what comes after.  While others are waited for, both still say what was before.
SELECT NULL, NULL, NULL, NULL, NULL, NULL, b.phase,
    CASE WHEN by_tuples.holds THEN b.tuples_done ELSE b.blocks_done END,
    CASE
        WHEN b.phase OPERATOR(pg_catalog.~~) 'waiting%' THEN NULL
        WHEN by_tuples.holds THEN b.tuples_total
        ELSE b.blocks_total
    END
FROM pg_catalog.pg_stat_progress_create_index AS b
CROSS JOIN LATERAL (
    SELECT b.tuples_total OPERATOR(pg_catalog.>) 0
        AND b.blocks_done OPERATOR(pg_catalog.>=) b.blocks_total AS holds
) AS by_tuples
WHERE b.pid OPERATOR(pg_catalog.=) $1::pg_catalog.int4 AND b.phase IS NOT NULL
ORDER BY 1;
