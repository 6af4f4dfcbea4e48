-- Settings that ALTER ROLE or ALTER DATABASE may have left in the way.
-- search_path comes first: the statements below are resolved by it.
SET search_path = pg_catalog, pg_temp;
SET ROLE NONE;
SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL READ COMMITTED, READ WRITE,
    NOT DEFERRABLE;
SELECT pg_catalog.set_config(pinned.name, pinned.setting, false)
FROM (VALUES
    ('default_transaction_isolation', 'read committed'),
    ('default_transaction_read_only', 'off'),
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
    ('standard_conforming_strings', 'on'),
    ('quote_all_identifiers', 'off'),
    ('transform_null_equals', 'off'),
    ('default_tablespace', ''),
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
