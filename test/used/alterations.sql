-- What users do to a deployed database in the course of time, as its owner.  Needs roles app and
-- analyst.

\set ON_ERROR_STOP on

-- Structure.
CREATE INDEX "a user's index" ON search.candidate_profiles (tenant_id, lower(full_name))
    WHERE country IS NOT NULL;
COMMENT ON INDEX search."a user's index" IS 'for the names'' page';
CREATE INDEX ON search.search_logs (source_service);
CREATE INDEX candidate_embeddings_dims_idx
    ON search.candidate_embeddings (hh.embedding_dims(embedding));
ALTER TABLE search.candidate_profiles ADD COLUMN doomed integer;
ALTER TABLE search.candidate_profiles ADD COLUMN seniority text NOT NULL DEFAULT 'unknown';
ALTER TABLE search.candidate_profiles DROP COLUMN doomed;
ALTER TABLE search.search_logs ADD COLUMN region text DEFAULT 'BR' COLLATE "C";
COMMENT ON COLUMN search.candidate_profiles.seniority IS E'a user''s column\nwith two lines';
COMMENT ON COLUMN search.tenants.display_name IS 'a comment changed by a user';
CREATE TABLE search.search_logs_2024 PARTITION OF search.search_logs
    FOR VALUES FROM ('2024-01-01 00:00Z') TO ('2025-01-01 00:00Z');
INSERT INTO search.search_logs (tenant_id, request, created_at)
VALUES ('t2', '{}', '2024-06-01 00:00Z');
ALTER TABLE msgs.outbox ADD CONSTRAINT outbox_topic_known CHECK (topic <> 'nonsense') NOT VALID;
ALTER TABLE msgs.outbox SET (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.01);
ALTER TABLE msgs.skill_demand REPLICA IDENTITY USING INDEX skill_demand_pkey;
ALTER TABLE ops.refresh_jobs CLUSTER ON refresh_jobs_type_idx;
ALTER TABLE search.candidate_embeddings ALTER COLUMN embedding_text SET STORAGE EXTERNAL;
ALTER TABLE search.candidate_embeddings ALTER COLUMN tenant_id SET STATISTICS 500;
CREATE STATISTICS search.candidate_profiles_place (dependencies) ON country, location
    FROM search.candidate_profiles;
CREATE VIEW search.known_profiles WITH (security_barrier) AS
    SELECT tenant_id, candidate_id, seniority FROM search.candidate_profiles
        WHERE country IS NOT NULL;
ALTER TABLE search.candidate_evidence ENABLE ROW LEVEL SECURITY;
CREATE POLICY by_tenant ON search.candidate_evidence TO analyst USING (tenant_id = 't1');
COMMENT ON POLICY by_tenant ON search.candidate_evidence IS 'tenant by tenant';

-- A schema of the user's own that leans on the extension's functions.
CREATE SCHEMA team;
CREATE TABLE team.centroid (
    name text PRIMARY KEY,
    middle public.vector NOT NULL CONSTRAINT three CHECK (hh.embedding_dims(middle) = 3),
    dims integer GENERATED ALWAYS AS (hh.embedding_dims(middle)) STORED
);
INSERT INTO team.centroid (name, middle) VALUES ('one', '[1,2,3]');
CREATE FUNCTION team.note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
CREATE FUNCTION team.is_middle(text) RETURNS boolean STABLE
    RETURN EXISTS (SELECT FROM team.centroid AS c WHERE c.name = $1
        AND hh.embedding_dims(c.middle) > 0);

-- Triggers, ours and theirs, in every state.
CREATE TRIGGER a_user_trigger BEFORE INSERT
    ON search.tenants FOR EACH ROW EXECUTE FUNCTION team.note();
ALTER TABLE search.tenants DISABLE TRIGGER a_user_trigger;
CREATE TRIGGER of_replicas AFTER INSERT
    ON ops.pipeline_metrics FOR EACH ROW EXECUTE FUNCTION team.note();
ALTER TABLE ops.pipeline_metrics ENABLE REPLICA TRIGGER of_replicas;
ALTER TABLE search.candidate_embeddings ENABLE ALWAYS TRIGGER candidate_embeddings_enforce_model;

-- Privileges.
GRANT USAGE ON SCHEMA hh, taxonomy, msgs, ops, team TO app, analyst;
GRANT USAGE, CREATE ON SCHEMA search TO app WITH GRANT OPTION;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA search TO app;
GRANT SELECT ON search.candidate_evidence, hh.embedding_model, hh.migration TO analyst;
GRANT SELECT ON search.search_logs_2024 TO PUBLIC;
GRANT SELECT (tenant_id, candidate_id, skills), UPDATE (seniority), REFERENCES (candidate_id)
    ON search.candidate_profiles TO analyst;
GRANT INSERT (model_version, dims) ON hh.embedding_model TO app WITH GRANT OPTION;
GRANT USAGE, SELECT ON SEQUENCE msgs.outbox_outbox_id_seq TO app;
GRANT EXECUTE ON FUNCTION ops.partition_horizon() TO analyst WITH GRANT OPTION;
REVOKE EXECUTE ON FUNCTION ops.maintain_partitions(integer, integer) FROM PUBLIC;
REVOKE EXECUTE ON FUNCTION ops.add_month_partition(regclass, name, regclass, timestamptz)
    FROM PUBLIC;
REVOKE TRUNCATE, TRIGGER ON search.tenants FROM owner;
ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO analyst;
ALTER DEFAULT PRIVILEGES IN SCHEMA ops GRANT INSERT ON TABLES TO app WITH GRANT OPTION;
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
CREATE TABLE ops.made_under_default_privileges (tenant_id text);
