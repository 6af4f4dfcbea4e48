-- Which of the tables $1 have no unique index over exactly the columns $2 (in the order of their
-- names, with commas), which ON CONFLICT needs.  $3: what makes one.
SELECT wanted.relation, 'it needs one over (' || wanted.columns || ')', wanted.remedy
FROM ROWS FROM (
         pg_catalog.unnest($1::pg_catalog.text[]),
         pg_catalog.unnest($2::pg_catalog.text[]),
         pg_catalog.unnest($3::pg_catalog.text[]))
    AS wanted (relation, columns, remedy)
JOIN pg_catalog.pg_class AS c ON c.relname = pg_catalog.split_part(wanted.relation, '.', 2)
JOIN pg_catalog.pg_namespace AS n
    ON n.oid = c.relnamespace AND n.nspname = pg_catalog.split_part(wanted.relation, '.', 1)
WHERE NOT EXISTS (
    SELECT FROM pg_catalog.pg_index AS i
    WHERE i.indrelid = c.oid AND i.indisunique AND i.indisvalid AND i.indimmediate
      AND i.indpred IS NULL AND i.indexprs IS NULL
      AND wanted.columns = (
          SELECT pg_catalog.string_agg(a.attname, ',' ORDER BY a.attname::pg_catalog.text COLLATE "C")
          FROM pg_catalog.pg_attribute AS a
          WHERE a.attrelid = c.oid
            AND a.attnum = ANY ((i.indkey::pg_catalog.int2[])[0:i.indnkeyatts - 1])))
ORDER BY 1;
