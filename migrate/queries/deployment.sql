-- What stands in this database.  Catalogs only: no table and no function of the
-- database's own is touched.  $1: pg_has_role()'s word for "may SET ROLE to it"; $2: whether to say
-- what version the server has of the extension even where it is not newer.
-- Each catalog, function and operator that a new session meets for the first time takes longer than
-- all else here: as few as will do.
SELECT
    installed.extversion,
    pg_catalog.pg_get_userbyid(installed.extowner),
    -- It reads every control file that the server has; a newer version can be told by a way to it.
    CASE WHEN $2::pg_catalog.bool OR installed.extversion IS NULL OR EXISTS (
        SELECT FROM pg_catalog.pg_extension_update_paths('headhunter') AS u
        WHERE u.source = installed.extversion AND u.path IS NOT NULL)
    THEN (
        SELECT a.default_version FROM pg_catalog.pg_available_extensions() AS a
        WHERE a.name = 'headhunter')
    END,
    vector_schema.nspname,
    CASE WHEN vector.extname IS NULL THEN (
        SELECT a.default_version FROM pg_catalog.pg_available_extensions() AS a
        WHERE a.name = 'vector')
    END,
    pgcrypto.extname IS NOT NULL,
    pg_catalog.pg_get_userbyid(hh.nspowner),
    pg_catalog.pg_has_role(session_user, hh.nspowner, $1),
    (SELECT pg_catalog.string_agg(
                DISTINCT CASE acl.grantee
                    WHEN 0 THEN 'PUBLIC'
                    ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(acl.grantee))
                END, ', ')
     FROM pg_catalog.aclexplode(hh.nspacl) AS acl
     WHERE acl.privilege_type = 'CREATE' AND acl.grantee <> hh.nspowner),
    ledger.relkind,
    pg_catalog.pg_get_userbyid(ledger.relowner),
    (SELECT a.atttypmod
     FROM pg_catalog.pg_attribute AS a
     JOIN pg_catalog.pg_class AS c ON c.oid = a.attrelid
     WHERE c.relnamespace = pg_catalog.to_regnamespace('search')
       AND c.relname = 'candidate_embeddings'
       AND a.attname = 'embedding' AND NOT a.attisdropped),
    nullif(pg_catalog.concat_ws(', ', pg_catalog.to_regnamespace('msgs'),
        pg_catalog.to_regnamespace('ops'), pg_catalog.to_regnamespace('search'),
        pg_catalog.to_regnamespace('taxonomy')), ''),
    pg_catalog.num_nonnulls(pg_catalog.to_regnamespace('msgs'), pg_catalog.to_regnamespace('ops'),
        pg_catalog.to_regnamespace('search'), pg_catalog.to_regnamespace('taxonomy')),
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
FROM (SELECT) AS one
LEFT JOIN pg_catalog.pg_extension AS installed ON installed.extname = 'headhunter'
LEFT JOIN pg_catalog.pg_extension AS vector ON vector.extname = 'vector'
LEFT JOIN pg_catalog.pg_namespace AS vector_schema ON vector_schema.oid = vector.extnamespace
LEFT JOIN pg_catalog.pg_extension AS pgcrypto ON pgcrypto.extname = 'pgcrypto'
LEFT JOIN pg_catalog.pg_namespace AS hh ON hh.nspname = 'hh'
LEFT JOIN pg_catalog.pg_class AS ledger
    ON ledger.relnamespace = hh.oid AND ledger.relname = 'migration';
