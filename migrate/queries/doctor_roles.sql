-- What the catalogs say of the roles $1: attributes that decide on a login.
SELECT DISTINCT wanted.name, r.rolname IS NOT NULL, r.rolcanlogin,
    r.rolvaliduntil <= pg_catalog.now(),
    pg_catalog.to_char(r.rolvaliduntil, 'YYYY-MM-DD'), r.rolconnlimit,
    r.rolconnlimit >= 0 AND NOT r.rolsuper AND r.rolconnlimit <= (
        SELECT pg_catalog.count(*) FROM pg_catalog.pg_stat_activity AS a
        WHERE a.usesysid = r.oid AND a.backend_type = 'client backend'
          AND a.application_name <> 'hh-migrate doctor'),
    pg_catalog.quote_ident(wanted.name)
FROM pg_catalog.unnest($1::pg_catalog.text[]) AS wanted (name)
LEFT JOIN pg_catalog.pg_roles AS r ON r.rolname = wanted.name
ORDER BY 1;
