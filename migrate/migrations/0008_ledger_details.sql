-- What the ledger's rows don't hold: the statements of migrations that run outside of a
-- transaction, and the catalogs as the last deployment left them.

CREATE TABLE hh.migration_statement (
    version text COLLATE pg_catalog."C" NOT NULL,
    number integer NOT NULL,
    part text NOT NULL,
    statement text NOT NULL,
    state text NOT NULL,
    is_atomic boolean NOT NULL DEFAULT true,
    backend_pid integer,
    backend_start timestamptz,
    started_at timestamptz,
    finished_at timestamptz,
    CONSTRAINT migration_statement_pkey PRIMARY KEY (version, number),
    CONSTRAINT migration_statement_number_check CHECK (number > 0),
    CONSTRAINT migration_statement_part_check CHECK (part IN ('change', 'revert')),
    CONSTRAINT migration_statement_state_check
        CHECK (state IN ('pending', 'running', 'done', 'failed'))
);

COMMENT ON TABLE hh.migration_statement IS
    'The statements of migrations that run outside of a transaction and have not come to their end; each is recorded as running before it is sent';
COMMENT ON COLUMN hh.migration_statement.version IS 'The migration''s, as in hh.migration';
COMMENT ON COLUMN hh.migration_statement.number IS 'The statement''s place in its part of the file, from 1';
COMMENT ON COLUMN hh.migration_statement.part IS 'change, or revert where the migration is being taken back';
COMMENT ON COLUMN hh.migration_statement.statement IS
    'Its text as it is sent, to be held against the file''s when the migration goes on';
COMMENT ON COLUMN hh.migration_statement.state IS
    'pending; running: begun, and nobody has said how it ended; done; failed';
COMMENT ON COLUMN hh.migration_statement.is_atomic IS
    'Whether it was sent in a transaction together with its mark as done: if it isn''t done, then nothing of it stands';
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
