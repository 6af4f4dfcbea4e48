-- The matrix's rows: this database, then each schema that the policy names, its relations behind it
-- and a partition behind its table. "kind" is what the policy calls it.
WITH schema AS (
    SELECT n.oid, n.nspname, n.nspowner, pg_catalog.min(p.id) AS place
    FROM ONLY hh.policy AS p
    JOIN pg_catalog.pg_namespace AS n
        ON n.nspname = CASE p.object_type WHEN 'schema' THEN p.object_name ELSE p.object_schema END
    GROUP BY n.oid, n.nspname, n.nspowner)
SELECT o.kind, o.schema, o.name, o.what, pg_catalog.pg_get_userbyid(o.owner), o.parent
FROM (
    SELECT 'database' AS kind, NULL::pg_catalog.name AS schema, d.datname AS name, 'database' AS what,
        d.datdba AS owner, NULL::pg_catalog.text AS parent, 0 AS place
    FROM pg_catalog.pg_database AS d
    WHERE d.datname = pg_catalog.current_database()
    UNION ALL
    SELECT 'schema', s.nspname, s.nspname, 'schema', s.nspowner, NULL, s.place
    FROM schema AS s
    UNION ALL
    SELECT 'table', s.nspname, c.relname,
        CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'f' THEN 'foreign table'
                       WHEN 'p' THEN 'partitioned table' ELSE 'table' END,
        c.relowner,
        CASE WHEN c.relispartition THEN (
            SELECT root.relname::pg_catalog.text
            FROM pg_catalog.pg_partition_ancestors(c.oid) AS a (oid)
            JOIN pg_catalog.pg_class AS root ON root.oid = a.oid
            WHERE NOT root.relispartition) END,
        s.place
    FROM schema AS s
    JOIN pg_catalog.pg_class AS c ON c.relnamespace = s.oid AND c.relkind IN ('r', 'p', 'v', 'm', 'f')) AS o
ORDER BY o.place, o.schema COLLATE pg_catalog."C", o.kind = 'table',
    coalesce(o.parent, o.name::pg_catalog.text) COLLATE pg_catalog."C", o.parent IS NOT NULL,
    o.name COLLATE pg_catalog."C";
