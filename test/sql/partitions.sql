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

-- Bad arguments.
SELECT * FROM ops.maintain_partitions(-1);
SELECT * FROM ops.maintain_partitions(NULL);
SELECT * FROM ops.maintain_partitions(121);
SELECT * FROM ops.maintain_partitions(3, 0);
-- An instant that isn't one belongs to no month.
\set VERBOSITY terse
INSERT INTO search.search_logs (tenant_id, request, created_at) VALUES ('acme', '{}', 'infinity');
\set VERBOSITY default
RESET ROLE;

-- Partitions must belong to their table's owner, so nobody else makes them.
SELECT * FROM ops.maintain_partitions();
