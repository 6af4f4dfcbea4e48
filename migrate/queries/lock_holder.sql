-- Who holds the advisory lock whose key is $1, in this database; whether it is a session of
-- hh-migrate's that works on though its client is gone (try_deploy_lock.sql, sign_of_life.sql);
-- and at what.  A client gives its sign within 5 s of a statement's beginning, or never.
SELECT l.pid,
    pg_catalog.format('user %s, application "%s", connected since %s UTC',
        coalesce(a.usename, 'unknown'), coalesce(a.application_name, ''),
        coalesce(pg_catalog.to_char(a.backend_start, 'YYYY-MM-DD HH24:MI:SS'), 'unknown')),
    coalesce(a.state = 'active' AND sign.is_ours AND NOT sign.is_alive
        AND pg_catalog.clock_timestamp() - a.query_start > '5 s'::interval, false),
    pg_catalog.btrim(pg_catalog.regexp_replace(pg_catalog.left(a.query, 200), '\s+', ' ', 'g'))
FROM pg_catalog.pg_locks AS l
LEFT JOIN pg_catalog.pg_stat_activity AS a ON a.pid = l.pid
LEFT JOIN LATERAL (
    SELECT coalesce(pg_catalog.bool_or(s.pid = l.pid), false),
        coalesce(pg_catalog.bool_or(s.pid <> l.pid), false)
    FROM pg_catalog.pg_locks AS s
    WHERE s.locktype = 'advisory' AND s.granted AND s.database = l.database AND s.objsubid = 2
      AND s.classid = 1751672167 AND s.objid::bigint = l.pid
) AS sign (is_ours, is_alive) ON true
WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
  AND (l.classid::bigint << 32 | l.objid::bigint) = $1::bigint
  AND l.database = (
      SELECT d.oid FROM pg_catalog.pg_database AS d
      WHERE d.datname = pg_catalog.current_database());
