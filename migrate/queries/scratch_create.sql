-- What makes database $1, owned by role $2, with this one's locale; what marks it, after $3, and
-- drops it; whether the session user may make it, and whether that role may.  to_jsonb(): 17 renamed
-- daticulocale, and 16 brought daticurules.
SELECT pg_catalog.concat(
        pg_catalog.format('CREATE DATABASE %I OWNER %I TEMPLATE template0 ENCODING %L '
            'LC_COLLATE %L LC_CTYPE %L LOCALE_PROVIDER %s',
            $1::pg_catalog.text, $2::pg_catalog.text, pg_catalog.pg_encoding_to_char(d.encoding),
            d.datcollate, d.datctype,
            CASE d.datlocprovider WHEN 'i' THEN 'icu' WHEN 'b' THEN 'builtin' ELSE 'libc' END),
        CASE d.datlocprovider
            WHEN 'i' THEN pg_catalog.format(' ICU_LOCALE %L',
                coalesce(d.as_json ->> 'datlocale', d.as_json ->> 'daticulocale'))
            WHEN 'b' THEN pg_catalog.format(' BUILTIN_LOCALE %L', d.as_json ->> 'datlocale')
        END,
        ' ICU_RULES ' || pg_catalog.quote_literal(d.as_json ->> 'daticurules')),
    pg_catalog.format('COMMENT ON DATABASE %I IS %L', $1::pg_catalog.text,
        pg_catalog.format('%s %I since %s UTC', $3::pg_catalog.text, d.datname,
            pg_catalog.to_char(pg_catalog.now() AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS'))),
    pg_catalog.format('DROP DATABASE IF EXISTS %I', $1::pg_catalog.text),
    me.rolsuper OR me.rolcreatedb,
    owner.rolsuper OR owner.rolcreatedb
FROM (
    SELECT database.*, pg_catalog.to_jsonb(database) AS as_json
    FROM pg_catalog.pg_database AS database
    WHERE database.datname = pg_catalog.current_database()
) AS d
JOIN pg_catalog.pg_roles AS me ON me.rolname = session_user
JOIN pg_catalog.pg_roles AS owner ON owner.rolname = $2::pg_catalog.text;
