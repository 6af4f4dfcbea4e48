-- The ledger: which migration was applied, when, by whom and from which text.

COMMENT ON SCHEMA hh IS 'Functions of extension headhunter, and the tables that control a deployment';

CREATE TABLE hh.migration (
    version text COLLATE pg_catalog."C" NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    checksum text NOT NULL,
    state text NOT NULL,
    statements_done integer NOT NULL DEFAULT 0,
    statements_total integer NOT NULL DEFAULT 0,
    variables jsonb NOT NULL DEFAULT '{}',
    applied_by text NOT NULL,
    tool text NOT NULL,
    server_version text NOT NULL,
    started_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    finished_at timestamptz,
    error text,
    CONSTRAINT migration_pkey PRIMARY KEY (version),
    CONSTRAINT migration_version_check CHECK (version ~ '^[0-9]{4,18}$'),
    CONSTRAINT migration_kind_check CHECK (kind IN ('versioned', 'repeatable')),
    CONSTRAINT migration_checksum_check CHECK (checksum ~ '^[0-9a-f]{64}$'),
    CONSTRAINT migration_state_check
        CHECK (state IN ('running', 'applied', 'failed', 'reverted', 'baseline')),
    CONSTRAINT migration_statements_check
        CHECK (statements_done BETWEEN 0 AND statements_total),
    CONSTRAINT migration_variables_check CHECK (pg_catalog.jsonb_typeof(variables) = 'object')
);

COMMENT ON TABLE hh.migration IS
    'Ledger of migrations, one row a version, written by hh.deploy() and hh-migrate alone';
COMMENT ON COLUMN hh.migration.version IS 'The digits a migration file begins with; the order of application';
COMMENT ON COLUMN hh.migration.name IS 'The rest of the file''s name, without .sql';
COMMENT ON COLUMN hh.migration.kind IS
    'versioned: applied once; repeatable: applied again when its text changes or its verify part fails';
COMMENT ON COLUMN hh.migration.checksum IS
    'SHA-256 of the file''s text, in hexadecimal, without byte order mark and carriage returns, before variables are replaced';
COMMENT ON COLUMN hh.migration.state IS 'running, applied, failed, reverted or baseline';
COMMENT ON COLUMN hh.migration.statements_done IS 'How many of the file''s statements have been applied';
COMMENT ON COLUMN hh.migration.statements_total IS 'How many statements the file has';
COMMENT ON COLUMN hh.migration.variables IS 'The values that replaced the file''s declared variables';
COMMENT ON COLUMN hh.migration.applied_by IS 'The role that was logged in (session_user)';
COMMENT ON COLUMN hh.migration.tool IS 'The program that applied it, with its version';
COMMENT ON COLUMN hh.migration.server_version IS 'The server''s version when it was applied';
COMMENT ON COLUMN hh.migration.started_at IS 'When its application began';
COMMENT ON COLUMN hh.migration.finished_at IS 'When its application ended, well or not';
COMMENT ON COLUMN hh.migration.error IS 'The error that ended it, if one did';
