-- Where roles and privileges differ from the policy: a line for each of the roles $1 and kind of
-- difference, of what is missing for each table or schema, and one for all the rest. Role, kind,
-- what, the statement where one mends it all, schema and table.
SELECT found.role, found.kind,
    pg_catalog.string_agg(found.what, '; ' ORDER BY found.number) FILTER (WHERE found.number <= 3)
        || CASE WHEN pg_catalog.count(*) > 3
            THEN '; and ' || pg_catalog.count(*) - 3 || ' more' ELSE '' END,
    CASE WHEN pg_catalog.count(*) = 1 THEN 'sql ' || pg_catalog.max(found.remedy) END,
    found.schema_name, found.table_name
FROM (
    SELECT k.role, k.kind, a.remedy, place.schema_name, place.table_name,
        pg_catalog.row_number() OVER (PARTITION BY k.role, k.kind, place.schema_name,
            place.table_name ORDER BY a.role, a.object_type,
            a.object_schema, a.object_name, a.column_name, a.privilege) AS number,
        pg_catalog.concat(
            CASE WHEN k.kind = 'other' OR a.verdict NOT IN ('missing', 'excess')
                THEN a.verdict || ': ' END,
            CASE WHEN k.kind = 'other' THEN coalesce(a.role::pg_catalog.text, 'PUBLIC') || ' ' END,
            a.privilege, ' on ', a.object_type, ' ',
            pg_catalog.concat_ws('.', a.object_schema, a.object_name, a.column_name)) AS what
    FROM hh.audit(NULL::pg_catalog.regrole) AS a
    CROSS JOIN LATERAL (
        SELECT CASE WHEN a.role = ANY ($1::pg_catalog.name[]) THEN CASE a.verdict
            WHEN 'missing' THEN 'missing'
            WHEN 'excess' THEN 'excess'
            WHEN 'wrong membership' THEN 'excess'
            WHEN 'wrong attribute' THEN 'excess'
        END END
    ) AS own (kind)
    CROSS JOIN LATERAL (
        SELECT coalesce(own.kind, 'other'), CASE WHEN own.kind IS NOT NULL THEN a.role END
    ) AS k (kind, role)
    CROSS JOIN LATERAL (
        SELECT CASE WHEN k.kind = 'missing' THEN CASE a.object_type
                WHEN 'schema' THEN a.object_name ELSE a.object_schema::pg_catalog.text END END,
            CASE WHEN k.kind = 'missing' AND a.object_type = 'table' THEN a.object_name END
    ) AS place (schema_name, table_name)
    -- What has no remedy is about an object that is missing, which another check names.
    WHERE a.remedy IS NOT NULL
) AS found
GROUP BY found.role, found.kind, found.schema_name, found.table_name
ORDER BY found.role, found.kind, found.schema_name, found.table_name;
