-- Sequences that have used more than four fifths of their values.
SELECT quoted.name,
    'at ' || s.last_value || ' of ' || s.max_value,
    'sql ALTER SEQUENCE ' || quoted.name
        || CASE WHEN s.data_type = 'bigint'::pg_catalog.regtype THEN '' ELSE ' AS bigint' END
        || ' NO MAXVALUE'
FROM pg_catalog.pg_sequences AS s
CROSS JOIN LATERAL (
    SELECT pg_catalog.quote_ident(s.schemaname) || '.' || pg_catalog.quote_ident(s.sequencename)
) AS quoted (name)
WHERE s.increment_by > 0 AND NOT s.cycle
  AND s.last_value::pg_catalog.numeric > 0.8 * s.max_value
ORDER BY 1;
