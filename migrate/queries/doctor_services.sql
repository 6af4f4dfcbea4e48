-- The services that the database knows. ONLY: a child table would be somebody else's.
SELECT s.service_name, s.role_name, s.mode
FROM ONLY hh.service AS s
ORDER BY s.line, s.service_name;
