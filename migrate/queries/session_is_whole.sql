-- Whether this is still the session that took HH_DEPLOY_LOCK_KEY (migration_file.h).
SELECT pg_catalog.pg_backend_pid(), EXISTS (
    SELECT FROM pg_catalog.pg_locks AS l
    WHERE l.pid = pg_catalog.pg_backend_pid() AND l.locktype = 'advisory' AND l.granted
      AND l.objsubid = 1
      AND (l.classid::bigint << 32 | l.objid::bigint) = 7523383476996956532);
