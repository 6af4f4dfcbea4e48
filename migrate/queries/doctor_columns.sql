-- Which of the columns $1.$2.$3 are missing, or are not of type $4.  $5: the dimension of
-- embeddings, if it is known.
SELECT DISTINCT wanted.relation || '.' || wanted.column_name,
    CASE
        WHEN a.attname IS NULL THEN 'there is none; it is to be ' || wanted.type_name
        ELSE 'it is ' || pg_catalog.format_type(a.atttypid, a.atttypmod)
            || ', and is to be ' || wanted.type_name
    END,
    'owner ALTER TABLE ' || wanted.relation || CASE
        WHEN a.attname IS NULL THEN ' ADD COLUMN ' || wanted.column_name || ' ' || wanted.full_type
        ELSE ' ALTER COLUMN ' || wanted.column_name || ' TYPE ' || wanted.full_type
            || ' USING ' || wanted.column_name || '::' || wanted.full_type
    END
FROM (
    SELECT w.*, w.schema_name || '.' || w.table_name AS relation,
        CASE w.type_name
            WHEN 'vector' THEN 'public.vector' || coalesce('(' || $5::pg_catalog.int4 || ')', '')
            ELSE w.type_name
        END AS full_type
    FROM ROWS FROM (
             pg_catalog.unnest($1::pg_catalog.text[]),
             pg_catalog.unnest($2::pg_catalog.text[]),
             pg_catalog.unnest($3::pg_catalog.text[]),
             pg_catalog.unnest($4::pg_catalog.text[]))
        AS w (schema_name, table_name, column_name, type_name)
) AS wanted
JOIN pg_catalog.pg_namespace AS n ON n.nspname = wanted.schema_name
JOIN pg_catalog.pg_class AS c ON c.relnamespace = n.oid AND c.relname = wanted.table_name
LEFT JOIN pg_catalog.pg_attribute AS a
    ON a.attrelid = c.oid AND a.attname = wanted.column_name
    AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_catalog.pg_type AS t ON t.oid = a.atttypid
WHERE a.attname IS NULL
   OR CASE wanted.type_name
        WHEN 'vector' THEN t.typname <> 'vector'
        ELSE pg_catalog.format_type(a.atttypid, NULL) <> wanted.type_name
      END
ORDER BY 1;
