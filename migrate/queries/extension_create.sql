-- What creates extension $1, in version $2 where the server has it.
SELECT pg_catalog.concat(
    pg_catalog.format('CREATE EXTENSION %I', $1::pg_catalog.text),
    CASE WHEN $1::pg_catalog.text <> 'headhunter' THEN ' SCHEMA public' END,
    (SELECT pg_catalog.format(' VERSION %L', v.version)
     FROM pg_catalog.pg_available_extension_versions AS v
     WHERE v.name = $1::pg_catalog.text AND v.version = $2::pg_catalog.text));
