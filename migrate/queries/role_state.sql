-- $1: a role; $2: whether CREATEROLE reaches only roles on which one has ADMIN.
SELECT r.rolcanlogin,
    r.rolsuper,
    r.rolvaliduntil <= pg_catalog.now(),
    me.rolsuper OR r.oid = me.oid
    OR me.rolcreaterole AND NOT r.rolsuper
       AND CASE WHEN $2::pg_catalog.bool
               THEN pg_catalog.pg_has_role(me.oid, r.oid, 'MEMBER WITH ADMIN OPTION')
               ELSE NOT r.rolreplication
           END
FROM pg_catalog.pg_roles AS r
JOIN pg_catalog.pg_roles AS me ON me.rolname = current_user
WHERE r.rolname = $1;
