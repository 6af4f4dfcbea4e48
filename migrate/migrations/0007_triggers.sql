-- hh: repeatable
-- hh: requires-extension 1.0
--
-- Everything on our tables that depends on the extension's functions stands here alone: DROP
-- EXTENSION ... CASCADE takes it, and the verify part then has the next deployment bring it back.

CREATE OR REPLACE TRIGGER candidate_profiles_search_document
    BEFORE INSERT OR UPDATE OF current_title, headline, skills, industries, profile, search_document
    ON search.candidate_profiles
    FOR EACH ROW EXECUTE FUNCTION hh.search_document('pg_catalog.portuguese');
COMMENT ON TRIGGER candidate_profiles_search_document ON search.candidate_profiles IS
    'Derives search_document';

CREATE OR REPLACE TRIGGER candidate_embeddings_enforce_model
    BEFORE INSERT OR UPDATE OF embedding, model_version
    ON search.candidate_embeddings
    FOR EACH ROW EXECUTE FUNCTION hh.enforce_embedding_model();
COMMENT ON TRIGGER candidate_embeddings_enforce_model ON search.candidate_embeddings IS
    'Refuses embeddings that are not of their model''s dimension, and zero vectors';

-- A row trigger, for a subscriber's apply worker fires no other; and ALWAYS, for it works in replica
-- mode.
CREATE OR REPLACE TRIGGER embedding_model_changed
    AFTER INSERT OR UPDATE OR DELETE
    ON hh.embedding_model
    FOR EACH ROW EXECUTE FUNCTION hh.embedding_model_changed();
ALTER TABLE hh.embedding_model ENABLE ALWAYS TRIGGER embedding_model_changed;
COMMENT ON TRIGGER embedding_model_changed ON hh.embedding_model IS
    'Tells every session that the registry changed';

CREATE OR REPLACE TRIGGER embedding_model_truncated
    AFTER TRUNCATE
    ON hh.embedding_model
    FOR EACH STATEMENT EXECUTE FUNCTION hh.embedding_model_changed();
ALTER TABLE hh.embedding_model ENABLE ALWAYS TRIGGER embedding_model_truncated;
COMMENT ON TRIGGER embedding_model_truncated ON hh.embedding_model IS
    'Tells every session that the registry was emptied';

-- hh: verify
-- Whole definitions, for a trigger of the name that fires at other times is none; and enabled.
SELECT pg_catalog.count(*) = 4
FROM pg_catalog.pg_trigger AS t
JOIN (VALUES
    ('{O,A}', 'CREATE TRIGGER candidate_profiles_search_document BEFORE INSERT OR UPDATE OF current_title, headline, skills, industries, profile, search_document ON search.candidate_profiles FOR EACH ROW EXECUTE FUNCTION hh.search_document(''pg_catalog.portuguese'')'),
    ('{O,A}', 'CREATE TRIGGER candidate_embeddings_enforce_model BEFORE INSERT OR UPDATE OF embedding, model_version ON search.candidate_embeddings FOR EACH ROW EXECUTE FUNCTION hh.enforce_embedding_model()'),
    ('{A}', 'CREATE TRIGGER embedding_model_changed AFTER INSERT OR DELETE OR UPDATE ON hh.embedding_model FOR EACH ROW EXECUTE FUNCTION hh.embedding_model_changed()'),
    ('{A}', 'CREATE TRIGGER embedding_model_truncated AFTER TRUNCATE ON hh.embedding_model FOR EACH STATEMENT EXECUTE FUNCTION hh.embedding_model_changed()')
) AS expected (enabled, definition)
    ON pg_catalog.pg_get_triggerdef(t.oid) = expected.definition
    AND t.tgenabled = ANY (expected.enabled::"char"[]);
