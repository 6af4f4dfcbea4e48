-- Settings that ALTER ROLE or ALTER DATABASE may have left in the way, one command each: a new session
-- plans a query of them all ten times as long.  The last one tells whether mend_session.sql is needed.
-- search_path comes first: the statements below are resolved by it.
SET search_path = pg_catalog, pg_temp;
SET ROLE NONE;
SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL READ COMMITTED, NOT DEFERRABLE;
SET default_transaction_isolation = 'read committed';
SET default_transaction_deferrable = off;
SET lock_timeout = '3s';
SET client_min_messages = warning;
SET check_function_bodies = on;
SET row_security = on;
SET exit_on_error = off;
SET array_nulls = on;
SET standard_conforming_strings = on;
SET quote_all_identifiers = off;
SET transform_null_equals = off;
SET default_tablespace = '';
SET temp_tablespaces = '';
SET default_table_access_method = heap;
SET default_toast_compression = pglz;
SET TimeZone = 'UTC';
SET DateStyle = 'ISO';
SET IntervalStyle = postgres;
SET extra_float_digits = 1;
SET bytea_output = hex;
SET xmloption = content;
-- A record must outlive a crash.
SELECT pg_catalog.set_config('synchronous_commit', 'local', false)
WHERE pg_catalog.current_setting('synchronous_commit') OPERATOR(pg_catalog.=) 'off';
-- Not all minor versions have it.
SELECT pg_catalog.set_config('restrict_nonsystem_relation_kind', '', false)
WHERE pg_catalog.current_setting('restrict_nonsystem_relation_kind', true) IS NOT NULL;
SELECT pg_catalog.current_setting('default_transaction_read_only') OPERATOR(pg_catalog.=) 'on'
    OR pg_catalog.current_setting('session_replication_role') OPERATOR(pg_catalog.<>) 'origin';
