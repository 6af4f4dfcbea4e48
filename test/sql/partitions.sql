-- Monthly partitions.  Months are told relative to this one, for the test runs in any.
\set SHOW_CONTEXT never
SET timezone = 'UTC';
CREATE FUNCTION pg_temp.month(n integer) RETURNS timestamptz LANGUAGE sql
AS $$ SELECT date_trunc('month', now()) + make_interval(months => n) $$;
CREATE FUNCTION pg_temp.named(name text) RETURNS text LANGUAGE sql
AS $$
    SELECT coalesce((SELECT replace(name, to_char(pg_temp.month(n), 'YYYY_MM'), 'month ' || n)
                     FROM generate_series(-40, 40) AS n
                     WHERE name LIKE '%' || to_char(pg_temp.month(n), 'YYYY_MM')), name)
$$;

-- Deployment made this month's and the next three's, beside the default partition.
SELECT pg_temp.named(inhrelid::regclass::text) AS partition
FROM pg_inherits WHERE inhparent = 'search.search_logs'::regclass ORDER BY inhrelid::regclass::text;
SELECT r.range_start = pg_temp.month(n) AS starts, r.range_end = pg_temp.month(n + 1) AS ends
FROM generate_series(0, 3) AS n
JOIN ops.partition_ranges('ops.pipeline_metrics') AS r ON r.range_start = pg_temp.month(n);
SELECT relation, horizon = pg_temp.month(4) AS as_expected, days_left BETWEEN 89 AND 123 AS plausible, default_rows
FROM ops.partition_horizon();

SET ROLE regress_hh_owner;
-- Again: nothing to do.
SELECT * FROM ops.maintain_partitions();

BEGIN;
-- Rows of months without a partition wait in the default one, and none is lost.
INSERT INTO search.search_logs (tenant_id, request, created_at)
SELECT 'acme', jsonb_build_object('n', n), pg_temp.month(n) + interval '3 days'
FROM generate_series(-30, 6) AS n;
SELECT relation, default_rows FROM ops.partition_horizon();
SELECT relation, pg_temp.named(partition_name) AS partition, action, row_count
FROM ops.maintain_partitions(5, NULL)
WHERE partition_name NOT LIKE '%search_logs_20%' OR row_count <> 1;
SELECT count(*), count(*) FILTER (WHERE tableoid = 'search.search_logs_default'::regclass) AS in_default
FROM search.search_logs;
-- What is too far ahead stays until its month comes.
SELECT relation, horizon = pg_temp.month(6) AS as_expected, default_rows FROM ops.partition_horizon();

-- Moved rows are whole, and the partition is like its parent.
SELECT count(DISTINCT request), count(DISTINCT search_id) FROM search.search_logs;
SELECT count(*)
FROM pg_inherits AS i JOIN pg_attribute AS a ON a.attrelid = i.inhrelid
WHERE i.inhparent = 'search.search_logs'::regclass AND a.attnum > 0
  AND col_description(a.attrelid, a.attnum) IS DISTINCT FROM col_description(i.inhparent, a.attnum);

-- Expiry counts whole months.
INSERT INTO ops.pipeline_metrics (service_name, metric_name, metric_value, recorded_at)
VALUES ('s', 'm', 1, pg_temp.month(-13) + interval '1 day'), ('s', 'm', 2, pg_temp.month(-12));
SELECT relation, pg_temp.named(partition_name) AS partition, action, row_count
FROM ops.maintain_partitions(5, 12);
SELECT min(created_at) = pg_temp.month(-12) + interval '3 days' AS kept, count(*) FROM search.search_logs;
SELECT recorded_at = pg_temp.month(-12) AS kept FROM ops.pipeline_metrics;
ROLLBACK;

BEGIN;
-- A partition somebody made for a longer range is respected.
CREATE TABLE search.search_logs_old PARTITION OF search.search_logs
    FOR VALUES FROM (MINVALUE) TO ('2020-01-01 00:00+00');
