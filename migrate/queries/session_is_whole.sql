-- Whether this is still the session that took HH_DEPLOY_LOCK_KEY (migration_file.h), and which
-- transaction this is, as footing.sql says it.  The session has the lock twice over
-- (try_deploy_lock.sql): giving one back, which is true if it had one, and taking it again is the
-- session's own bookkeeping, where pg_locks would look through every lock of the server.
SELECT pg_catalog.pg_backend_pid(),
    CASE WHEN pg_catalog.pg_advisory_unlock(7523383476996956532)
        THEN pg_catalog.pg_try_advisory_lock(7523383476996956532) ELSE false END,
    EXTRACT(epoch FROM pg_catalog.transaction_timestamp());
