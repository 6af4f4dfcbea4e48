-- What PostgreSQL's own functions say of a state, against hh.effective_privileges(): every difference
-- is a line of truth.differences().

CREATE FUNCTION truth.subjects() RETURNS TABLE (role regrole) LANGUAGE sql STABLE
AS $$
    SELECT oid::regrole FROM pg_roles
    WHERE rolname LIKE 'truth%' OR rolname IN ('postgres', 'pg_read_all_data', 'pg_database_owner')
$$;

-- The objects, with how PostgreSQL is asked about each: of the state alone, or of the whole catalog.
CREATE FUNCTION truth.objects(everything boolean)
RETURNS TABLE (object_type text, object_schema name, object_name text, id oid, owner oid, privileges text[])
LANGUAGE sql STABLE
-- Types outside of pg_catalog have their schema then.
SET search_path = pg_catalog, pg_temp
AS $$
    WITH rights (relation) AS (
        SELECT '{SELECT,INSERT,UPDATE,DELETE,TRUNCATE,REFERENCES,TRIGGER}'::text[]
            || CASE WHEN truth.version() >= 17 THEN '{MAINTAIN}'::text[] ELSE '{}' END),
    object AS (
        SELECT 'table', relnamespace, relname::text, c.oid, relowner, relation
        FROM pg_class AS c, rights WHERE relkind IN ('r', 'p', 'v', 'm', 'f')
        UNION ALL
        SELECT 'sequence', relnamespace, relname, oid, relowner, '{SELECT,UPDATE,USAGE}'
        FROM pg_class WHERE relkind = 'S'
        UNION ALL
        SELECT 'function', pronamespace,
            quote_ident(proname) || '(' || array_to_string(ARRAY(
                SELECT format_type(t, NULL) FROM unnest(proargtypes) WITH ORDINALITY AS u (t, n) ORDER BY n), ',') || ')',
            oid, proowner, '{EXECUTE}'
        FROM pg_proc WHERE everything OR pronamespace IN (SELECT oid FROM pg_namespace WHERE nspname LIKE 'truth\__')
        UNION ALL
        SELECT 'type', typnamespace, typname, oid, typowner, '{USAGE}'
        FROM pg_type
        -- Arrays, and int2vector and oidvector, have their elements' privileges.
        WHERE typsubscript <> 'array_subscript_handler'::regproc
          AND (typtype <> 'm' OR truth.version() < 17)
        UNION ALL
        SELECT 'schema', NULL, nspname, oid, nspowner, '{USAGE,CREATE}' FROM pg_namespace
        UNION ALL
        SELECT 'database', NULL, datname, oid, datdba, '{CONNECT,CREATE,TEMPORARY}' FROM pg_database
        UNION ALL
        SELECT 'language', NULL, lanname, oid, lanowner, '{USAGE}' FROM pg_language
        UNION ALL
        SELECT 'foreign data wrapper', NULL, fdwname, oid, fdwowner, '{USAGE}' FROM pg_foreign_data_wrapper
        UNION ALL
        SELECT 'foreign server', NULL, srvname, oid, srvowner, '{USAGE}' FROM pg_foreign_server
        UNION ALL
        SELECT 'tablespace', NULL, spcname, oid, spcowner, '{CREATE}' FROM pg_tablespace
        UNION ALL
        SELECT 'large object', NULL, oid::text, oid, lomowner, '{SELECT,UPDATE}' FROM pg_largeobject_metadata
        UNION ALL
        SELECT 'parameter', NULL, parname, oid, NULL, '{SET,ALTER SYSTEM}' FROM pg_parameter_acl)
    SELECT o.column1, n.nspname, o.column3, o.column4, o.column5, o.column6
    FROM object AS o (column1, column2, column3, column4, column5, column6)
    LEFT JOIN pg_namespace AS n ON n.oid = o.column2
    WHERE (everything OR n.nspname LIKE 'truth\__' OR n.oid IS NULL OR o.column3 IN ('pg_class', 'pg_authid'))
      AND n.nspname IS DISTINCT FROM 'truth' AND n.nspname !~ '^pg_(toast_)?temp_' IS NOT FALSE
      AND NOT (o.column1 = 'schema' AND o.column3 ~ '^pg_(toast_)?temp_')
