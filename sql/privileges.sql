-- What roles may do, by which way, and what more they can come to.

-- The two parts of hh.effective_privileges(): each object with its privileges as they are stored, and
-- what these mean to the roles.
CREATE FUNCTION hh.privilege_objects()
RETURNS TABLE (
    object_type text,
    object_schema name,
    object_name text,
    column_name name,
    kind integer,
    is_system boolean,
    owner oid,
    acl aclitem[]
)
    LANGUAGE c STABLE PARALLEL SAFE COST 10000 ROWS 10000
    AS 'MODULE_PATHNAME', 'hh_privilege_objects';
COMMENT ON FUNCTION hh.privilege_objects() IS
    'Part of hh.effective_privileges(): every object, column and default that has privileges, with these as they are stored';

CREATE FUNCTION hh.privilege_holders(
    role regrole,
    kind integer,
    is_system boolean,
    owner oid,
    acl aclitem[]
) RETURNS TABLE (
    role regrole,
    privilege text,
    via text,
    path text,
    grantable boolean,
    grantor regrole
)
    LANGUAGE c STABLE PARALLEL SAFE ROWS 100
    AS 'MODULE_PATHNAME', 'hh_privilege_holders';
COMMENT ON FUNCTION hh.privilege_holders(regrole, integer, boolean, oid, aclitem[]) IS
    'Part of hh.effective_privileges(): what privileges as they are stored mean to every role, or to one';

-- Written so that the planner takes it apart: then no row of the result is stored.
CREATE FUNCTION hh.effective_privileges(role regrole DEFAULT NULL)
RETURNS TABLE (
    role regrole,
    object_type text,
    object_schema name,
    object_name text,
    column_name name,
    privilege text,
    via text,
    path text,
    grantable boolean,
    grantor regrole
)
    LANGUAGE sql STABLE PARALLEL SAFE ROWS 100000
BEGIN ATOMIC
    SELECT (a.holder).role, a.object_type, a.object_schema, a.object_name, a.column_name,
        (a.holder).privilege, (a.holder).via, (a.holder).path, (a.holder).grantable, (a.holder).grantor
    FROM (
        SELECT o.object_type, o.object_schema, o.object_name, o.column_name,
            hh.privilege_holders($1, o.kind, o.is_system, o.owner, o.acl) AS holder
        FROM hh.privilege_objects() AS o
    ) AS a;
END;
COMMENT ON FUNCTION hh.effective_privileges(regrole) IS
    'Every privilege that each role, or one, holds or can come by, on which object, and by which way';

CREATE FUNCTION hh.escalations(role regrole DEFAULT NULL)
RETURNS TABLE (role regrole, kind text, severity text, target text, gains text, path text)
    LANGUAGE c STABLE PARALLEL SAFE COST 10000 ROWS 100
    AS 'MODULE_PATHNAME', 'hh_escalations';
COMMENT ON FUNCTION hh.escalations(regrole) IS
    'Ways from each role, or one, to more than it seems to hold';
