-- The services that the database knows.
SELECT s.service_name, s.role_name, s.mode
FROM hh.service AS s
ORDER BY s.line, s.service_name;
