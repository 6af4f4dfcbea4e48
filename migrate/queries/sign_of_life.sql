-- On a second connection, which ends with the client, where the first one may work on: that
-- the client of backend $1 lives (lock_holder.sql).  The connection's search_path is not pinned.
SELECT pg_catalog.pg_try_advisory_lock_shared(1751672167, $1::pg_catalog.int4);
