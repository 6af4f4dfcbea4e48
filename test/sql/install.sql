-- The extension is installed by an ordinary role that may create in the database.
SET client_min_messages = warning;
DROP ROLE IF EXISTS regress_hh_owner;
RESET client_min_messages;
CREATE ROLE regress_hh_owner;
SELECT pg_catalog.current_database() AS database \gset
GRANT CREATE ON DATABASE :"database" TO regress_hh_owner;

SET ROLE regress_hh_owner;
CREATE EXTENSION headhunter;

-- Four schemas and fourteen tables, all the installing role's.
SELECT n.nspname, c.relname, c.relkind
FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname IN ('search', 'taxonomy', 'msgs', 'ops')
  AND c.relkind IN ('r', 'p') AND NOT c.relispartition
ORDER BY 1, 2;
SELECT n.nspname, c.relname
FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname = 'hh' AND c.relkind = 'r'
ORDER BY 1, 2;
SELECT DISTINCT c.relowner::regrole, n.nspowner::regrole
FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname IN ('hh', 'search', 'taxonomy', 'msgs', 'ops');

-- Only code is a member, and nothing stands in pg_init_privs.
SELECT pg_describe_object(d.classid, d.objid, 0) AS member
FROM pg_depend AS d JOIN pg_extension AS e ON e.oid = d.refobjid
WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e' AND e.extname = 'headhunter'
ORDER BY pg_describe_object(d.classid, d.objid, 0) COLLATE "C";
SELECT count(*)
FROM pg_init_privs AS i JOIN pg_class AS c ON c.oid = i.objoid AND i.classoid = 'pg_class'::regclass
WHERE c.relnamespace IN ('hh'::regnamespace, 'search'::regnamespace, 'ops'::regnamespace);

-- Nothing is pending; the ledger says what was done.
SELECT * FROM hh.deploy();
SELECT version, name, kind, state, statements_done = statements_total AS complete, variables,
       applied_by = session_user AS by_session_user, tool = 'headhunter ' || hh.library_version() AS by_us,
       finished_at >= started_at AS timed, error
FROM hh.migration ORDER BY version;
SELECT extversion = hh.library_version() AS library_matches
FROM pg_extension WHERE extname = 'headhunter';
SELECT model_version, dims, active FROM hh.embedding_model;
RESET ROLE;

-- Everything of ours has a comment.
SELECT pg_describe_object(o.classid, o.oid, o.subid) AS without_comment
FROM (
    SELECT 'pg_namespace'::regclass AS classid, n.oid, 0 AS subid
    FROM pg_namespace AS n WHERE n.nspname IN ('search', 'taxonomy', 'msgs', 'ops')
    UNION ALL
    SELECT 'pg_class'::regclass, c.oid, 0
    FROM pg_class AS c
    WHERE c.relkind IN ('r', 'p') AND c.relnamespace::regnamespace::text IN ('hh', 'search', 'taxonomy', 'msgs', 'ops')
    UNION ALL
    SELECT 'pg_class'::regclass, a.attrelid, a.attnum
    FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
    WHERE c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped
      AND c.relnamespace::regnamespace::text IN ('hh', 'search', 'taxonomy', 'msgs', 'ops')
    UNION ALL
    SELECT 'pg_proc'::regclass, p.oid, 0
    FROM pg_proc AS p
    WHERE p.pronamespace::regnamespace::text IN ('hh', 'search', 'taxonomy', 'msgs', 'ops')
    UNION ALL
    SELECT 'pg_trigger'::regclass, t.oid, 0
    FROM pg_trigger AS t JOIN pg_class AS c ON c.oid = t.tgrelid
    WHERE NOT t.tgisinternal
      AND c.relnamespace::regnamespace::text IN ('hh', 'search', 'taxonomy', 'msgs', 'ops')
) AS o
WHERE NOT EXISTS (
    SELECT FROM pg_description AS d
    WHERE d.classoid = o.classid AND d.objoid = o.oid AND d.objsubid = o.subid)
ORDER BY 1;

-- Every key contains the tenant: the tables can be distributed by it.
SELECT c.conrelid::regclass, c.conname
FROM pg_constraint AS c
WHERE c.contype IN ('p', 'u', 'f')
  AND c.connamespace::regnamespace::text IN ('search', 'taxonomy', 'msgs', 'ops')
  AND NOT EXISTS (
    SELECT FROM pg_attribute AS a
    WHERE a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey) AND a.attname = 'tenant_id');
