-- hh: repeatable
--
-- Which role may use which schema, and create in it: a view, and so no member of the extension. It
-- asks PostgreSQL itself, whose word is the last one, and reads nothing that not everybody may;
-- security_invoker, so that it lends nobody the owner's rights all the same.

CREATE OR REPLACE VIEW hh.schema_privileges WITH (security_invoker = true) AS
SELECT
    r.oid::pg_catalog.regrole AS role,
    n.nspname AS schema,
    pg_catalog.has_schema_privilege(r.oid, n.oid, 'USAGE') AS can_use,
    pg_catalog.has_schema_privilege(r.oid, n.oid, 'CREATE') AS can_create
FROM pg_catalog.pg_roles AS r
CROSS JOIN pg_catalog.pg_namespace AS n
WHERE n.nspname OPERATOR(pg_catalog.!~) '^pg_(toast_)?temp_';

COMMENT ON VIEW hh.schema_privileges IS
    'Which role may use which schema, and create in it, by what it holds without SET ROLE';
COMMENT ON COLUMN hh.schema_privileges.role IS 'The role';
COMMENT ON COLUMN hh.schema_privileges.schema IS 'The schema''s name';
COMMENT ON COLUMN hh.schema_privileges.can_use IS 'Whether it holds USAGE';
COMMENT ON COLUMN hh.schema_privileges.can_create IS 'Whether it holds CREATE';
