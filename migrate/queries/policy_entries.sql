-- What the image says of objects and memberships, each row as policy_json.c writes it.
SELECT pg_catalog.row_to_json(e)
FROM (
    SELECT e.id, e.rule, e.role_name, e.object_type, e.object_schema, e.object_name, e.column_name,
        e.privilege, e.grantable, e.inherit_option, e.set_option, e.creator, e.reason, e.line
    FROM ONLY hh.policy AS e) AS e;
