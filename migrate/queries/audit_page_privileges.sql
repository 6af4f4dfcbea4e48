-- The matrix's cells: what each role holds on its rows, by which way, and why the policy wants it so.
-- What comes by PUBLIC stands with each of the policy's roles, and once with PUBLIC (role NULL).
-- $1: one role, quoted as SQL writes it, or NULL for all.
WITH schema AS MATERIALIZED (
    SELECT DISTINCT CASE p.object_type WHEN 'schema' THEN p.object_name
                                       ELSE p.object_schema::pg_catalog.text END AS name
    FROM ONLY hh.policy AS p
    WHERE p.object_type = 'schema' OR p.object_schema IS NOT NULL),
held AS MATERIALIZED (
    SELECT r.rolname, p.role_name IS NOT NULL AS is_known, r.rolsuper,
        e.object_type AS kind,
        CASE e.object_type WHEN 'database' THEN NULL WHEN 'schema' THEN e.object_name
                           ELSE e.object_schema::pg_catalog.text END AS schema,
        e.object_name AS name, e.column_name, e.privilege, e.via, e.path, e.grantable,
        pg_catalog.pg_get_userbyid(e.grantor) AS grantor, e.role = 0::pg_catalog.oid AS is_public
    FROM hh.effective_privileges($1::pg_catalog.regrole) AS e
    LEFT JOIN pg_catalog.pg_roles AS r ON r.oid = e.role
    LEFT JOIN ONLY hh.policy_role AS p ON p.role_name = r.rolname
    -- Without a name it is of default privileges, on what is still to be made.
    WHERE CASE e.object_type
          WHEN 'database' THEN e.object_name = pg_catalog.current_database()
          WHEN 'schema' THEN e.object_name IN (SELECT s.name FROM schema AS s)
          WHEN 'table' THEN e.object_name IS NOT NULL AND e.object_schema IN (SELECT s.name FROM schema AS s)
          ELSE false END),
shown AS MATERIALIZED (
    SELECT h.rolname, h.kind, h.schema, h.name, h.column_name, h.privilege, h.via, h.path, h.grantable,
        h.grantor
    FROM held AS h
    -- Superusers hold everything and PostgreSQL's own roles are as it made them.
    WHERE h.is_known
       OR (h.via NOT IN ('public', 'superuser') AND NOT h.rolsuper AND h.rolname !~ '^pg_')
    UNION ALL
    SELECT DISTINCT NULL::pg_catalog.name, h.kind, h.schema, h.name, h.column_name, h.privilege, 'public',
        'PUBLIC : granted by ' || h.grantor::pg_catalog.text, h.grantable, h.grantor
    FROM held AS h
    WHERE (h.is_public OR h.via = 'public') AND $1::pg_catalog.regrole IS NULL)
SELECT s.rolname, s.kind, s.schema, s.name, s.column_name, s.privilege, s.via, s.path, s.grantable, s.grantor,
    (SELECT p.reason
     FROM ONLY hh.policy AS p
     WHERE CASE p.rule
           WHEN 'member' THEN p.role_name = s.rolname AND s.via IN ('member', 'set role', 'admin option')
                AND pg_catalog.strpos(s.path, p.object_name) > 0
           WHEN 'default' THEN false
           ELSE p.object_type = s.kind
                AND (p.role_name = s.rolname
                     OR (p.role_name IS NULL AND (s.via = 'public' OR s.rolname IS NULL)))
                AND (s.kind = 'database' OR s.schema = CASE p.object_type WHEN 'schema' THEN p.object_name
                                                           ELSE p.object_schema::pg_catalog.text END)
                AND (p.object_name IS NULL OR p.object_name = s.name)
                AND CASE p.rule WHEN 'owner' THEN s.via = 'owner'
                    ELSE p.privilege = s.privilege AND (p.column_name IS NULL OR p.column_name = s.column_name)
                    END
           END
     ORDER BY p.rule = 'member', p.object_name IS NULL, p.id
     LIMIT 1)
FROM shown AS s
ORDER BY s.kind, s.schema COLLATE pg_catalog."C", s.name COLLATE pg_catalog."C",
    pg_catalog.strpos('INSERT SELECT UPDATE DELETE TRUNCATE REFERENCES TRIGGER MAINTAIN USAGE CREATE CONNECT'
        ' TEMPORARY', s.privilege), s.column_name COLLATE pg_catalog."C";
