-- $1: what is said of objects and memberships, as JSON.
INSERT INTO hh.policy (id, rule, role_name, object_type, object_schema, object_name, column_name,
    privilege, grantable, inherit_option, set_option, creator, reason, line)
SELECT e.id, e.rule, e.role_name, e.object_type, e.object_schema, e.object_name, e.column_name,
    e.privilege, e.grantable, e.inherit_option, e.set_option, e.creator, e.reason, e.line
FROM pg_catalog.json_to_recordset($1::pg_catalog.json) AS e (
    id pg_catalog.int4, rule pg_catalog.text, role_name pg_catalog.name,
    object_type pg_catalog.text, object_schema pg_catalog.name, object_name pg_catalog.text,
    column_name pg_catalog.name, privilege pg_catalog.text, grantable pg_catalog.bool,
    inherit_option pg_catalog.bool, set_option pg_catalog.bool, creator pg_catalog.name,
    reason pg_catalog.text, line pg_catalog.int4);
