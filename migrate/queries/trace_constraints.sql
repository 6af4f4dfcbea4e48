-- CHECK and foreign key constraints, but those that a partition has from its table.  Whether an
-- index serves a foreign key: one on all rows that begins with its columns, in any order.
SELECT o.conrelid, o.contype, pg_catalog.quote_ident(o.conname), o.convalidated,
    pg_catalog.pg_get_constraintdef(o.oid),
    o.contype = 'f' AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_index AS i
        WHERE i.indrelid = o.conrelid AND i.indpred IS NULL
          AND i.indnkeyatts >= pg_catalog.cardinality(o.conkey)
          AND o.conkey <@ (i.indkey::int2[])[0:pg_catalog.cardinality(o.conkey) - 1]),
    (SELECT pg_catalog.string_agg(pg_catalog.quote_ident(a.attname), ', ' ORDER BY k.place)
     FROM pg_catalog.unnest(o.conkey) WITH ORDINALITY AS k (attnum, place)
     JOIN pg_catalog.pg_attribute AS a ON a.attrelid = o.conrelid AND a.attnum = k.attnum)
FROM pg_catalog.pg_constraint AS o
WHERE o.contype IN ('c', 'f') AND o.conrelid <> 0 AND o.conparentid = 0
  AND (o.conislocal OR o.coninhcount = 0)
ORDER BY o.conrelid, o.conname;
