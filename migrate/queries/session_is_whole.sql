-- Whether this is still the session that took HH_DEPLOY_LOCK_KEY (migration_file.h), and which
-- transaction this is, as footing.sql says it.
SELECT pg_catalog.pg_backend_pid(), EXISTS (
    SELECT FROM pg_catalog.pg_locks AS l
    WHERE l.pid = pg_catalog.pg_backend_pid() AND l.locktype = 'advisory' AND l.granted
      AND l.objsubid = 1
      AND (l.classid::bigint << 32 | l.objid::bigint) = 7523383476996956532),
    EXTRACT(epoch FROM pg_catalog.transaction_timestamp());
