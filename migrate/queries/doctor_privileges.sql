-- Where the role lacks privilege $4 on column $1.$2.$3: a line a table.
SELECT missing.relation,
    pg_catalog.string_agg(missing.privilege || ' (' || missing.columns || ')', ', '
                          ORDER BY missing.privilege) || ' for role ' || current_user,
    NULL
FROM (
    SELECT n.nspname || '.' || c.relname AS relation, wanted.privilege,
        pg_catalog.string_agg(DISTINCT wanted.column_name, ', ') AS columns
    FROM ROWS FROM (
             pg_catalog.unnest($1::pg_catalog.text[]),
             pg_catalog.unnest($2::pg_catalog.text[]),
             pg_catalog.unnest($3::pg_catalog.text[]),
             pg_catalog.unnest($4::pg_catalog.text[]))
        AS wanted (schema_name, table_name, column_name, privilege)
    JOIN pg_catalog.pg_namespace AS n ON n.nspname = wanted.schema_name
    JOIN pg_catalog.pg_class AS c ON c.relnamespace = n.oid AND c.relname = wanted.table_name
    JOIN pg_catalog.pg_attribute AS a
        ON a.attrelid = c.oid AND a.attname = wanted.column_name
        AND a.attnum > 0 AND NOT a.attisdropped
    WHERE NOT pg_catalog.has_column_privilege(c.oid, a.attnum, wanted.privilege)
    GROUP BY 1, 2
) AS missing
GROUP BY 1
ORDER BY 1;
