-- $1: the roles, as JSON.
INSERT INTO hh.policy_role (role_name, can_login, inherit, create_db, create_role, replication,
    bypass_rls, connection_limit, settings, reason, line)
SELECT r.role_name, r.can_login, r.inherit, r.create_db, r.create_role, r.replication,
    r.bypass_rls, r.connection_limit, r.settings, r.reason, r.line
FROM pg_catalog.json_to_recordset($1::pg_catalog.json) AS r (
    role_name pg_catalog.name, can_login pg_catalog.bool, inherit pg_catalog.bool,
    create_db pg_catalog.bool, create_role pg_catalog.bool, replication pg_catalog.bool,
    bypass_rls pg_catalog.bool, connection_limit pg_catalog.int4, settings pg_catalog.text[],
    reason pg_catalog.text, line pg_catalog.int4);
