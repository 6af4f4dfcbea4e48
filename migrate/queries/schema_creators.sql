-- Who may create in schema hh besides its owner.
SELECT pg_catalog.string_agg(DISTINCT CASE acl.grantee
    WHEN 0 THEN 'PUBLIC'
    ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(acl.grantee))
END, ', ')
FROM pg_catalog.pg_namespace AS n, pg_catalog.aclexplode(n.nspacl) AS acl
WHERE n.nspname = 'hh' AND acl.privilege_type = 'CREATE' AND acl.grantee <> n.nspowner;
