-- Where autovacuum is off: in the server, or for a table.
SELECT 'the server', s.name || ' = off',
    'sql ALTER SYSTEM SET ' || s.name || ' = on ;; SELECT pg_reload_conf()'
FROM pg_catalog.pg_settings AS s
WHERE s.name IN ('autovacuum', 'track_counts') AND s.setting = 'off'
UNION ALL
SELECT 'table ' || c.oid::pg_catalog.regclass, option.text,
    'sql ALTER TABLE ' || pg_catalog.quote_ident(n.nspname) || '.'
        || pg_catalog.quote_ident(c.relname) || ' RESET (autovacuum_enabled)'
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
CROSS JOIN LATERAL pg_catalog.unnest(c.reloptions) AS option (text)
WHERE n.nspname IN ('search', 'taxonomy', 'msgs', 'ops', 'hh')
  AND option.text ~ '^autovacuum_enabled=(f|of|n|0)'
ORDER BY 1;
