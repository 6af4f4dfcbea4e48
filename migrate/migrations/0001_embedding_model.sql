-- The registry of embedding models, which hh.enforce_embedding_model() holds every embedding against.

CREATE TABLE hh.embedding_model (
    model_version text NOT NULL,
    dims integer NOT NULL,
    active boolean NOT NULL DEFAULT true,
    description text,
    registered_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    CONSTRAINT embedding_model_pkey PRIMARY KEY (model_version),
    CONSTRAINT embedding_model_model_version_check
        CHECK (pg_catalog.octet_length(model_version) BETWEEN 1 AND 255),
    CONSTRAINT embedding_model_dims_check CHECK (dims BETWEEN 1 AND 16000)
);

COMMENT ON TABLE hh.embedding_model IS
    'The embedding models known by name, and the dimension of the vectors each makes';
COMMENT ON COLUMN hh.embedding_model.model_version IS
    'The name services write in search.candidate_embeddings.model_version';
COMMENT ON COLUMN hh.embedding_model.dims IS 'How many dimensions the model''s vectors have';
COMMENT ON COLUMN hh.embedding_model.active IS
    'Whether services embed with it now; an inactive model''s rows stay valid';
COMMENT ON COLUMN hh.embedding_model.description IS 'What the model is, for people';
COMMENT ON COLUMN hh.embedding_model.registered_at IS 'When it was registered';

-- The model's own dimension, whatever the dimension of this database's column.
INSERT INTO hh.embedding_model (model_version, dims, active, description)
VALUES ('text-embedding-004', 768, true, 'Google text-embedding-004');
