-- The database's tables, views and materialized views, with what this session has done to them in
-- its transaction: the strongest lock it holds (0 for none, 8 for ACCESS EXCLUSIVE), whether it
-- holds ROW EXCLUSIVE among others, and how often it read the relation whole, or one of its indexes.
SELECT c.oid, c.relkind,
    pg_catalog.format('%I.%I', n.nspname, c.relname),
    c.relfilenode,
    CASE WHEN c.relispartition THEN pg_catalog.pg_partition_root(c.oid) ELSE c.oid END,
    coalesce(held.strength, 0),
    coalesce(held.row_exclusive, false),
    pg_catalog.pg_stat_get_xact_numscans(c.oid),
    coalesce((
        SELECT pg_catalog.sum(pg_catalog.pg_stat_get_xact_numscans(i.indexrelid))
        FROM pg_catalog.pg_index AS i
        WHERE i.indrelid = c.oid), 0)
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN (
    SELECT l.relation,
        pg_catalog.max(pg_catalog.array_position(ARRAY[
            'AccessShareLock', 'RowShareLock', 'RowExclusiveLock', 'ShareUpdateExclusiveLock',
            'ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock'],
            l.mode)) AS strength,
        pg_catalog.bool_or(l.mode = 'RowExclusiveLock') AS row_exclusive
    FROM pg_catalog.pg_locks AS l
    WHERE l.pid = pg_catalog.pg_backend_pid() AND l.locktype = 'relation' AND l.granted
      AND l.database = (
          SELECT d.oid FROM pg_catalog.pg_database AS d
          WHERE d.datname = pg_catalog.current_database())
    GROUP BY l.relation
) AS held ON held.relation = c.oid
WHERE c.relkind IN ('r', 'p', 'm', 'v', 'f') AND c.relpersistence <> 't'
  AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
ORDER BY c.oid;
