-- $1: the deployment lock's key.  Taken twice, for session_is_whole.sql.  With it comes a sign that
-- this session is an hh-migrate's: the lock of class 1751672167 ("hhmg") on its own pid, which
-- sign_of_life.sql shares.
SELECT CASE WHEN pg_catalog.pg_try_advisory_lock($1) THEN pg_catalog.pg_try_advisory_lock($1)
    AND pg_catalog.pg_try_advisory_lock_shared(1751672167, pg_catalog.pg_backend_pid()) END;
