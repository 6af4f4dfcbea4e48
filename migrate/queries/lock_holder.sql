-- Who holds the advisory lock whose key is $1, in this database.
SELECT l.pid,
    pg_catalog.format('user %s, application "%s", connected since %s UTC',
        coalesce(a.usename, 'unknown'), coalesce(a.application_name, ''),
        coalesce(pg_catalog.to_char(a.backend_start, 'YYYY-MM-DD HH24:MI:SS'), 'unknown'))
FROM pg_catalog.pg_locks AS l
LEFT JOIN pg_catalog.pg_stat_activity AS a ON a.pid = l.pid
WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
  AND (l.classid::bigint << 32 | l.objid::bigint) = $1::bigint
  AND l.database = (
      SELECT d.oid FROM pg_catalog.pg_database AS d
      WHERE d.datname = pg_catalog.current_database());
