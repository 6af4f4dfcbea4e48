-- Said by name, before the first use of its types fails with less.
DO $prerequisites$
DECLARE
    vector_schema name;
BEGIN
    SELECT n.nspname INTO vector_schema
    FROM pg_catalog.pg_extension AS e
    JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) e.extnamespace
    WHERE e.extname OPERATOR(pg_catalog.=) 'vector';
    IF vector_schema OPERATOR(pg_catalog.<>) 'public' THEN
        RAISE EXCEPTION 'extension "vector" is in schema "%"', vector_schema
            USING ERRCODE = 'feature_not_supported',
                  DETAIL = 'headhunter needs it in schema "public".',
                  HINT = 'Run ALTER EXTENSION vector SET SCHEMA public.';
    END IF;
END
$prerequisites$;

