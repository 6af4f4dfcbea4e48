-- Which policy is recorded, and whether its image is other than the policy: $1, its roles, $2, what
-- it says of objects and memberships, and $3, its services, as policy_add_roles.sql and the others
-- take them.  No row of an image is there twice: as many as the policy has, and all of those.
SELECT s.checksum, s.profile,
    (SELECT pg_catalog.count(*) FROM ONLY hh.policy_role) <> pg_catalog.json_array_length($1::pg_catalog.json)
    OR (SELECT pg_catalog.count(*) FROM ONLY hh.policy) <> pg_catalog.json_array_length($2::pg_catalog.json)
    OR (SELECT pg_catalog.count(*) FROM ONLY hh.service) <> pg_catalog.json_array_length($3::pg_catalog.json)
    OR EXISTS (
        SELECT r.role_name, r.can_login, r.inherit, r.create_db, r.create_role, r.replication,
            r.bypass_rls, r.connection_limit, r.settings, r.reason, r.line
        FROM pg_catalog.json_to_recordset($1::pg_catalog.json) AS r (
            role_name pg_catalog.name, can_login pg_catalog.bool, inherit pg_catalog.bool,
            create_db pg_catalog.bool, create_role pg_catalog.bool, replication pg_catalog.bool,
            bypass_rls pg_catalog.bool, connection_limit pg_catalog.int4,
            settings pg_catalog.text[], reason pg_catalog.text, line pg_catalog.int4)
        EXCEPT
        SELECT r.role_name, r.can_login, r.inherit, r.create_db, r.create_role, r.replication,
            r.bypass_rls, r.connection_limit, r.settings, r.reason, r.line
        FROM ONLY hh.policy_role AS r)
    OR EXISTS (
        SELECT e.id, e.rule, e.role_name, e.object_type, e.object_schema, e.object_name,
            e.column_name, e.privilege, e.grantable, e.inherit_option, e.set_option, e.creator,
            e.reason, e.line
        FROM pg_catalog.json_to_recordset($2::pg_catalog.json) AS e (
            id pg_catalog.int4, rule pg_catalog.text, role_name pg_catalog.name,
            object_type pg_catalog.text, object_schema pg_catalog.name,
            object_name pg_catalog.text, column_name pg_catalog.name, privilege pg_catalog.text,
            grantable pg_catalog.bool, inherit_option pg_catalog.bool,
            set_option pg_catalog.bool, creator pg_catalog.name, reason pg_catalog.text,
            line pg_catalog.int4)
        EXCEPT
        SELECT e.id, e.rule, e.role_name, e.object_type, e.object_schema, e.object_name,
            e.column_name, e.privilege, e.grantable, e.inherit_option, e.set_option, e.creator,
            e.reason, e.line
        FROM ONLY hh.policy AS e)
    OR EXISTS (
        SELECT v.service_name, v.role_name, v.mode, v.reason, v.line
        FROM pg_catalog.json_to_recordset($3::pg_catalog.json) AS v (
            service_name pg_catalog.text, role_name pg_catalog.name, mode pg_catalog.text,
            reason pg_catalog.text, line pg_catalog.int4)
        EXCEPT
        SELECT v.service_name, v.role_name, v.mode, v.reason, v.line
        FROM ONLY hh.service AS v)
FROM ONLY hh.policy_source AS s;
