-- What the ledger's rows don't hold: the statements of migrations that run outside of a
-- transaction, and the catalogs as the last deployment left them.

CREATE TABLE hh.migration_statement (
    version text COLLATE pg_catalog."C" NOT NULL,
    number integer NOT NULL,
    statement text NOT NULL,
    state text NOT NULL,
    backend_pid integer NOT NULL,
    backend_start timestamptz NOT NULL,
    started_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    finished_at timestamptz,
    CONSTRAINT migration_statement_pkey PRIMARY KEY (version, number),
    CONSTRAINT migration_statement_number_check CHECK (number > 0),
    CONSTRAINT migration_statement_state_check CHECK (state IN ('running', 'done', 'failed'))
);

COMMENT ON TABLE hh.migration_statement IS
    'The statements of migrations that run outside of a transaction, each recorded before it is run';
COMMENT ON COLUMN hh.migration_statement.version IS 'The migration''s, as in hh.migration';
COMMENT ON COLUMN hh.migration_statement.number IS 'The statement''s place in its file, from 1';
COMMENT ON COLUMN hh.migration_statement.statement IS
    'Its text as it is sent, to be held against the file''s when the migration goes on';
COMMENT ON COLUMN hh.migration_statement.state IS
    'running: begun, and perhaps done, for nobody has said; done; failed';
COMMENT ON COLUMN hh.migration_statement.backend_pid IS 'The server process that it was sent to';
COMMENT ON COLUMN hh.migration_statement.backend_start IS
    'When that process began, for pids are used again';
COMMENT ON COLUMN hh.migration_statement.started_at IS 'When it was about to be sent';
COMMENT ON COLUMN hh.migration_statement.finished_at IS 'When its end was recorded';

CREATE TABLE hh.snapshot (
    kind text COLLATE pg_catalog."C" NOT NULL,
    object text COLLATE pg_catalog."C" NOT NULL,
    property text COLLATE pg_catalog."C" NOT NULL,
    definition text NOT NULL,
    CONSTRAINT snapshot_pkey PRIMARY KEY (kind, object, property)
);

COMMENT ON TABLE hh.snapshot IS
    'The database''s catalogs as hh-migrate up left them, which verify holds against what is there';
COMMENT ON COLUMN hh.snapshot.kind IS 'What sort of object: table, column, index and others';
COMMENT ON COLUMN hh.snapshot.object IS 'The object''s name, with its schema and what it belongs to';
COMMENT ON COLUMN hh.snapshot.property IS 'What is described: definition, owner, privileges, comment';
COMMENT ON COLUMN hh.snapshot.definition IS 'What it was';
