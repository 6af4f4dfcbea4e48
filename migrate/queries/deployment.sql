-- What stands in this database.  Catalogs only: no table and no function of the
-- database's own is touched.  $1: pg_has_role()'s word for "may SET ROLE to it".
SELECT
    installed.extversion,
    pg_catalog.pg_get_userbyid(installed.extowner),
    (SELECT a.default_version FROM pg_catalog.pg_available_extensions AS a
     WHERE a.name = 'headhunter'),
    vector.nspname,
    (SELECT a.default_version FROM pg_catalog.pg_available_extensions AS a
     WHERE a.name = 'vector'),
    EXISTS (SELECT FROM pg_catalog.pg_extension AS e WHERE e.extname = 'pgcrypto'),
    hh.owner_name,
    pg_catalog.pg_has_role(session_user, hh.nspowner, $1),
    hh.creators,
    ledger.relkind,
    ledger.owner_name,
    ledger.is_plain,
    (SELECT a.atttypmod
     FROM pg_catalog.pg_attribute AS a
     JOIN pg_catalog.pg_class AS c ON c.oid = a.attrelid
     JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
     WHERE n.nspname = 'search' AND c.relname = 'candidate_embeddings'
       AND a.attname = 'embedding' AND NOT a.attisdropped),
    (SELECT pg_catalog.string_agg(n.nspname, ', ' ORDER BY n.nspname)
     FROM pg_catalog.pg_namespace AS n
     WHERE n.nspname IN ('search', 'taxonomy', 'msgs', 'ops')),
    (SELECT pg_catalog.count(*)
     FROM pg_catalog.pg_namespace AS n
     WHERE n.nspname IN ('search', 'taxonomy', 'msgs', 'ops')),
    EXISTS (
        SELECT FROM pg_catalog.pg_roles AS r
        WHERE r.rolname = 'hh_owner' AND pg_catalog.pg_has_role(session_user, r.oid, $1)),
    -- The extension's own, and not a look-alike: only a superuser makes functions in C.
    EXISTS (
        SELECT FROM pg_catalog.pg_proc AS p
        JOIN pg_catalog.pg_language AS l ON l.oid = p.prolang
        WHERE p.pronamespace = hh.oid AND p.proname = 'execute_as_owner'
          AND p.pronargs = 1 AND p.proargtypes[0] = 'pg_catalog.text'::pg_catalog.regtype
          AND l.lanname = 'c' AND p.prosrc = 'hh_execute_as_owner'
          AND p.probin = '$libdir/headhunter' AND NOT p.prosecdef AND p.proconfig IS NULL),
    pg_catalog.pg_is_in_recovery(),
    pg_catalog.current_setting('transaction_read_only') = 'on',
    pg_catalog.quote_ident(pg_catalog.current_database())
FROM (VALUES (true)) AS one
LEFT JOIN pg_catalog.pg_extension AS installed ON installed.extname = 'headhunter'
LEFT JOIN (
    SELECT n.nspname
    FROM pg_catalog.pg_extension AS e
    JOIN pg_catalog.pg_namespace AS n ON n.oid = e.extnamespace
    WHERE e.extname = 'vector'
) AS vector ON true
LEFT JOIN (
    SELECT n.oid, n.nspowner, pg_catalog.pg_get_userbyid(n.nspowner) AS owner_name,
        (SELECT pg_catalog.string_agg(
                    DISTINCT CASE acl.grantee
                        WHEN 0 THEN 'PUBLIC'
                        ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(acl.grantee))
                    END, ', ')
         FROM pg_catalog.aclexplode(n.nspacl) AS acl
         WHERE acl.privilege_type = 'CREATE' AND acl.grantee <> n.nspowner) AS creators
    FROM pg_catalog.pg_namespace AS n
    WHERE n.nspname = 'hh'
) AS hh ON true
LEFT JOIN (
    SELECT c.relnamespace, c.relkind, pg_catalog.pg_get_userbyid(c.relowner) AS owner_name,
        -- Whether reading it can run nothing but PostgreSQL's own code.
        NOT c.relrowsecurity
        AND NOT EXISTS (
            SELECT FROM pg_catalog.pg_attribute AS a
            JOIN pg_catalog.pg_type AS t ON t.oid = a.atttypid
            WHERE a.attrelid = c.oid AND a.attnum > 0
              AND t.typnamespace <> 'pg_catalog'::pg_catalog.regnamespace)
        AND NOT EXISTS (
            SELECT FROM pg_catalog.pg_index AS i
            WHERE i.indrelid = c.oid AND (i.indexprs IS NOT NULL OR i.indpred IS NOT NULL))
        AND NOT EXISTS (
            SELECT FROM pg_catalog.pg_statistic_ext AS s
            WHERE s.stxrelid = c.oid) AS is_plain
    FROM pg_catalog.pg_class AS c
    WHERE c.relname = 'migration'
) AS ledger ON ledger.relnamespace = hh.oid;
