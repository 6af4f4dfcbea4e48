-- What stands in this database.  Catalogs only: no table and no function of the
-- database's own is touched.  $1: pg_has_role()'s word for "may SET ROLE to it".
SELECT
    installed.version,
    installed.owner_name,
    available.headhunter,
    installed.vector_schema,
    available.vector,
    coalesce(installed.has_pgcrypto, false),
    hh.owner_name,
    pg_catalog.pg_has_role(session_user, hh.nspowner, $1),
    hh.creators,
    ledger.relkind,
    ledger.owner_name,
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
    coalesce(pg_catalog.pg_has_role(session_user, pg_catalog.to_regrole('hh_owner'), $1), false),
    -- The extension's own, and not a look-alike: only a superuser makes functions in C.
    EXISTS (
        SELECT FROM pg_catalog.pg_proc AS p
        WHERE p.pronamespace = hh.oid AND p.proname = 'execute_as_owner'
          AND p.pronargs = 1 AND p.proargtypes[0] = 'pg_catalog.text'::pg_catalog.regtype
          -- The OID of language C is the same everywhere.
          AND p.prolang = 13 AND p.prosrc = 'hh_execute_as_owner'
          AND p.probin = '$libdir/headhunter' AND NOT p.prosecdef AND p.proconfig IS NULL),
    pg_catalog.pg_is_in_recovery(),
    pg_catalog.current_setting('transaction_read_only') = 'on',
    pg_catalog.quote_ident(pg_catalog.current_database()),
    pg_catalog.current_setting('session_replication_role') <> 'origin',
    -- Of the role that a deployment which has been begun belongs to, as role_rights.sql.
    pg_catalog.pg_has_role(session_user, coalesce(ledger.relowner, installed.extowner), $1),
    pg_catalog.has_database_privilege(coalesce(ledger.relowner, installed.extowner),
        pg_catalog.current_database(), 'CREATE'),
    (SELECT r.rolsuper OR r.rolcreaterole FROM pg_catalog.pg_roles AS r WHERE r.rolname = session_user)
FROM (
    -- Once: it reads every control file that the server has.
    SELECT pg_catalog.max(a.default_version) FILTER (WHERE a.name = 'headhunter') AS headhunter,
        pg_catalog.max(a.default_version) FILTER (WHERE a.name = 'vector') AS vector
    FROM pg_catalog.pg_available_extensions() AS a
) AS available
CROSS JOIN (
    SELECT pg_catalog.max(e.extversion) FILTER (WHERE e.extname = 'headhunter') AS version,
        pg_catalog.max(e.extowner) FILTER (WHERE e.extname = 'headhunter') AS extowner,
        pg_catalog.max(pg_catalog.pg_get_userbyid(e.extowner)::pg_catalog.text)
            FILTER (WHERE e.extname = 'headhunter') AS owner_name,
        pg_catalog.max(n.nspname::pg_catalog.text)
            FILTER (WHERE e.extname = 'vector') AS vector_schema,
        pg_catalog.bool_or(e.extname = 'pgcrypto') AS has_pgcrypto
    FROM pg_catalog.pg_extension AS e
    JOIN pg_catalog.pg_namespace AS n ON n.oid = e.extnamespace
) AS installed
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
    SELECT c.relnamespace, c.relkind, c.relowner, pg_catalog.pg_get_userbyid(c.relowner) AS owner_name
    FROM pg_catalog.pg_class AS c
    WHERE c.relname = 'migration'
) AS ledger ON ledger.relnamespace = hh.oid;
