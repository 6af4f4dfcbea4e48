SELECT s.service_name, s.role_name, s.mode, s.reason, s.line
FROM ONLY hh.service AS s
ORDER BY s.line, s.service_name;
