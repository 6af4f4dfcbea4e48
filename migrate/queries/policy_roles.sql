-- The image's roles, each as policy_json.c writes it.
SELECT pg_catalog.row_to_json(r)
FROM (
    SELECT r.role_name, r.can_login, r.inherit, r.create_db, r.create_role, r.replication,
        r.bypass_rls, r.connection_limit, r.settings, r.reason, r.line
    FROM ONLY hh.policy_role AS r) AS r;
