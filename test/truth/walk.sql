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
    JOIN truth.known AS o
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

-- The pairs of a role and another one's own sequence, to own which is to be that role.
CREATE FUNCTION truth.pairs() RETURNS TABLE (role regrole, other regrole, told boolean) LANGUAGE sql STABLE
AS $$
    SELECT s.role, o.owner::regrole, EXISTS (
        SELECT FROM truth.effective AS e
        WHERE (e.role, e.object_type, e.object_schema, e.object_name, e.privilege)
            = (s.role, 'sequence', 'truth_b', o.object_name, 'OWNER'))
    FROM truth.subjects() AS s JOIN truth.known AS o ON o.object_name LIKE 'own\_%'
    WHERE s.role <> o.owner
$$;

-- No role can become another one without a way being told: neither by SET ROLE nor by a GRANT to itself.
CREATE FUNCTION truth.untold_differences() RETURNS SETOF text LANGUAGE plpgsql
AS $$
DECLARE
    pair record;
BEGIN
    FOR pair IN SELECT * FROM truth.pairs() WHERE NOT told LOOP
        IF pg_has_role(pair.role, pair.other, CASE WHEN truth.version() >= 16 THEN 'SET' ELSE 'MEMBER' END) THEN
            RETURN NEXT format('%s can SET ROLE %s, and no way is told', pair.role, pair.other);
        END IF;
        -- Before 16, CREATEROLE would do, which hh.escalations() tells.
        CONTINUE WHEN NOT pg_has_role(pair.role, pair.other, 'USAGE WITH ADMIN OPTION');
        BEGIN
            EXECUTE 'SET LOCAL SESSION AUTHORIZATION ' || pair.role;
            EXECUTE format('GRANT %s TO %s', pair.other, pair.role);
            RAISE SQLSTATE 'TRUTH';
        EXCEPTION
            WHEN SQLSTATE 'TRUTH' THEN
                RETURN NEXT format('%s can GRANT itself %s, and no way is told', pair.role, pair.other);
            WHEN insufficient_privilege OR invalid_grant_operation THEN
                NULL;
        END;
    END LOOP;
END
$$;
