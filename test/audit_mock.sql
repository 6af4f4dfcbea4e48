-- Stand-ins for the extension's audit functions, for the test of what shows their rows; each is made
-- only where the real one is not there.  They know privileges of databases, schemas, tables and
-- columns, owners and memberships, and none of the finer points.

SELECT to_regprocedure('hh.effective_privileges(regrole)') IS NULL AS lacking \gset
\if :lacking
CREATE FUNCTION hh.effective_privileges(regrole DEFAULT NULL)
RETURNS TABLE (role regrole, object_type text, object_schema name, object_name text, column_name name,
    privilege text, via text, path text, grantable boolean, grantor regrole)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
WITH object AS (
    SELECT 'schema' AS object_type, NULL::name AS object_schema, nspname::text AS object_name,
        NULL::name AS column_name, nspowner AS owner, coalesce(nspacl, acldefault('n', nspowner)) AS acl
    FROM pg_namespace
    UNION ALL
    SELECT 'database', NULL, datname, NULL, datdba, coalesce(datacl, acldefault('d', datdba))
    FROM pg_database WHERE datname = current_database()
    UNION ALL
    SELECT 'table', n.nspname, c.relname, NULL, c.relowner,
        coalesce(c.relacl, acldefault('r', c.relowner))
    FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v') AND n.nspname !~ '^pg_|^information_schema$'
    UNION ALL
    SELECT 'table', n.nspname, c.relname, a.attname, c.relowner, a.attacl
    FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE a.attacl IS NOT NULL AND n.nspname !~ '^pg_|^information_schema$'),
given AS (
    SELECT o.*, a.grantee, a.privilege_type, a.is_grantable, a.grantor
    FROM object AS o CROSS JOIN aclexplode(o.acl) AS a),
held AS (
    SELECT g.*, r.oid AS holder, r.rolname, pg_get_userbyid(g.grantor) AS granted_by,
        CASE WHEN g.grantee = 0 THEN 'public'
             WHEN g.grantee = r.oid AND g.owner = r.oid THEN 'owner'
             WHEN g.grantee = r.oid THEN 'direct'
             WHEN pg_has_role(r.oid, g.grantee, 'USAGE') THEN 'member'
             ELSE 'set role' END AS way
    FROM given AS g JOIN pg_roles AS r
        ON g.grantee IN (0, r.oid) OR (NOT r.rolsuper AND pg_has_role(r.oid, g.grantee, 'MEMBER'))
    WHERE r.rolname !~ '^pg_')
SELECT h.holder, h.object_type, h.object_schema, h.object_name, h.column_name, h.privilege_type, h.way,
    CASE h.way WHEN 'public' THEN format('%s -> PUBLIC : granted by %s', h.rolname, h.granted_by)
               WHEN 'owner' THEN format('%s : owner', h.rolname)
               WHEN 'direct' THEN format('%s : granted by %s', h.rolname, h.granted_by)
               WHEN 'member' THEN format('%s -> %s (inherit) : granted by %s', h.rolname,
                   pg_get_userbyid(h.grantee), h.granted_by)
               ELSE format('%s -> %s (set role) : granted by %s', h.rolname, pg_get_userbyid(h.grantee),
                   h.granted_by) END,
    h.is_grantable, h.grantor
FROM held AS h
$$;
\endif

SELECT to_regprocedure('hh.audit(regrole)') IS NULL AS lacking \gset
\if :lacking
CREATE FUNCTION hh.audit(regrole DEFAULT NULL)
RETURNS TABLE (verdict text, severity text, role name, object_type text, object_schema name,
    object_name text, column_name name, privilege text, path text, remedy text)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
WITH held AS (
    SELECT CASE e.via WHEN 'public' THEN NULL ELSE r.rolname END AS role,
        e.object_type, e.object_schema, e.object_name, e.column_name, e.privilege, min(e.path) AS path
    FROM hh.effective_privileges() AS e JOIN pg_roles AS r ON r.oid = e.role
    WHERE e.via IN ('direct', 'public') AND NOT r.rolsuper
      AND CASE e.object_type WHEN 'schema' THEN e.object_name ELSE e.object_schema::text END
          IN (SELECT p.object_name FROM hh.policy AS p WHERE p.object_type = 'schema')
    GROUP BY 1, 2, 3, 4, 5, 6),
