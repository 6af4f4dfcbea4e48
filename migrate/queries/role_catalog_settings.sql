-- Settings of the policy's roles in this database.  $1: the policy's roles, as a JSON array of names.
SELECT r.rolname, pg_catalog.split_part(c.setting, '=', 1),
    pg_catalog.substr(c.setting, pg_catalog.strpos(c.setting, '=') + 1)
FROM pg_catalog.pg_db_role_setting AS s
JOIN pg_catalog.pg_database AS d ON d.oid = s.setdatabase
JOIN pg_catalog.pg_roles AS r ON r.oid = s.setrole
CROSS JOIN pg_catalog.unnest(s.setconfig) AS c (setting)
WHERE d.datname = pg_catalog.current_database()
  AND r.rolname IN (SELECT n.value FROM pg_catalog.json_array_elements_text($1::pg_catalog.json) AS n)
ORDER BY r.rolname, c.setting;