INSERT INTO search.search_logs (tenant_id, request, created_at) VALUES ('acme', '{}', '2019-05-05');
SELECT * FROM ops.maintain_partitions();
SELECT range_start, range_end FROM ops.partition_ranges('search.search_logs') ORDER BY 1 LIMIT 1;
-- Another session's settings change nothing.
SET LOCAL timezone = 'America/Sao_Paulo';
SET LOCAL datestyle = 'German';
SELECT relation, pg_temp.named(partition_name) AS partition, action FROM ops.maintain_partitions(4, NULL);
SELECT bool_and(r.range_start = date_trunc('month', r.range_start, 'UTC')) AS by_utc
FROM ops.partition_ranges('search.search_logs') AS r WHERE isfinite(r.range_start);
ROLLBACK;

BEGIN;
-- Without a default partition.
DROP TABLE ops.pipeline_metrics_default;
SELECT relation, pg_temp.named(partition_name) AS partition, action, row_count
FROM ops.maintain_partitions(4, 2) WHERE relation = 'ops.pipeline_metrics';
SELECT relation, default_rows FROM ops.partition_horizon();
ROLLBACK;

BEGIN;
-- Rows are moved by the columns' names: the default partition may have them in another order.
ALTER TABLE search.search_logs DETACH PARTITION search.search_logs_default;
ALTER TABLE search.search_logs ADD COLUMN a text, ADD COLUMN b text;
ALTER TABLE search.search_logs_default ADD COLUMN gone int, ADD COLUMN b text, ADD COLUMN a text;
ALTER TABLE search.search_logs_default DROP COLUMN gone;
ALTER TABLE search.search_logs ATTACH PARTITION search.search_logs_default DEFAULT;
-- And whoever added generated columns has them computed.
ALTER TABLE search.search_logs ADD COLUMN seconds numeric GENERATED ALWAYS AS (latency_ms / 1000) STORED,
    ADD COLUMN n bigint NOT NULL DEFAULT 0;
ALTER TABLE search.search_logs ALTER COLUMN n DROP DEFAULT,
    ALTER COLUMN n ADD GENERATED ALWAYS AS IDENTITY (START 7);
INSERT INTO search.search_logs (tenant_id, request, latency_ms, created_at, a, b)
VALUES ('acme', '{}', 1500, pg_temp.month(4), 'a', 'b');
SELECT relation, pg_temp.named(partition_name) AS partition, action, row_count
FROM ops.maintain_partitions(4) WHERE relation = 'search.search_logs';
INSERT INTO search.search_logs (tenant_id, request, latency_ms, created_at)
VALUES ('acme', '{}', 500, pg_temp.month(4));
SELECT tenant_id, latency_ms, a, b, round(seconds, 1) AS seconds, n FROM search.search_logs ORDER BY n;
ROLLBACK;

BEGIN;
-- What can't be made or dropped is skipped with a warning (which names this year), the rest is done.
SET LOCAL client_min_messages = error;
DO $$ BEGIN
    EXECUTE format('ALTER TABLE search.search_logs DETACH PARTITION search.search_logs_%s',
                   to_char(pg_temp.month(2), 'YYYY_MM'));
    EXECUTE format('CREATE TYPE ops.pipeline_metrics_%s AS ENUM ()', to_char(pg_temp.month(4), 'YYYY_MM'));
END $$;
INSERT INTO search.search_logs (tenant_id, request, created_at)
SELECT 'acme', '{}', pg_temp.month(n) FROM unnest(ARRAY[-21, -20, 2, 5]) AS n;
SELECT relation, pg_temp.named(partition_name) AS partition, action, row_count FROM ops.maintain_partitions(5);
SELECT relation, horizon = pg_temp.month(CASE relation WHEN 'search.search_logs' THEN 2 ELSE 4 END) AS as_expected,
       default_rows FROM ops.partition_horizon();
DO $$ BEGIN
    EXECUTE format('CREATE VIEW search.kept AS SELECT FROM search.search_logs_%s',
                   to_char(pg_temp.month(-21), 'YYYY_MM'));
