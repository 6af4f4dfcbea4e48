-- $1: a partitioned table, $2: the partition to be detached, as they are written.
SELECT named.partition IS NOT NULL, i.inhrelid IS NOT NULL, coalesce(i.inhdetachpending, false)
FROM (
    SELECT pg_catalog.to_regclass($1) AS parent, pg_catalog.to_regclass($2) AS partition
) AS named
LEFT JOIN pg_catalog.pg_inherits AS i
    ON i.inhrelid = named.partition AND i.inhparent = named.parent;
