-- When the page is made, where the policy's image comes from, and who is beyond all privileges.
SELECT pg_catalog.to_char(pg_catalog.clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
    s.checksum, s.profile, s.origin, s.recorded_by,
    pg_catalog.to_char(s.recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
    (SELECT pg_catalog.string_agg(r.rolname::pg_catalog.text, ', ' ORDER BY r.rolname)
     FROM pg_catalog.pg_roles AS r WHERE r.rolsuper)
FROM (VALUES (true)) AS one (singleton)
LEFT JOIN ONLY hh.policy_source AS s ON s.singleton;
