-- Divides by zero unless both functions that call_is_bound.sql found are as they were: a row of the
-- same OID that the same transaction has written is the same version of the same function, and in
-- those transactions nobody else could change it.
SELECT 1 / (SELECT pg_catalog.count(*)
            FROM pg_catalog.pg_proc AS call, pg_catalog.pg_proc AS p
            WHERE call.oid = $1 AND call.xmin = $2 AND p.oid = $3 AND p.xmin = $4);