$$;

CREATE FUNCTION truth.has(role oid, object_type text, object_name text, id oid, privilege text)
RETURNS boolean LANGUAGE plpgsql STABLE
AS $$
BEGIN
    CASE object_type
        WHEN 'table' THEN RETURN has_table_privilege(role, id, privilege);
        WHEN 'sequence' THEN RETURN has_sequence_privilege(role, id, privilege);
        WHEN 'function' THEN RETURN has_function_privilege(role, id, privilege);
        WHEN 'type' THEN RETURN has_type_privilege(role, id, privilege);
        WHEN 'schema' THEN RETURN has_schema_privilege(role, id, privilege);
        WHEN 'database' THEN RETURN has_database_privilege(role, id, privilege);
        WHEN 'language' THEN RETURN has_language_privilege(role, id, privilege);
        WHEN 'foreign data wrapper' THEN RETURN has_foreign_data_wrapper_privilege(role, id, privilege);
        WHEN 'foreign server' THEN RETURN has_server_privilege(role, id, privilege);
        WHEN 'tablespace' THEN RETURN has_tablespace_privilege(role, id, privilege);
        WHEN 'parameter' THEN RETURN has_parameter_privilege(role, object_name, privilege);
        WHEN 'large object' THEN
            IF truth.version() >= 18 THEN
                RETURN has_largeobject_privilege(role, id, privilege);
            END IF;
            RETURN truth.has_large_object(role, id, privilege);
    END CASE;
END
$$;

-- PostgreSQL has a function for them from 18.
CREATE FUNCTION truth.has_large_object(role oid, id oid, privilege text) RETURNS boolean LANGUAGE sql STABLE
AS $$
    SELECT r.rolsuper
        OR (privilege LIKE '%GRANT OPTION' AND pg_has_role(r.oid, lomowner, 'USAGE'))
        OR EXISTS (
            SELECT FROM aclexplode(coalesce(lomacl, acldefault('L', lomowner))) AS a
            WHERE a.privilege_type = split_part(privilege, ' ', 1)
              AND (a.is_grantable OR privilege NOT LIKE '%GRANT OPTION')
              AND (a.grantee = 0 OR pg_has_role(r.oid, a.grantee, 'USAGE')))
    FROM pg_largeobject_metadata AS m, pg_roles AS r WHERE m.oid = id AND r.oid = role
$$;

-- The objects, and what is held on them by any way; filled for every state.
CREATE TABLE truth.known (
    object_type text, object_schema name, object_name text, id oid, owner oid, privileges text[]);
CREATE TABLE truth.effective (
    role regrole, object_type text, object_schema name, object_name text, column_name name, privilege text,
    via text, path text, grantable boolean, grantor regrole);

-- Of the whole catalog it is asked role by role, else for all of them at once.
CREATE FUNCTION truth.look(everything boolean) RETURNS void LANGUAGE plpgsql
AS $$
BEGIN
    TRUNCATE truth.effective, truth.known;
    INSERT INTO truth.known SELECT * FROM truth.objects(everything);
    IF everything THEN
        INSERT INTO truth.effective
        SELECT e.* FROM truth.subjects() AS s CROSS JOIN LATERAL hh.effective_privileges(s.role) AS e
        WHERE e.object_schema IS DISTINCT FROM 'truth';
    ELSE
        INSERT INTO truth.effective
        SELECT e.* FROM hh.effective_privileges() AS e
        WHERE e.role IN (SELECT s.role FROM truth.subjects() AS s)
          AND (e.object_schema LIKE 'truth\__' OR e.object_schema IS NULL
               OR e.object_name IN ('pg_class', 'pg_authid'));
    END IF;
END
$$;

