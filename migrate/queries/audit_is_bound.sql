-- Whether what bind_audit.sql made is there, is still ours, and calls the extension's own function.
SELECT EXISTS (
    SELECT FROM pg_catalog.pg_proc AS call
    JOIN pg_catalog.pg_depend AS d
        ON d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND d.objid = call.oid
        AND d.refclassid = 'pg_catalog.pg_proc'::pg_catalog.regclass
    JOIN pg_catalog.pg_proc AS p ON p.oid = d.refobjid
    WHERE call.pronamespace = pg_catalog.pg_my_temp_schema()
      AND call.proname = 'hh_audit' AND call.pronargs = 1
      AND call.proargtypes[0] = 'pg_catalog.regrole'::pg_catalog.regtype
      AND call.proowner = pg_catalog.to_regrole(pg_catalog.quote_ident(session_user))
      -- The OID of language C is the same everywhere.
      AND p.prolang = 13 AND p.prosrc = 'hh_audit'
      AND p.probin = '$libdir/headhunter' AND NOT p.prosecdef AND p.proconfig IS NULL);
