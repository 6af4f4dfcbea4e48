-- $1: the services, as JSON.
INSERT INTO hh.service (service_name, role_name, mode, reason, line)
SELECT s.service_name, s.role_name, s.mode, s.reason, s.line
FROM pg_catalog.json_to_recordset($1::pg_catalog.json) AS s (
    service_name pg_catalog.text, role_name pg_catalog.name, mode pg_catalog.text,
    reason pg_catalog.text, line pg_catalog.int4);
