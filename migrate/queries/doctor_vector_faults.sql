-- Whether the installed pgvector has faults that are known.  Its version is compared as numbers.
SELECT 'vector',
    'version ' || e.extversion || CASE
        WHEN v.parts < '{0,8,2}'::pg_catalog.int4[]
        THEN ': parallel HNSW builds overflow a buffer (CVE-2026-3172); and below 0.8.4,'
        ELSE ': below 0.8.4,'
    END || ' vacuum and graph repair damage HNSW indexes',
    CASE WHEN a.newest OPERATOR(pg_catalog.<>) e.extversion
        THEN 'sql ALTER EXTENSION vector UPDATE'
        ELSE 'sh apt-get install --only-upgrade postgresql-'
            || pg_catalog.current_setting('server_version_num')::pg_catalog.int4 / 10000
            || '-pgvector'
    END
FROM pg_catalog.pg_extension AS e
CROSS JOIN LATERAL (
    SELECT pg_catalog.string_to_array(
        pg_catalog.substring(e.extversion, '^[0-9]{1,6}(?:\.[0-9]{1,6})*'), '.')::pg_catalog.int4[]
) AS v (parts)
CROSS JOIN LATERAL (
    SELECT coalesce(pg_catalog.max(x.default_version), e.extversion)
    FROM pg_catalog.pg_available_extensions() AS x
    WHERE x.name = 'vector'
) AS a (newest)
WHERE e.extname = 'vector' AND v.parts < '{0,8,4}'::pg_catalog.int4[];
