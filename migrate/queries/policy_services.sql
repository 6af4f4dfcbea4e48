-- The image's services, each as policy_json.c writes it.
SELECT pg_catalog.row_to_json(s)
FROM (
    SELECT s.service_name, s.role_name, s.mode, s.reason, s.line
    FROM ONLY hh.service AS s) AS s;
