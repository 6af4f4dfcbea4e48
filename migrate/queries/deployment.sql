-- What stands in this database.  Catalogs only: no table and no function of the
-- database's own is touched.  $1: pg_has_role()'s word for "may SET ROLE to it".
-- Each catalog, function and operator that a new session meets for the first time takes longer than
-- all else here, and a join or a subquery several times what its parts take: so there is a statement
-- for each catalog, in the order of deployment_read.c.

-- The server, as this session finds it.
SELECT pg_catalog.pg_is_in_recovery(),
    pg_catalog.current_setting('transaction_read_only'),
    pg_catalog.current_setting('session_replication_role'),
    pg_catalog.pg_has_role(session_user, pg_catalog.to_regrole('hh_owner'), $1),
    pg_catalog.current_database(),
    pg_catalog.to_regnamespace('msgs'),
    pg_catalog.to_regnamespace('ops'),
    pg_catalog.to_regnamespace('search'),
    pg_catalog.to_regnamespace('taxonomy');

-- The ledger, and other tables of a deployment's.  What their owner may do: as role_rights.sql says it.
SELECT c.relname, c.relkind, pg_catalog.pg_get_userbyid(c.relowner),
    pg_catalog.pg_has_role(session_user, c.relowner, $1),
    pg_catalog.has_database_privilege(c.relowner, pg_catalog.current_database(), 'CREATE')
FROM pg_catalog.pg_class AS c
WHERE c.relnamespace = pg_catalog.to_regnamespace('hh')
  AND c.relname IN ('migration', 'snapshot', 'policy_source', 'policy_role', 'policy', 'service');

-- Schema hh.
SELECT pg_catalog.pg_get_userbyid(n.nspowner),
    pg_catalog.pg_has_role(session_user, n.nspowner, $1),
    n.nspacl
FROM pg_catalog.pg_namespace AS n
WHERE n.nspname = 'hh';

-- The extensions that a deployment stands on.
SELECT e.extname, e.extversion, pg_catalog.pg_get_userbyid(e.extowner),
    pg_catalog.pg_has_role(session_user, e.extowner, $1),
    pg_catalog.has_database_privilege(e.extowner, pg_catalog.current_database(), 'CREATE'),
    (SELECT n.nspname FROM pg_catalog.pg_namespace AS n WHERE n.oid = e.extnamespace)
FROM pg_catalog.pg_extension AS e
WHERE e.extname IN ('headhunter', 'vector', 'pgcrypto');

-- hh.execute_as_owner(), if it is the extension's own, and not a look-alike: only a superuser makes
-- functions in C, whose OID as a language is the same everywhere.
SELECT
FROM pg_catalog.pg_proc AS p
WHERE p.pronamespace = pg_catalog.to_regnamespace('hh') AND p.proname = 'execute_as_owner'
  AND p.pronargs = 1 AND p.proargtypes[0] = 'pg_catalog.text'::pg_catalog.regtype
  AND p.prolang = 13 AND p.prosrc = 'hh_execute_as_owner'
  AND p.probin = '$libdir/headhunter' AND NOT p.prosecdef AND p.proconfig IS NULL;

-- The dimension of the embeddings.
SELECT a.atttypmod
FROM pg_catalog.pg_attribute AS a
WHERE a.attrelid = (
        -- to_regclass() asks for USAGE on the schema.
        SELECT c.oid
        FROM pg_catalog.pg_class AS c
        WHERE c.relnamespace = pg_catalog.to_regnamespace('search')
          AND c.relname = 'candidate_embeddings')
  AND a.attname = 'embedding' AND NOT a.attisdropped;