END $$;
SELECT relation, pg_temp.named(partition_name) AS partition, action, row_count
FROM ops.maintain_partitions(3, 12) WHERE relation = 'search.search_logs';
SELECT count(*) FROM search.kept;
-- When the cause is gone, so is the effect.
DROP VIEW search.kept;
DO $$ BEGIN
    EXECUTE format('DROP TABLE search.search_logs_%s', to_char(pg_temp.month(2), 'YYYY_MM'));
END $$;
SELECT relation, pg_temp.named(partition_name) AS partition, action, row_count
FROM ops.maintain_partitions(3, 12) WHERE relation = 'search.search_logs';
ROLLBACK;

BEGIN;
-- Moving deletes rows, so nothing is moved that somebody would miss.
INSERT INTO search.search_logs (tenant_id, request, created_at) VALUES ('acme', '{}', pg_temp.month(5));
CREATE TABLE search.bookmarks (
    tenant_id text, created_at timestamptz, search_id uuid,
    FOREIGN KEY (tenant_id, created_at, search_id) REFERENCES search.search_logs ON DELETE CASCADE);
INSERT INTO search.bookmarks SELECT tenant_id, created_at, search_id FROM search.search_logs;
SAVEPOINT before;
SELECT ops.move_rows('search.search_logs_default', 'search.search_logs_default', 'created_at', '-infinity', 'infinity');
ROLLBACK TO before;
SET LOCAL client_min_messages = error;
SELECT relation, pg_temp.named(partition_name) AS partition, action, row_count
FROM ops.maintain_partitions(5) WHERE relation = 'search.search_logs';
SELECT count(*) FROM search.bookmarks;
DROP TABLE search.bookmarks;

CREATE FUNCTION search.keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
CREATE TRIGGER keep BEFORE DELETE ON search.search_logs FOR EACH ROW EXECUTE FUNCTION search.keep();
SAVEPOINT before;
SELECT ops.move_rows('search.search_logs_default', 'search.search_logs_default', 'created_at', '-infinity', 'infinity');
ROLLBACK TO before;
SELECT relation, pg_temp.named(partition_name) AS partition, action, row_count
FROM ops.maintain_partitions(6) WHERE relation = 'search.search_logs';
ALTER TABLE search.search_logs DISABLE TRIGGER keep;

CREATE TRIGGER archive AFTER DELETE ON search.search_logs_default REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION search.keep();
SELECT ops.move_rows('search.search_logs_default', 'search.search_logs_default', 'created_at', '-infinity', 'infinity');
ROLLBACK TO before;
DROP TRIGGER keep ON search.search_logs;
CREATE RULE keep AS ON DELETE TO search.search_logs_default DO INSTEAD NOTHING;
SAVEPOINT before;
SELECT ops.move_rows('search.search_logs_default', 'search.search_logs_default', 'created_at', '-infinity', 'infinity');
ROLLBACK TO before;
DROP RULE keep ON search.search_logs_default;
-- A statement trigger that sees no rows does not mind.
CREATE TRIGGER count AFTER DELETE ON search.search_logs_default
    FOR EACH STATEMENT EXECUTE FUNCTION search.keep();
SELECT relation, pg_temp.named(partition_name) AS partition, action, row_count
FROM ops.maintain_partitions(5) WHERE relation = 'search.search_logs';
ROLLBACK;

-- Bad arguments.
SELECT * FROM ops.maintain_partitions(-1);
SELECT * FROM ops.maintain_partitions(NULL);
SELECT * FROM ops.maintain_partitions(121);
SELECT * FROM ops.maintain_partitions(3, 0);
SELECT * FROM ops.maintain_partitions(3, 1201);
SELECT * FROM ops.maintain_partitions(3, 2147483647);
SELECT * FROM ops.maintain_partitions(3, 1200);
-- An instant that isn't one belongs to no month.
\set VERBOSITY terse
INSERT INTO search.search_logs (tenant_id, request, created_at) VALUES ('acme', '{}', 'infinity');
\set VERBOSITY default
RESET ROLE;

-- Partitions must belong to their table's owner, so nobody else makes them.
SELECT * FROM ops.maintain_partitions();