wanted AS (
    SELECT p.* FROM hh.policy AS p WHERE p.rule = 'privilege' AND p.object_type IN ('schema', 'table')),
differing AS (
    SELECT 'excess' AS verdict, 'warning' AS severity, h.* FROM held AS h
    WHERE NOT EXISTS (
        SELECT FROM wanted AS w
        WHERE w.role_name IS NOT DISTINCT FROM h.role AND w.privilege = h.privilege
          AND w.object_name = h.object_name AND w.object_schema IS NOT DISTINCT FROM h.object_schema
          AND w.column_name IS NOT DISTINCT FROM h.column_name)
    UNION ALL
    SELECT 'missing', 'error', w.role_name, w.object_type, w.object_schema, w.object_name, w.column_name,
        w.privilege, NULL
    FROM wanted AS w
    WHERE NOT EXISTS (
        SELECT FROM held AS h
        WHERE h.role IS NOT DISTINCT FROM w.role_name AND h.privilege = w.privilege
          AND h.object_name = w.object_name AND h.object_schema IS NOT DISTINCT FROM w.object_schema
          AND h.column_name IS NOT DISTINCT FROM w.column_name))
SELECT d.verdict, d.severity, d.role, d.object_type, d.object_schema, d.object_name, d.column_name,
    d.privilege, d.path,
    format(E'SET ROLE hh_owner;\n%s %s%s ON %s %s%I %s %s;\nRESET ROLE;',
        CASE d.verdict WHEN 'excess' THEN 'REVOKE' ELSE 'GRANT' END, d.privilege,
        ' (' || quote_ident(d.column_name) || ')', upper(d.object_type),
        quote_ident(d.object_schema) || '.', d.object_name,
        CASE d.verdict WHEN 'excess' THEN 'FROM' ELSE 'TO' END, coalesce(quote_ident(d.role), 'PUBLIC'))
FROM differing AS d
UNION ALL
SELECT 'wrong owner', 'error', pg_get_userbyid(c.relowner), 'table', n.nspname, c.relname, NULL, 'OWNER',
    format('%s : owner', pg_get_userbyid(c.relowner)),
    format('ALTER TABLE %I.%I OWNER TO %I;', n.nspname, c.relname, p.role_name)
FROM hh.policy AS p JOIN pg_namespace AS n ON n.nspname = p.object_schema
JOIN pg_class AS c ON c.relnamespace = n.oid AND c.relkind IN ('r', 'p')
WHERE p.rule = 'owner' AND p.object_type = 'table' AND pg_get_userbyid(c.relowner) <> p.role_name
UNION ALL
SELECT 'wrong attribute', 'error', p.role_name, 'role', NULL, p.role_name, NULL, 'CREATEROLE', NULL,
    format('ALTER ROLE %I NOCREATEROLE;', p.role_name)
FROM hh.policy_role AS p JOIN pg_roles AS r ON r.rolname = p.role_name AND r.rolcreaterole
UNION ALL
SELECT DISTINCT 'unknown role', 'warning', h.role, 'role', NULL::name, h.role::text, NULL::name, NULL, h.path,
    format('DROP OWNED BY %I;', h.role)
FROM held AS h WHERE h.role IS NOT NULL AND h.role NOT IN (SELECT p.role_name FROM hh.policy_role AS p)
$$;
\endif

SELECT to_regprocedure('hh.escalations(regrole)') IS NULL AS lacking \gset
\if :lacking
CREATE FUNCTION hh.escalations(regrole DEFAULT NULL)
RETURNS TABLE (role regrole, kind text, severity text, target text, gains text, path text)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
SELECT m.member, 'set role', 'warning', pg_get_userbyid(m.roleid)::text, 'everything that it holds and owns',
    format('%s -> %s (set role)', pg_get_userbyid(m.member), pg_get_userbyid(m.roleid))
FROM pg_auth_members AS m JOIN pg_roles AS r ON r.oid = m.member
WHERE r.rolname !~ '^pg_' AND NOT r.rolsuper
UNION ALL
SELECT r.oid, 'createrole', 'error', 'pg_execute_server_program', 'the operating system''s rights of the server',
    format('%s (CREATEROLE) -> pg_execute_server_program', r.rolname)
FROM pg_roles AS r WHERE r.rolcreaterole AND NOT r.rolsuper
$$;
\endif
