-- Binds hh.execute_as_owner(text) by its OID.  By name, whoever owns schema hh could put a
-- function of their own in its place between our look at it and the call.
CREATE OR REPLACE FUNCTION pg_temp.hh_execute_as_owner(statement pg_catalog.text)
RETURNS SETOF pg_catalog.text[]
LANGUAGE sql VOLATILE
BEGIN ATOMIC
    SELECT r FROM hh.execute_as_owner(statement) AS r;
END;
