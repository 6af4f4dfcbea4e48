-- Invalid indexes that a REINDEX CONCURRENTLY which did not come to its end has left.
-- $1: what was to be reindexed, such as table; $2: its name as written, or empty.
WITH named AS (
    SELECT pg_catalog.to_regclass(CASE WHEN $1 IN ('index', 'table') THEN $2 END) AS oid
),
member AS (
    SELECT n.oid FROM named AS n
    UNION
    SELECT p.relid FROM named AS n, pg_catalog.pg_partition_tree(n.oid) AS p
),
heap AS (
    SELECT m.oid FROM member AS m WHERE $1 = 'table'
    UNION ALL
    SELECT i.indrelid FROM member AS m JOIN pg_catalog.pg_index AS i ON i.indexrelid = m.oid
    WHERE $1 = 'index'
    UNION ALL
    SELECT c.oid
    FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE $1 = 'schema' AND n.nspname = (pg_catalog.parse_ident($2))[1]
       OR $1 IN ('database', 'system')
)
SELECT pg_catalog.format('%I.%I', n.nspname, c.relname)
FROM pg_catalog.pg_index AS i
JOIN pg_catalog.pg_class AS c ON c.oid = i.indexrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE NOT i.indisvalid AND c.relname ~ '_cc(new|old)[0-9]*$'
  AND i.indrelid IN (
      SELECT h.oid FROM heap AS h
      UNION ALL
      SELECT t.reltoastrelid FROM heap AS h JOIN pg_catalog.pg_class AS t ON t.oid = h.oid)
ORDER BY n.nspname, c.relname;
