-- Settings that ALTER ROLE or ALTER DATABASE may have left in the way.
-- search_path comes first: the statements below are resolved by it.
SET search_path = pg_catalog, pg_temp;
SET ROLE NONE;
SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL READ COMMITTED, NOT DEFERRABLE;
SELECT pg_catalog.set_config(pinned.name, pinned.setting, false)
FROM (VALUES
    ('default_transaction_isolation', 'read committed'),
    ('default_transaction_deferrable', 'off'),
    ('lock_timeout', '3s'),
    -- A record must outlive a crash.
    ('synchronous_commit', CASE pg_catalog.current_setting('synchronous_commit')
        WHEN 'off' THEN 'local' ELSE pg_catalog.current_setting('synchronous_commit') END),
    ('transaction_timeout', '0'),
    ('client_min_messages', 'warning'),
    ('check_function_bodies', 'on'),
    ('row_security', 'on'),
    ('restrict_nonsystem_relation_kind', ''),
    ('exit_on_error', 'off'),
    ('array_nulls', 'on'),
    ('standard_conforming_strings', 'on'),
    ('quote_all_identifiers', 'off'),
    ('transform_null_equals', 'off'),
    ('default_tablespace', ''),
    ('temp_tablespaces', ''),
    ('default_table_access_method', 'heap'),
    ('default_toast_compression', 'pglz'),
    ('TimeZone', 'UTC'),
    ('DateStyle', 'ISO'),
    ('IntervalStyle', 'postgres'),
    ('extra_float_digits', '1'),
    ('bytea_output', 'hex'),
    ('xmloption', 'content')
) AS pinned (name, setting)
-- Not all versions have all of them.
WHERE pg_catalog.current_setting(pinned.name, true) IS NOT NULL;
-- Only what a role or database carries: the server's own configuration makes it read-only for a
-- reason.  session_replication_role takes a right that few have; without it, nothing is written.
SELECT pg_catalog.set_config(mended.name, mended.setting, false)
FROM (VALUES
    ('default_transaction_read_only', 'on', 'off'),
    ('session_replication_role', 'replica', 'origin'),
    ('session_replication_role', 'local', 'origin')
) AS mended (name, found, setting)
-- Reading pg_settings takes a millisecond, and is seldom needed.
WHERE pg_catalog.current_setting(mended.name) OPERATOR(pg_catalog.=) mended.found
  AND (SELECT s.source IN ('database', 'user', 'database user')
           AND (s.context OPERATOR(pg_catalog.=) 'user'
                OR pg_catalog.has_parameter_privilege(s.name, 'SET'))
       FROM pg_catalog.pg_settings AS s
       WHERE s.name OPERATOR(pg_catalog.=) mended.name);
