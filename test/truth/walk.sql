-- Every way that hh.effective_privileges() tells through SET ROLE or ADMIN, walked in a session of the
-- role: truth.walk_differences().

-- Becomes what the way ends at, as the role that it begins with.
CREATE FUNCTION truth.walk(steps text[]) RETURNS void LANGUAGE plpgsql
AS $$
DECLARE
    subject text := steps[1];
    role text;
    step text;
BEGIN
    EXECUTE 'SET LOCAL SESSION AUTHORIZATION ' || subject;
    FOREACH step IN ARRAY steps[2:] LOOP
        role := split_part(step, ' (', 1);
        IF step LIKE '%(set role)' THEN
            EXECUTE 'SET LOCAL ROLE ' || role;
        ELSIF step LIKE '%(admin option)' THEN
            EXECUTE format('GRANT %s TO %s', role, subject)
                || CASE WHEN truth.version() >= 16 THEN ' WITH INHERIT TRUE, SET TRUE' ELSE '' END;
            EXECUTE 'SET LOCAL ROLE ' || role;
        END IF;
    END LOOP;
END
$$;

-- Whether the one who has walked it holds all that the way was told to lead to.
CREATE FUNCTION truth.holds_less(way text) RETURNS SETOF text LANGUAGE sql STABLE
AS $$
    SELECT format('%s: no %s on %s %s', way, e.privilege, e.object_type, e.object_name)
    FROM truth.effective AS e
    JOIN truth.objects(false) AS o
        ON (o.object_type, coalesce(o.object_schema, ''), o.object_name)
         = (e.object_type, coalesce(e.object_schema, ''), e.object_name)
    WHERE e.path LIKE way || ' : %' AND e.via IN ('set role', 'admin option')
      AND NOT CASE WHEN e.privilege = 'OWNER' THEN pg_has_role(current_user, o.owner, 'USAGE')
                   WHEN e.column_name IS NOT NULL
                   THEN has_column_privilege(current_user, o.id, e.column_name::text, e.privilege)
                   ELSE truth.has(current_user::regrole, o.object_type, o.object_name, o.id, e.privilege) END
$$;

CREATE FUNCTION truth.walk_differences() RETURNS SETOF text LANGUAGE plpgsql
AS $$
DECLARE
    way text;
    missing text[];
    found text[] := '{}';
BEGIN
    FOR way IN
        SELECT DISTINCT split_part(e.path, ' : ', 1) FROM truth.effective AS e
        WHERE e.via IN ('set role', 'admin option') AND e.path LIKE 'truth%'
    LOOP
        BEGIN
            PERFORM truth.walk(string_to_array(way, ' -> '));
            missing := ARRAY(SELECT truth.holds_less(way));
            RAISE SQLSTATE 'TRUTH';
        EXCEPTION
            WHEN SQLSTATE 'TRUTH' THEN
                found := found || missing;
            WHEN insufficient_privilege OR invalid_grant_operation THEN
                found := found || format('%s: %s', way, SQLERRM);
        END;
        UPDATE truth.tally SET ways = ways + 1;
    END LOOP;
    RETURN QUERY SELECT unnest(found);
END
$$;

-- And no role can become another one without a way being told: SET ROLE by whoever is not told to.
CREATE FUNCTION truth.untold_differences() RETURNS SETOF text LANGUAGE plpgsql
AS $$
BEGIN
    RETURN QUERY
    SELECT format('%s can SET ROLE %s, and no way is told', s.role, t.role)
    FROM truth.subjects() AS s CROSS JOIN truth.subjects() AS t
    JOIN pg_roles AS r ON r.oid = s.role AND NOT r.rolsuper
    WHERE s.role <> t.role
      AND CASE WHEN truth.version() >= 16 THEN pg_has_role(s.role, t.role, 'SET') ELSE pg_has_role(s.role, t.role, 'MEMBER') END
      -- Whoever is another role owns what that one owns.
      AND EXISTS (SELECT FROM truth.objects(false) AS o WHERE o.owner = t.role)
      AND NOT EXISTS (
        SELECT FROM truth.objects(false) AS o
        JOIN truth.effective AS e
            ON (e.object_type, coalesce(e.object_schema, ''), e.object_name, e.privilege)
             = (o.object_type, coalesce(o.object_schema, ''), o.object_name, 'OWNER')
        WHERE o.owner = t.role AND e.role = s.role);
END
$$;
