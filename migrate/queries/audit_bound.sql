-- By the function that bind_audit.sql made, which has the columns and the order of audit.sql.
SELECT * FROM pg_temp.hh_audit($1::pg_catalog.regrole);
