-- What hh-embed-svc's own DDL needs, even where everything exists already, and the role lacks.
SELECT lacking.what, lacking.detail, NULL
FROM (
    SELECT 1 AS position, 'CREATE on database ' || pg_catalog.current_database() AS what,
        'for CREATE SCHEMA IF NOT EXISTS, though schema search is there' AS detail,
        NOT pg_catalog.has_database_privilege(
            (SELECT d.oid FROM pg_catalog.pg_database AS d
             WHERE d.datname = pg_catalog.current_database()), 'CREATE') AS lacks
    UNION ALL
    SELECT 2, 'CREATE on schema search', 'for CREATE TABLE IF NOT EXISTS',
        NOT pg_catalog.has_schema_privilege(n.oid, 'CREATE')
    FROM pg_catalog.pg_namespace AS n
    WHERE n.nspname = 'search'
    UNION ALL
    SELECT 3, 'to own table search.' || c.relname,
        'for CREATE INDEX IF NOT EXISTS; it belongs to role '
            || pg_catalog.pg_get_userbyid(c.relowner),
        NOT pg_catalog.pg_has_role(c.relowner, 'USAGE')
    FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE n.nspname = 'search' AND c.relname = 'candidate_embeddings'
) AS lacking
WHERE lacking.lacks
ORDER BY lacking.position;
