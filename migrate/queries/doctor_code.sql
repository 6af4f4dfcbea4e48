-- The functions of triggers that are missing, whether the extension's own or their twins.
SELECT 'hh.' || wanted.name || '()', NULL, NULL
FROM (VALUES ('search_document'), ('enforce_embedding_model'), ('embedding_model_changed'))
    AS wanted (name)
WHERE NOT EXISTS (
    SELECT FROM pg_catalog.pg_proc AS p
    JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
    WHERE n.nspname = 'hh' AND p.proname = wanted.name AND p.pronargs = 0);
