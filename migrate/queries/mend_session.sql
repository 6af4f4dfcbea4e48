-- Only what a role or database carries: the server's own configuration makes it read-only for a
-- reason.  session_replication_role takes a right that few have; without it, nothing is written.
SELECT pg_catalog.set_config(mended.name, mended.setting, false)
FROM (VALUES
    ('default_transaction_read_only', 'on', 'off'),
    ('session_replication_role', 'replica', 'origin'),
    ('session_replication_role', 'local', 'origin')
) AS mended (name, found, setting)
WHERE pg_catalog.current_setting(mended.name) OPERATOR(pg_catalog.=) mended.found
  AND (SELECT s.source IN ('database', 'user', 'database user')
           AND (s.context OPERATOR(pg_catalog.=) 'user'
                OR pg_catalog.has_parameter_privilege(s.name, 'SET'))
       FROM pg_catalog.pg_settings AS s
       WHERE s.name OPERATOR(pg_catalog.=) mended.name);