CREATE FUNCTION truth.differences() RETURNS SETOF text LANGUAGE sql STABLE
AS $$
    WITH held AS MATERIALIZED (
        SELECT e.role, e.object_type, e.object_schema, e.object_name, e.column_name, e.privilege,
            bool_or(e.grantable) AS grantable
        FROM truth.effective AS e
        WHERE e.via NOT IN ('set role', 'admin option', 'default')
        GROUP BY 1, 2, 3, 4, 5, 6),
    owned AS MATERIALIZED (SELECT * FROM held WHERE privilege = 'OWNER'),
    expected AS MATERIALIZED (
        SELECT s.role, o.object_type, o.object_schema, o.object_name, p AS privilege,
            truth.has(s.role, o.object_type, o.object_name, o.id, p) AS has,
            truth.has(s.role, o.object_type, o.object_name, o.id, p || ' WITH GRANT OPTION') AS may_grant
        FROM truth.known AS o CROSS JOIN truth.subjects() AS s CROSS JOIN unnest(o.privileges) AS p
        UNION ALL
        SELECT s.role, o.object_type, o.object_schema, o.object_name, 'OWNER',
            pg_has_role(s.role, o.owner, 'USAGE'), pg_has_role(s.role, o.owner, 'USAGE')
        FROM truth.known AS o CROSS JOIN truth.subjects() AS s WHERE o.owner IS NOT NULL)
    SELECT format('%s: %s on %s %s.%s: PostgreSQL %s %s, we %s %s', coalesce(e.role, h.role),
        coalesce(e.privilege, h.privilege), coalesce(e.object_type, h.object_type),
        coalesce(e.object_schema, h.object_schema), coalesce(e.object_name, h.object_name),
        e.has, e.may_grant, h.privilege IS NOT NULL, h.grantable)
    FROM expected AS e
    FULL JOIN (SELECT * FROM held WHERE column_name IS NULL AND object_type <> 'role') AS h
        ON (h.role, h.object_type, coalesce(h.object_schema, ''), h.object_name, h.privilege)
         = (e.role, e.object_type, coalesce(e.object_schema, ''), e.object_name, e.privilege)
    LEFT JOIN owned AS w
        ON (w.role, w.object_type, coalesce(w.object_schema, ''), w.object_name)
         = (e.role, e.object_type, coalesce(e.object_schema, ''), e.object_name)
    WHERE e.has IS DISTINCT FROM (h.privilege IS NOT NULL)
       -- An owner may grant what it has taken from itself; on a catalog nobody's grant option counts.
       OR (e.may_grant IS DISTINCT FROM coalesce(h.grantable OR w.role IS NOT NULL, w.role IS NOT NULL)
           AND e.object_schema IS DISTINCT FROM 'pg_catalog')
$$;

CREATE FUNCTION truth.column_differences() RETURNS SETOF text LANGUAGE sql STABLE
AS $$
    WITH held AS MATERIALIZED (
        SELECT e.role, e.object_schema, e.object_name, e.column_name, e.privilege, bool_or(e.grantable) AS grantable
        FROM truth.effective AS e
        WHERE e.via NOT IN ('set role', 'admin option', 'default') AND e.object_type = 'table'
        GROUP BY 1, 2, 3, 4, 5),
    expected AS MATERIALIZED (
        SELECT s.role, n.nspname, c.relname, a.attname, p AS privilege,
            has_column_privilege(s.role, c.oid, a.attnum, p) AS has,
            has_column_privilege(s.role, c.oid, a.attnum, p || ' WITH GRANT OPTION') AS may_grant
        FROM pg_class AS c
        JOIN pg_namespace AS n ON n.oid = c.relnamespace AND n.nspname LIKE 'truth\__'
        JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        CROSS JOIN truth.subjects() AS s
        CROSS JOIN unnest('{SELECT,INSERT,UPDATE,REFERENCES}'::text[]) AS p
        WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f'))
    SELECT format('%s: %s on %s.%s.%s: PostgreSQL %s %s, we %s %s', e.role, e.privilege, e.nspname,
        e.relname, e.attname, e.has, e.may_grant, f.found, f.grantable)
    FROM expected AS e
    CROSS JOIN LATERAL (
        SELECT coalesce(bool_or(h.privilege = e.privilege), false) AS found,
            coalesce(bool_or(h.privilege = 'OWNER' OR (h.privilege = e.privilege AND h.grantable)), false) AS grantable
        FROM held AS h
        WHERE (h.role, h.object_schema, h.object_name) = (e.role, e.nspname, e.relname)
          AND (h.column_name IS NULL OR h.column_name = e.attname)) AS f
    WHERE e.has <> f.found OR e.may_grant <> f.grantable
$$;
