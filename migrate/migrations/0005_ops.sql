-- hh: requires-extension 1.0
--
-- What the services' operation leaves behind: refresh jobs and metrics.

CREATE SCHEMA ops;
COMMENT ON SCHEMA ops IS 'Refresh jobs, metrics, and the upkeep of partitions';

CREATE TABLE ops.refresh_jobs (
    tenant_id text NOT NULL DEFAULT '*',
    job_id uuid NOT NULL DEFAULT pg_catalog.gen_random_uuid(),
    job_type text NOT NULL,
    status text NOT NULL DEFAULT 'pending',
    requested_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    started_at timestamptz,
    completed_at timestamptz,
    failure_reason text,
    metadata jsonb NOT NULL DEFAULT '{}',
    CONSTRAINT refresh_jobs_pkey PRIMARY KEY (tenant_id, job_id),
    CONSTRAINT refresh_jobs_job_type_check CHECK (job_type <> ''),
    CONSTRAINT refresh_jobs_status_check CHECK (status <> '')
);

CREATE INDEX refresh_jobs_status_idx ON ops.refresh_jobs (status, requested_at);
CREATE INDEX refresh_jobs_type_idx ON ops.refresh_jobs (tenant_id, job_type, requested_at DESC);

COMMENT ON TABLE ops.refresh_jobs IS 'Long-running jobs: asked for, running, done or failed';
COMMENT ON COLUMN ops.refresh_jobs.tenant_id IS 'The tenant the job works for; * for all';
COMMENT ON COLUMN ops.refresh_jobs.job_id IS 'Identifier of the job';
COMMENT ON COLUMN ops.refresh_jobs.job_type IS 'What the job does';
COMMENT ON COLUMN ops.refresh_jobs.status IS 'Where the job stands, in the services'' own words';
COMMENT ON COLUMN ops.refresh_jobs.requested_at IS 'When it was asked for';
COMMENT ON COLUMN ops.refresh_jobs.started_at IS 'When it began';
COMMENT ON COLUMN ops.refresh_jobs.completed_at IS 'When it ended, well or not';
COMMENT ON COLUMN ops.refresh_jobs.failure_reason IS 'Why it failed, if it did';
COMMENT ON COLUMN ops.refresh_jobs.metadata IS 'What else the service notes about it';

CREATE TABLE ops.pipeline_metrics (
    tenant_id text NOT NULL DEFAULT '*',
    metric_id uuid NOT NULL DEFAULT pg_catalog.gen_random_uuid(),
    service_name text NOT NULL,
    metric_name text NOT NULL,
    metric_value double precision NOT NULL,
    labels jsonb NOT NULL DEFAULT '{}',
    recorded_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    CONSTRAINT pipeline_metrics_pkey PRIMARY KEY (tenant_id, recorded_at, metric_id),
    CONSTRAINT pipeline_metrics_service_name_check CHECK (service_name <> ''),
    CONSTRAINT pipeline_metrics_metric_name_check CHECK (metric_name <> ''),
    CONSTRAINT pipeline_metrics_recorded_at_check CHECK (pg_catalog.isfinite(recorded_at))
) PARTITION BY RANGE (recorded_at);

CREATE INDEX pipeline_metrics_name_idx
    ON ops.pipeline_metrics (service_name, metric_name, recorded_at DESC);

COMMENT ON TABLE ops.pipeline_metrics IS
    'Measurements of the services, partitioned by month (UTC) of recorded_at';
COMMENT ON COLUMN ops.pipeline_metrics.tenant_id IS 'The tenant measured; * for the whole service';
COMMENT ON COLUMN ops.pipeline_metrics.metric_id IS 'Identifier of the measurement';
COMMENT ON COLUMN ops.pipeline_metrics.service_name IS 'The service measured';
COMMENT ON COLUMN ops.pipeline_metrics.metric_name IS 'What was measured';
COMMENT ON COLUMN ops.pipeline_metrics.metric_value IS 'The value, in the metric''s own unit';
COMMENT ON COLUMN ops.pipeline_metrics.labels IS 'What distinguishes it from others of the same name';
COMMENT ON COLUMN ops.pipeline_metrics.recorded_at IS 'When it was measured; decides the partition';

CREATE TABLE ops.pipeline_metrics_default (LIKE ops.pipeline_metrics INCLUDING ALL);
ALTER TABLE ops.pipeline_metrics ATTACH PARTITION ops.pipeline_metrics_default DEFAULT;
COMMENT ON TABLE ops.pipeline_metrics_default IS
    'Safety net for rows of months without a partition; ops.maintain_partitions() empties it';
