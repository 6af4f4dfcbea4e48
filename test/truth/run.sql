-- Many states, one after the other, each rolled back: truth.run().

CREATE TABLE truth.tally (states integer, rows bigint, ways bigint);
INSERT INTO truth.tally VALUES (0, 0, 0);
CREATE TABLE truth.finding (seed integer, difference text);
-- Sessions of all the state's roles walk the ways.
GRANT USAGE ON SCHEMA truth TO PUBLIC;
GRANT SELECT ON truth.effective, truth.known TO PUBLIC;

CREATE FUNCTION truth.state(seed integer, everything boolean) RETURNS text[] LANGUAGE plpgsql
AS $$
DECLARE
    found text[];
    counted truth.tally;
BEGIN
    BEGIN
        PERFORM truth.build(seed);
        PERFORM truth.look(everything);
        found := ARRAY(
            SELECT truth.differences()
            UNION ALL SELECT truth.column_differences()
            UNION ALL SELECT truth.untold_differences()
            UNION ALL SELECT truth.walk_differences());
        UPDATE truth.tally SET states = states + 1, rows = rows + (SELECT count(*) FROM truth.effective)
        RETURNING * INTO counted;
        RAISE SQLSTATE 'UNDO1';
    EXCEPTION WHEN SQLSTATE 'UNDO1' THEN
        UPDATE truth.tally SET states = counted.states, rows = counted.rows, ways = counted.ways;
    END;
    RETURN found;
END
$$;

CREATE PROCEDURE truth.run(first integer, last integer) LANGUAGE plpgsql
AS $$
BEGIN
    FOR seed IN first..last LOOP
        INSERT INTO truth.finding SELECT seed, unnest(truth.state(seed, seed % 25 = 0));
        COMMIT;
    END LOOP;
END
$$;
