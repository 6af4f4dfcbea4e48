-- pg_temp's function $1, of one argument of type $2, and what it calls, if it is there, is still ours,
-- and calls the extension's own C function of the same name: only a superuser makes functions in C.
SELECT call.oid, call.xmin, p.oid, p.xmin
FROM pg_catalog.pg_proc AS call
JOIN pg_catalog.pg_depend AS d
    ON d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND d.objid = call.oid
    AND d.refclassid = 'pg_catalog.pg_proc'::pg_catalog.regclass
JOIN pg_catalog.pg_proc AS p ON p.oid = d.refobjid
WHERE call.pronamespace = pg_catalog.pg_my_temp_schema()
  AND call.proname = $1 AND call.pronargs = 1
  AND call.proargtypes[0] = $2::pg_catalog.regtype
  AND call.proowner = pg_catalog.to_regrole(pg_catalog.quote_ident(session_user))
  -- The OID of language C is the same everywhere.
  AND p.prolang = 13 AND p.prosrc = $1
  AND p.probin = '$libdir/headhunter' AND NOT p.prosecdef AND p.proconfig IS NULL;
