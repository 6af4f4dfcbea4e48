-- Whether hh.audit() is the extension's own, and not a look-alike: only a superuser makes functions
-- in C.
SELECT EXISTS (
    SELECT FROM pg_catalog.pg_proc AS p
    JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
    WHERE n.nspname = 'hh' AND p.proname = 'audit' AND p.pronargs = 1
      AND p.proargtypes[0] = 'pg_catalog.regrole'::pg_catalog.regtype
      -- The OID of language C is the same everywhere.
      AND p.prolang = 13 AND p.prosrc = 'hh_audit'
      AND p.probin = '$libdir/headhunter' AND NOT p.prosecdef AND p.proconfig IS NULL);
