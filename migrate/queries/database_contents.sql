-- What is in this database that no initdb and none of the extensions $1 has put there: what it is,
-- and what drops it (NULL where nothing does).  Members go with their extensions, and come last.
WITH
home AS (
    SELECT n.oid FROM pg_catalog.pg_namespace AS n WHERE n.nspname !~ '^pg_(temp|toast)'
),
object (classid, objid, rank) AS (
    SELECT e.tableoid, e.oid, 1 FROM pg_catalog.pg_extension AS e
    WHERE e.extname <> ALL ($1::pg_catalog.name[])
    UNION ALL
    SELECT n.tableoid, n.oid, 2 FROM pg_catalog.pg_namespace AS n
    JOIN home USING (oid)
    WHERE n.nspname <> 'public'
    UNION ALL
    SELECT c.tableoid, c.oid, 3 FROM pg_catalog.pg_class AS c
    JOIN home ON home.oid = c.relnamespace
    WHERE c.relkind NOT IN ('i', 'I', 't')
    UNION ALL
    SELECT p.tableoid, p.oid, 3 FROM pg_catalog.pg_proc AS p
    JOIN home ON home.oid = p.pronamespace
    UNION ALL
    SELECT t.tableoid, t.oid, 3 FROM pg_catalog.pg_type AS t
    JOIN home ON home.oid = t.typnamespace
    WHERE t.typrelid = 0 AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_type AS element WHERE element.typarray = t.oid)
    UNION ALL
    SELECT o.tableoid, o.oid, 3 FROM pg_catalog.pg_operator AS o
    UNION ALL
    SELECT o.tableoid, o.oid, 3 FROM pg_catalog.pg_opfamily AS o
    UNION ALL
    SELECT o.tableoid, o.oid, 3 FROM pg_catalog.pg_opclass AS o
    UNION ALL
    SELECT o.tableoid, o.oid, 3 FROM pg_catalog.pg_collation AS o
    UNION ALL
    SELECT o.tableoid, o.oid, 3 FROM pg_catalog.pg_conversion AS o
    UNION ALL
    SELECT o.tableoid, o.oid, 3 FROM pg_catalog.pg_statistic_ext AS o
    UNION ALL
    SELECT o.tableoid, o.oid, 3 FROM pg_catalog.pg_ts_config AS o
    UNION ALL
    SELECT o.tableoid, o.oid, 3 FROM pg_catalog.pg_ts_dict AS o
    UNION ALL
    SELECT o.tableoid, o.oid, 3 FROM pg_catalog.pg_cast AS o
    UNION ALL
    SELECT o.tableoid, o.oid, 1 FROM pg_catalog.pg_event_trigger AS o
    UNION ALL
    SELECT o.tableoid, o.oid, 3 FROM pg_catalog.pg_publication AS o
    UNION ALL
    SELECT o.tableoid, o.oid, 3 FROM pg_catalog.pg_foreign_server AS o
    UNION ALL
    SELECT o.tableoid, o.oid, 4 FROM pg_catalog.pg_foreign_data_wrapper AS o
    UNION ALL
    SELECT 'pg_catalog.pg_largeobject'::pg_catalog.regclass, o.oid, 3
    FROM pg_catalog.pg_largeobject_metadata AS o
    UNION ALL
    SELECT o.tableoid, o.oid, 5 FROM pg_catalog.pg_default_acl AS o
)
SELECT i.type || ' ' || i.identity,
    CASE i.type
        WHEN 'default acl' THEN NULL
        WHEN 'large object' THEN pg_catalog.format('SELECT pg_catalog.lo_unlink(%s)', o.objid)
        ELSE pg_catalog.format('DROP %s IF EXISTS %s CASCADE',
            CASE i.type
                WHEN 'composite type' THEN 'type'
                WHEN 'statistics object' THEN 'statistics'
                WHEN 'foreign-data wrapper' THEN 'foreign data wrapper'
                ELSE i.type
            END, i.identity)
    END
FROM object AS o
CROSS JOIN pg_catalog.pg_identify_object(o.classid, o.objid, 0) AS i
-- Below are initdb's.
WHERE o.objid >= 16384 AND NOT EXISTS (
    SELECT FROM pg_catalog.pg_depend AS d
    WHERE d.classid = o.classid AND d.objid = o.objid AND d.deptype = 'e')
ORDER BY o.rank, i.type, i.identity;
